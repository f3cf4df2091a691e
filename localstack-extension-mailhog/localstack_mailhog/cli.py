"""The command ``localstack-mailhog``: a mail sink alone, with MailHog's flags and subcommands."""

import os
from typing import Any

import click

from localstack_mailhog import __version__
from localstack_mailhog.sendmail import sendmail
from localstack_mailhog.settings import MailSettings, from_environment
from localstack_shared.command import run_alone
from localstack_shared.errors import CannotStart
from localstack_shared.service import Service
from localstack_shared.settings import Setting, SettingError, boolean, declared_settings

BCRYPT_ROUNDS = 10
"""As a power of two: some fifty milliseconds a login."""

UNUSED = ("MH_MONGO_URI", "MH_MONGO_DB", "MH_MONGO_COLL")
"""What MailHog takes and this sink has no use for: whoever asks for MongoDB is told so by ``-storage``."""


class Flag(click.Option):
    """A setting as a flag, with MailHog's name for it, and one dash or two, as Go reads them."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self.names = _names(setting.variable)
        switch: dict[str, Any] = {"is_flag": False, "flag_value": "1"}
        super().__init__(
            [setting.variable, *self.names], **(switch if setting.parse is boolean else {})
        )

    def get_help_record(self, ctx: click.Context) -> tuple[str, str]:
        """What ``--help`` says."""
        default = f" ({self.setting.default})" if self.setting.default else ""
        return self.names[0], f"{self.setting.variable}{default}: {self.setting.description}"


def _names(variable: str) -> tuple[str, str]:
    """What a variable is as a flag."""
    name = variable.removeprefix("MH_").replace("_", "-").lower()
    return f"-{name}", f"--{name}"


def _serve(flags: dict[str, str]) -> None:
    """Serve, until a signal ends it.

    :param flags: what was given, by the variables that it overrides
    :raises click.ClickException: where the sink cannot start
    """

    def build() -> Service:
        from localstack_mailhog.sink import MailSink

        try:
            return MailSink(from_environment(os.environ | flags))
        except SettingError as error:
            if error.variable not in flags:
                raise
            name, _ = _names(error.variable)
            raise CannotStart(str(error).replace(error.variable, name, 1)) from None

    run_alone(build)


@click.group(
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "-help", "--help"]},
    subcommand_metavar="[COMMAND]",
)
@click.version_option(__version__, "-version", "--version", prog_name="localstack-mailhog")
@click.pass_context
def main(context: click.Context, /, **flags: str | None) -> None:
    """Take mail by SMTP, deliver none, and show it with MailHog's API and a web UI.

    Runs until SIGINT or SIGTERM. A flag comes before its environment variable.
    """
    if context.invoked_subcommand is None:
        _serve({name.upper(): value for name, value in flags.items() if value is not None})


main.params += [Flag(setting) for setting in declared_settings(MailSettings)]
main.params += [click.Option(_names(unused), hidden=True, expose_value=False) for unused in UNUSED]
main.add_command(sendmail)


@main.command("bcrypt")
@click.argument("password")
def hash_password(password: str) -> None:
    """Hash a password for MH_AUTH_FILE."""
    import bcrypt

    try:
        hashed = bcrypt.hashpw(password.encode(), bcrypt.gensalt(BCRYPT_ROUNDS, prefix=b"2a"))
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    click.echo(hashed.decode("ascii"))
