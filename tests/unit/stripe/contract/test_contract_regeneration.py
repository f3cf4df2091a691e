"""The committed contract is what the pinned SDKs and the overrides say.

It needs both SDKs: the Python one installed, the Node one in a folder that `STRIPE_NODE_SDK` names,
or npm to fetch it (once, into pytest's cache).
"""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
from importlib import metadata, resources
from pathlib import Path

import pytest

pytest.importorskip("tree_sitter_typescript", reason="the generator reads TypeScript")


@pytest.fixture
def python_sdk_folder() -> Path:
    from tools.contract.sources import PYTHON_SDK_VERSION

    installed = importlib.util.find_spec("stripe")
    if installed is None or installed.origin is None:
        pytest.skip(f"stripe {PYTHON_SDK_VERSION} is not installed")
    if metadata.version("stripe") != PYTHON_SDK_VERSION:
        pytest.skip(f"stripe {metadata.version('stripe')} is installed, not {PYTHON_SDK_VERSION}")
    return Path(installed.origin).parent


@pytest.fixture
def node_sdk_folder(pytestconfig: pytest.Config) -> Path:
    from tools.contract.sources import NODE_SDK_VERSION, WrongSource, fetch_node_sdk

    named = os.environ.get("STRIPE_NODE_SDK")
    if named:
        return Path(named)
    if shutil.which("npm") is None:
        pytest.skip("neither STRIPE_NODE_SDK nor npm is there")
    if pytestconfig.cache is None:
        pytest.skip("there is no cache to keep the Node SDK in")
    folder = Path(pytestconfig.cache.mkdir(f"stripe-node-{NODE_SDK_VERSION}"))
    if not (folder / "package" / "package.json").is_file():
        try:
            fetch_node_sdk(folder)
        except WrongSource as error:
            pytest.skip(f"the Node SDK cannot be fetched: {error}")
    return folder / "package"


def test_the_committed_contract_is_up_to_date(
    python_sdk_folder: Path, node_sdk_folder: Path
) -> None:
    from tools.contract.document import derive
    from tools.contract.sources import Sources
    from tools.contract.writing import render

    committed = resources.files("localstack_stripe.contract").joinpath("contract.json")

    derived = render(derive(Sources(python_sdk_folder, node_sdk_folder)))

    # Some entries of the difference, and not a megabyte of it.
    changed = set(derived.splitlines()) ^ set(committed.read_text("utf-8").splitlines())
    assert sorted(line[:80] for line in changed)[:20] == [], "run `python -m tools.contract`"
    assert derived == committed.read_text("utf-8")


@pytest.mark.parametrize(
    ("python", "node", "api", "complaint"),
    [
        ("1.0.0", None, "2026-01-01.x", "stripe-python is 1.0.0"),
        (None, "1.0.0", "2026-01-01.x", "stripe-node is 1.0.0"),
        (None, None, "2025-01-01.y", "speaks API version 2026-01-01.x, stripe-node 2025-01-01.y"),
    ],
)
def test_other_versions_than_the_pinned_are_refused(
    tmp_path: Path, python: str | None, node: str | None, api: str, complaint: str
) -> None:
    from tools.contract import sources

    (tmp_path / "cjs").mkdir()
    (tmp_path / "_version.py").write_text(f'VERSION = "{python or sources.PYTHON_SDK_VERSION}"')
    (tmp_path / "_api_version.py").write_text('CURRENT = "2026-01-01.x"')
    package = json.dumps({"version": node or sources.NODE_SDK_VERSION})
    (tmp_path / "package.json").write_text(package)
    (tmp_path / "cjs" / "apiVersion.d.ts").write_text(f'export declare const ApiVersion = "{api}";')

    with pytest.raises(sources.WrongSource, match=complaint):
        sources.Sources(tmp_path, tmp_path).versions()


def test_a_folder_that_is_no_sdk_is_refused(tmp_path: Path) -> None:
    from tools.contract.sources import Sources, WrongSource

    with pytest.raises(WrongSource, match=r"there is no _version\.py"):
        Sources(tmp_path, tmp_path).versions()
