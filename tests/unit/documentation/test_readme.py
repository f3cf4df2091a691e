"""What the README says of settings, ports, paths and commands is what the code does."""

import re
import subprocess

import pytest

from localstack_mailhog.settings import MailSettings
from localstack_shared.settings import Setting, declared_settings
from localstack_stripe.settings import StripeSettings
from tests.documents import ROOT, table_rows

README = (ROOT / "README.md").read_text()


def declared() -> list[Setting]:
    from localstack_shared.community.auto_install import AutoInstallSettings

    kinds: list[type] = [StripeSettings, MailSettings, AutoInstallSettings]
    try:
        from localstack_shared.extension import GatewaySettings
    except ImportError:  # without LocalStack
        pass
    else:
        kinds.append(GatewaySettings)
    return [setting for kind in kinds for setting in declared_settings(kind)]


def test_the_table_of_settings_is_what_the_code_declares() -> None:
    rows = {row[0].strip("`"): row[1:] for row in table_rows("README.md", "## Settings")}

    for setting in declared():
        default, meaning = rows.pop(setting.variable)
        assert default.strip("`") == setting.default
        assert meaning == setting.description
    assert set(rows) <= {"EXTENSION_SHORT_PATHS"}


@pytest.mark.parametrize("extension", ["stripe", "mailhog"])
def test_every_published_port_is_a_default_port(extension: str) -> None:
    defaults = {MailSettings().smtp_bind_addr, MailSettings().api_bind_addr, StripeSettings().bind}
    ports = {4566} | {address.port for address in defaults}

    published = [set(map(int, re.findall(r"-p (\d+):\1", line))) for line in README.splitlines()]

    assert [each for each in published if each]
    assert all(each == ports for each in published if each)
    assert f"/_extension/{extension}" in README


def test_every_base_address_in_a_snippet_is_the_default_port() -> None:
    addresses = set(re.findall(r"http://localhost\.localstack\.cloud:(\d+)[^/\d]", README))

    assert addresses == {str(StripeSettings().bind.port)}


def test_the_names_in_the_one_line_are_the_distributions() -> None:
    import tomllib

    names = set(re.findall(r"EXTENSION_AUTO_INSTALL=([\w,-]+)", README))
    projects = [
        tomllib.loads((ROOT / folder / "pyproject.toml").read_text())["project"]
        for folder in ("localstack-extension-mailhog", "localstack-extension-stripe")
    ]

    assert names == {",".join(project["name"] for project in projects)}
    for project in projects:
        assert int(project["version"].partition(".")[0]) >= 1
        for command in project["scripts"]:
            assert f"{command} --help" in README


def test_make_help_lists_every_command_that_the_documents_name() -> None:
    listed = subprocess.run(
        ["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    documents = README + (ROOT / "CONTRIBUTING.md").read_text()

    for command in set(re.findall(r"`make ([a-z-]+)`", documents)):
        assert f"make {command} " in listed


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\(([^)#:]+)\)", README))))
def test_every_link_leads_to_a_file(link: str) -> None:
    assert (ROOT / link).exists()
