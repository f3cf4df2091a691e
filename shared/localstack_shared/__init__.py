"""What an extension that runs a service inside LocalStack needs, once.

Serving on ports of its own, mounting on the gateway, reading settings, and the loader for LocalStack without Pro
belong here. What only one of the extensions needs does not.

This module imports nothing: LocalStack reads it at every start, whether or not an extension is installed.
"""

__version__ = "1.0.0"
