"""``EXTENSION_AUTO_INSTALL``: what is asked for is installed at LocalStack's start, or a clear line says why not."""

import shutil
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.environments import Environment, make_wheel
from tests.integration.host import StartLocalStack, free_port

BOTH = "localstack-extension-mailhog, localstack-extension-stripe"

INSTALL = """
import logging
logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s")
from localstack_shared.community.auto_install import install_requested_extensions
installed = install_requested_extensions()
from importlib import metadata
def version(name):
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "none"
print(installed, version("localstack-extension-stripe"), version("localstack-extension-mailhog"))
"""


@pytest.fixture(scope="session")
def pristine(wheels: Path, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """An environment of LocalStack with only the shared distribution."""
    environment = Environment(tmp_path_factory.mktemp("pristine") / "venv")
    environment.install(*wheels.glob("localstack_extension_shared-*.whl"))
    return environment


@pytest.fixture
def pip_environ(tmp_path: Path) -> dict[str, str]:
    """pip settings under which nothing can be found, and a LocalStack folder of the test's own."""
    return {
        "EXTENSION_AUTO_INSTALL": BOTH,
        "FILESYSTEM_ROOT": str(tmp_path / "root"),
        "OVERRIDE_IN_DOCKER": "0",
        "PIP_CONFIG_FILE": "/dev/null",
        "PIP_EXTRA_INDEX_URL": "",
        "PIP_FIND_LINKS": str(tmp_path / "nothing"),
        "PIP_NO_INDEX": "1",
    }


@pytest.fixture
def silent_index() -> Iterator[str]:
    """A package index that accepts connections and never answers."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/simple"


def installed_line(output: str) -> str:
    return output.strip().splitlines()[-1]


def test_an_environment_with_only_the_shared_distribution_installs_and_loads_both_in_one_start(
    start_localstack: StartLocalStack,
    pristine: Environment,
    wheels: Path,
    pip_environ: dict[str, str],
    tmp_path: Path,
) -> None:
    pip_environ["PIP_FIND_LINKS"] = str(wheels)
    process = start_localstack(tmp_path, pip_environ, pristine.python)
    process.wait_for_log(r"Stripe API \(gateway\)")
    process.wait_for_log(r"Mail API \(gateway\)")
    process.stop()
    assert "Installed extensions in" in process.log

    again = start_localstack(tmp_path, pip_environ | {"PIP_FIND_LINKS": ""}, pristine.python)
    again.wait_for_log(r"Stripe API \(gateway\)")
    again.stop()
    assert "Installing extensions" not in again.log


def test_an_older_version_counts_as_missing(
    wheels: Path, pip_environ: dict[str, str], tmp_path: Path
) -> None:
    environment = Environment(tmp_path / "venv")
    older = make_wheel(
        tmp_path, "localstack-extension-stripe", "0.2.0", {"localstack_stripe.py": ""}
    )
    environment.install(*wheels.glob("localstack_extension_shared-*.whl"), older)
    pip_environ["PIP_FIND_LINKS"] = str(wheels)

    finished = environment.run(INSTALL, **pip_environ)

    assert installed_line(finished.stdout) == "True 1.0.0 1.0.0", finished.stderr
    loaded = environment.run(
        INSTALL + "import localstack_stripe; print(localstack_stripe.__version__)", **pip_environ
    )
    assert installed_line(loaded.stdout) == "1.0.0", loaded.stderr


def test_only_other_peoples_older_packages_are_said_to_be_so_and_not_installed(
    pristine: Environment, pip_environ: dict[str, str], tmp_path: Path
) -> None:
    for name in ("localstack-extension-stripe", "localstack-extension-mailhog"):
        make_wheel(tmp_path / "theirs", name, "0.2.0")
    pip_environ["PIP_FIND_LINKS"] = str(tmp_path / "theirs")

    finished = pristine.run(INSTALL, **pip_environ)

    assert installed_line(finished.stdout) == "False none none"
    errors = [line for line in finished.stderr.splitlines() if line.startswith("ERROR")]
    assert len(errors) == 1
    assert "older packages of other people" in errors[0]
    assert "0.2.0" in errors[0]


def test_an_unknown_name_is_one_clear_line(
    pristine: Environment, wheels: Path, pip_environ: dict[str, str]
) -> None:
    pip_environ |= {
        "EXTENSION_AUTO_INSTALL": "localstack-extension-nobody-made",
        "PIP_FIND_LINKS": str(wheels),
    }

    finished = pristine.run(INSTALL, **pip_environ)

    errors = [line for line in finished.stderr.splitlines() if line.startswith("ERROR")]
    assert len(errors) == 1
    assert "no package is named localstack-extension-nobody-made" in errors[0]


def test_an_index_that_refuses_is_one_clear_line_and_localstack_starts(
    start_localstack: StartLocalStack,
    pristine: Environment,
    pip_environ: dict[str, str],
    tmp_path: Path,
) -> None:
    del pip_environ["PIP_NO_INDEX"]
    pip_environ["PIP_INDEX_URL"] = f"http://127.0.0.1:{free_port()}/simple"

    process = start_localstack(tmp_path, pip_environ, pristine.python)

    process.stop()
    errors = [line for line in process.log.splitlines() if "EXTENSION_AUTO_INSTALL" in line]
    assert len(errors) == 1
    assert "the package index cannot be reached" in errors[0]


def test_an_index_that_hangs_is_given_up(
    pristine: Environment, pip_environ: dict[str, str], silent_index: str
) -> None:
    del pip_environ["PIP_NO_INDEX"]
    pip_environ |= {"PIP_INDEX_URL": silent_index, "EXTENSION_AUTO_INSTALL_TIMEOUT": "3"}

    started = time.monotonic()
    finished = pristine.run(INSTALL, **pip_environ)

    assert time.monotonic() - started < 10
    assert "took too long" in finished.stderr
    assert "EXTENSION_AUTO_INSTALL_TIMEOUT" in finished.stderr


def test_without_pip_one_clear_line_says_so(
    wheels: Path, pip_environ: dict[str, str], tmp_path: Path
) -> None:
    environment = Environment(tmp_path / "venv")
    environment.install(*wheels.glob("localstack_extension_shared-*.whl"))
    for each in environment.site_packages.glob("pip*"):
        each.unlink()
    # An interpreter without ensurepip, as some distributions ship theirs.
    (environment.site_packages / "sitecustomize.py").write_text(
        "import sys; sys.modules['ensurepip'] = None"
    )
    no_ensurepip = tmp_path / "ensurepip.py"
    no_ensurepip.write_text("raise ImportError('no ensurepip here')")
    pip_environ |= {"PIP_FIND_LINKS": str(wheels), "PYTHONPATH": str(tmp_path)}

    finished = environment.run(INSTALL, **pip_environ)

    errors = [line for line in finished.stderr.splitlines() if line.startswith("ERROR")]
    assert len(errors) == 1, finished.stderr
    assert "pip is not available" in errors[0]


def test_where_pip_is_missing_ensurepip_brings_it(
    wheels: Path, pip_environ: dict[str, str], tmp_path: Path
) -> None:
    environment = Environment(tmp_path / "venv")
    environment.install(*wheels.glob("localstack_extension_shared-*.whl"))
    for each in environment.site_packages.glob("pip*"):
        each.unlink()
    pip_environ["PIP_FIND_LINKS"] = str(wheels)

    finished = environment.run(INSTALL, **pip_environ)

    assert installed_line(finished.stdout) == "True 1.0.0 1.0.0", finished.stderr


def test_nothing_is_run_where_all_is_there(
    wheels: Path, pip_environ: dict[str, str], tmp_path: Path
) -> None:
    environment = Environment(tmp_path / "venv")
    environment.install(*wheels.glob("*.whl"))

    finished = environment.run(INSTALL, **pip_environ)

    assert installed_line(finished.stdout) == "False 1.0.0 1.0.0"
    assert "Installing" not in finished.stderr
    assert not (tmp_path / "root").exists() or not list(tmp_path.glob("root/**/python_venv"))


def test_a_wheels_path_can_be_asked_for(
    pristine: Environment, wheels: Path, pip_environ: dict[str, str], tmp_path: Path
) -> None:
    wheel = next(wheels.glob("localstack_extension_stripe-*.whl"))
    shutil.copy(wheel, tmp_path)
    pip_environ["EXTENSION_AUTO_INSTALL"] = str(tmp_path / wheel.name)

    first = pristine.run(INSTALL, **pip_environ)
    second = pristine.run(INSTALL, **pip_environ)

    assert installed_line(first.stdout) == "True 1.0.0 none", first.stderr
    assert installed_line(second.stdout) == "False 1.0.0 none", second.stderr
