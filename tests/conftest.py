"""What all tests have in common."""

from hypothesis import HealthCheck, settings

# A busy machine is no defect: how long an example takes is not asserted, nor how long it takes to make one.
settings.register_profile("tests", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("tests")
