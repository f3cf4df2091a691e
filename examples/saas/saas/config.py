"""The settings: ``settings.toml``, and the environment before it."""

from pathlib import Path

from dynaconf import Dynaconf, Validator

PROJECT = Path(__file__).parent.parent


def load_settings(environment: str | None = None) -> Dynaconf:
    """Read the settings of an environment; without one, of that which ``SAAS_ENV`` names.

    :raises dynaconf.ValidationError: where a secret is missing
    """
    settings = Dynaconf(
        root_path=PROJECT,
        settings_files=["settings.toml"],
        environments=True,
        env_switcher="SAAS_ENV",
        envvar_prefix="SAAS",
        merge_enabled=True,
        **({"env": environment} if environment else {}),
    )
    settings.validators.register(Validator("secret_key", "stripe.api_key", must_exist=True, ne=""))
    settings.validators.validate()
    return settings
