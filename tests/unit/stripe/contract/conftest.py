"""What the tests of the contract share."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from localstack_stripe.contract import Contract, load_contract

if TYPE_CHECKING:
    from tools.contract.python_modules import PythonPackage
    from tools.contract.resources import ResourceReader
    from tools.contract.typescript import TypeScriptPackage

REPOSITORY = Path(__file__).parents[4]

# `tools` is not installed: it is run, and imported here, from the repository.
if str(REPOSITORY) not in sys.path:
    sys.path.insert(0, str(REPOSITORY))


@pytest.fixture(scope="session")
def contract() -> Contract:
    """The committed contract."""
    return load_contract()


@pytest.fixture
def python_sdk(tmp_path: Path) -> Callable[[Mapping[str, str]], PythonPackage]:
    """Makes a Python SDK of the given files."""
    from tools.contract.python_modules import PythonPackage

    def make(files: Mapping[str, str]) -> PythonPackage:
        return PythonPackage(_written(tmp_path / "stripe", files))

    return make


@pytest.fixture
def node_sdk(tmp_path: Path) -> Callable[[Mapping[str, str]], TypeScriptPackage]:
    """Makes a Node SDK of the given files, beside the shared types that every SDK has."""
    pytest.importorskip("tree_sitter_typescript", reason="reads TypeScript")
    from tools.contract.typescript import TypeScriptPackage

    shared = {"shared.d.ts": "export interface Metadata { [name: string]: string; }"}

    def make(files: Mapping[str, str]) -> TypeScriptPackage:
        return TypeScriptPackage(_written(tmp_path / "cjs", {**shared, **files}))

    return make


@pytest.fixture
def resources(
    node_sdk: Callable[[Mapping[str, str]], TypeScriptPackage],
) -> Callable[..., ResourceReader]:
    """Reads the resources of one file of typings."""
    pytest.importorskip("tree_sitter_typescript", reason="reads TypeScript")
    from tools.contract.resources import ResourceReader

    def read(
        typings: str,
        scalars: Mapping[str, Mapping[str, str]] | None = None,
        path: str = "resources/Things.d.ts",
    ) -> ResourceReader:
        return ResourceReader(node_sdk({path: typings}), scalars or {})

    return read


def _written(folder: Path, files: Mapping[str, str]) -> Path:
    for name, source in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, encoding="utf-8")
    return folder
