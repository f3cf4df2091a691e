"""The extension loader: its order, what a broken extension does to the others, and its absence under Pro."""

import os
import re
import socket
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest

from tests.integration.environments import Environment, make_wheel
from tests.integration.host import StartLocalStack

STEPS = [
    "on_extension_load",
    "on_platform_start",
    "update_gateway_routes",
    "update_request_handlers",
    "update_response_handlers",
    "update_exception_handlers",
    "update_finalizers",
    "on_platform_ready",
    "on_platform_shutdown",
]

RECORDER = """
from localstack.extensions.api import Extension

class Recorder(Extension):
    name = "recorder"

    def __init__(self):
        for step in STEPS:
            setattr(self, step, lambda *arguments, step=step: print(f"recorder: {step}", flush=True))

class Broken(Extension):
    name = "broken"

    def on_platform_start(self):
        raise RuntimeError("this one is broken")

    def update_gateway_routes(self, router):
        print("broken: goes on", flush=True)
"""

THEIR_ENTRY_POINTS = """
[localstack.extensions]
recorder = theirs:Recorder
broken = theirs:Broken
unimportable = no_such_module:Extension
"""


@pytest.fixture(scope="session")
def environment(wheels: Path, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """LocalStack with our three distributions, a foreign extension, and two that do not work."""
    folder = tmp_path_factory.mktemp("loader")
    theirs = make_wheel(
        folder,
        "localstack-extension-theirs",
        "1.0.0",
        {"theirs.py": f"STEPS = {STEPS!r}\n" + RECORDER},
        THEIR_ENTRY_POINTS,
    )
    environment = Environment(folder / "venv")
    environment.install(*wheels.glob("*.whl"), theirs)
    return environment


def test_extensions_are_driven_in_the_order_of_pros_loader(
    start_localstack: StartLocalStack, environment: Environment, tmp_path: Path
) -> None:
    process = start_localstack(tmp_path, python=environment.python)
    process.wait_for_log("recorder: on_platform_ready")

    process.stop()

    assert re.findall(r"recorder: (\w+)", process.log) == STEPS
    assert process.log.index("Ready.") < process.log.index("recorder: on_platform_ready")


def test_a_broken_extension_is_logged_and_stops_nothing_else(
    start_localstack: StartLocalStack, environment: Environment, tmp_path: Path
) -> None:
    process = start_localstack(tmp_path, python=environment.python)
    process.wait_for_log(r"Stripe API \(gateway\)")
    process.wait_for_log(r"Mail API \(gateway\)")

    process.stop()

    assert "RuntimeError: this one is broken" in process.log
    assert "broken: goes on" not in process.log
    assert "Extension unimportable cannot be loaded" in process.log
    assert "ModuleNotFoundError: No module named 'no_such_module'" in process.log


def test_a_port_that_is_taken_is_one_clear_line_and_the_other_extension_goes_on(
    start_localstack: StartLocalStack, environment: Environment, tmp_path: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as occupier:
        port = occupier.getsockname()[1]
        environ = {"STRIPE_BIND_ADDR": f"127.0.0.1:{port}"}
        process = start_localstack(tmp_path, environ, environment.python)
        process.wait_for_log(r"Mail API \(gateway\)")
        process.stop()

    lines = [line for line in process.log.splitlines() if "Stripe is not available" in line]
    assert len(lines) == 1
    assert f"127.0.0.1:{port}" in lines[0]
    assert "STRIPE_BIND_ADDR" in lines[0]
    assert "PortUnavailable" not in process.log


def test_a_setting_that_cannot_be_used_is_one_clear_line(
    start_localstack: StartLocalStack, environment: Environment, tmp_path: Path
) -> None:

    process = start_localstack(tmp_path, {"STRIPE_BIND_ADDR": "nowhere"}, environment.python)
    process.wait_for_log(r"Mail API \(gateway\)")
    process.stop()

    lines = [line for line in process.log.splitlines() if "Stripe is not available" in line]
    assert len(lines) == 1
    assert "STRIPE_BIND_ADDR='nowhere'" in lines[0]


def test_under_pros_loader_the_community_loader_does_nothing(
    start_localstack: StartLocalStack, wheels: Path, tmp_path: Path
) -> None:
    """A stand-in for Pro's package: its entry point and its configuration, as the loader looks for them."""
    environment = Environment(tmp_path / "venv")
    stand_in = make_wheel(
        tmp_path,
        "localstack-pro-stand-in",
        "1.0.0",
        {
            "localstack/pro/core/__init__.py": "",
            "localstack/pro/core/config.py": "ACTIVATE_PRO = True\nSMTP_HOST = ''\n",
            "localstack/pro/core/extensions/__init__.py": "",
            "localstack/pro/core/extensions/plugins.py": "class Extensions: ...\n",
        },
        "[localstack.platform.plugin]\n"
        "extensions = localstack.pro.core.extensions.plugins:Extensions\n",
    )
    environment.install(*wheels.glob("*.whl"), stand_in)

    process = start_localstack(tmp_path / "run", python=environment.python)
    process.stop()

    assert "Stripe API" not in process.log
    assert "Extension" not in process.log


def test_without_an_extension_the_shared_hook_costs_the_start_less_than_50_ms(
    wheels: Path, tmp_path: Path
) -> None:
    """Not timed by the clock: what makes it slow is imports, and there must be none that LocalStack does not have."""
    environment = Environment(tmp_path / "venv")
    environment.install(*wheels.glob("localstack_extension_shared-*.whl"))
    code = textwrap.dedent(
        """
        import sys
        import localstack.runtime.main, localstack.runtime.current, localstack.config
        from localstack.runtime import hooks
        hooks.on_infra_start.manager.list_names()
        before = set(sys.modules)
        from localstack_shared.community import hooks as ours
        imported = set(sys.modules) - before
        ours.start_community_extensions()
        ours.announce_community_extensions()
        ours.stop_community_extensions()
        print(sorted(name for name in imported if not name.startswith("localstack_shared")))
        heavy = {"uvicorn", "uvloop", "asyncio", "click", "flask", "packaging", "werkzeug"}
        print(sorted(heavy & (set(sys.modules) - before)))
        """
    )

    finished = environment.run(
        code, EXTENSION_AUTO_INSTALL="", OVERRIDE_IN_DOCKER="0", FILESYSTEM_ROOT=str(tmp_path)
    )

    assert finished.stdout.splitlines()[-2:] == ["[]", "[]"], finished.stderr + finished.stdout


def test_pros_loader_can_drive_both_extensions_on_the_real_router(tmp_path: Path) -> None:
    """In a process of its own, as Pro does it: every step for both, before the next."""
    code = textwrap.dedent(
        """
        from importlib import metadata
        from localstack.aws import handlers
        from localstack.services.edge import ROUTER
        from werkzeug import Request
        from werkzeug.test import EnvironBuilder

        found = metadata.entry_points(group="localstack.extensions")
        extensions = [found[name].load()() for name in ("mailhog", "stripe")]
        def each(step, *arguments):
            for extension in extensions:
                getattr(extension, step)(*arguments)
        each("on_extension_load")
        each("on_platform_start")
        each("update_gateway_routes", ROUTER)
        each("update_request_handlers", handlers.serve_custom_service_request_handlers)
        each("update_response_handlers", handlers.run_custom_response_handlers)
        each("update_exception_handlers", handlers.serve_custom_exception_handlers)
        each("update_finalizers", handlers.run_custom_finalizers)
        for path, headers in [
            ("/_extension/stripe/v1/customers", {"Authorization": "Bearer sk_test_1"}),
            ("/_extension/mailhog/api/v2/messages", {}),
        ]:
            environ = EnvironBuilder(path=path, headers=headers).get_environ()
            environ["RAW_URI"] = path
            print(ROUTER.dispatch(Request(environ)).get_data())
        each("on_platform_shutdown")
        """
    )
    environ: dict[str, Any] = {
        "MH_API_BIND_ADDR": "127.0.0.1:0",
        "MH_SMTP_BIND_ADDR": "127.0.0.1:0",
        "MH_UI_BIND_ADDR": "127.0.0.1:0",
        "OVERRIDE_IN_DOCKER": "0",
        "FILESYSTEM_ROOT": str(tmp_path),
        "STRIPE_BIND_ADDR": "127.0.0.1:0",
    }

    finished = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env=os.environ | environ,
        timeout=60,
        check=False,
    )

    assert '"object": "list"' in finished.stdout.replace("\\n", ""), finished.stderr
    assert '"total":0' in finished.stdout
    assert finished.returncode == 0
