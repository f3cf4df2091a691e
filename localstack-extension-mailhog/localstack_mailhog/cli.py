"""The command ``localstack-mailhog``: a mail sink alone."""

import os

import click

from localstack_mailhog import __version__
from localstack_mailhog.settings import MailSettings, from_environment
from localstack_shared.command import run_alone
from localstack_shared.service import Service
from localstack_shared.settings import declared_settings


def _build() -> Service:
    from localstack_mailhog.sink import MailSink

    return MailSink(from_environment(os.environ))


def _settings_help() -> str:
    lines = [
        f"{setting.variable} ({setting.default})\n  {setting.description}"
        for setting in declared_settings(MailSettings)
    ]
    # \b keeps click from filling the lines.
    return "\n\n".join(["Settings are environment variables:", *(f"\b\n{line}" for line in lines)])


@click.command(epilog=_settings_help(), context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="localstack-mailhog")
def main() -> None:
    """Take mail by SMTP, deliver none, and show it with MailHog's API and a web UI.

    Runs until SIGINT or SIGTERM.
    """
    run_alone(_build)
