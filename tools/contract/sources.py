"""The SDKs that the contract is derived from: their pinned versions, and how to get them."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tarfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

# The only place that names the versions. Both must speak the same version of Stripe's API.
PYTHON_SDK_VERSION = "16.1.0"
NODE_SDK_VERSION = "23.1.0"


class WrongSource(Exception):
    """A folder is not the SDK, or not the version of it, that the contract is pinned to."""


@dataclass(frozen=True)
class Sources:
    """The two SDKs, unpacked: the Python package `stripe` and npm's package `stripe`."""

    python_sdk: Path
    node_sdk: Path

    def versions(self) -> dict[str, str]:
        """The versions these sources carry, after checking that they are the pinned ones."""
        python_version = _first_match(self.python_sdk / "_version.py", r'VERSION = "([^"]+)"')
        node_version = json.loads(_text(self.node_sdk / "package.json")).get("version")
        python_api = _first_match(self.python_sdk / "_api_version.py", r'CURRENT = "([^"]+)"')
        node_api = _first_match(
            self.node_sdk / "cjs" / "apiVersion.d.ts", r"ApiVersion\s*[=:]\s*[\"']([^\"']+)"
        )
        if python_version != PYTHON_SDK_VERSION:
            raise WrongSource(f"stripe-python is {python_version}, pinned is {PYTHON_SDK_VERSION}")
        if node_version != NODE_SDK_VERSION:
            raise WrongSource(f"stripe-node is {node_version}, pinned is {NODE_SDK_VERSION}")
        if python_api != node_api:
            raise WrongSource(
                f"stripe-python speaks API version {python_api}, stripe-node {node_api}"
            )
        return {
            "api": python_api,
            "stripe-python": python_version,
            "stripe-node": node_version,
        }


def fetch_python_sdk(folder: Path) -> Path:
    """Download the pinned Python SDK into `folder` and return its package."""
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
    _run([*pip, f"stripe=={PYTHON_SDK_VERSION}", "--dest", str(folder)])
    [wheel] = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder / "stripe"


def fetch_node_sdk(folder: Path) -> Path:
    """Download the pinned Node SDK into `folder` and return its package."""
    _run(
        ["npm", "pack", "--silent", "--fetch-retries=0", f"stripe@{NODE_SDK_VERSION}"],
        working_folder=folder,
    )
    [archive_path] = folder.glob("*.tgz")
    with tarfile.open(archive_path) as archive:
        archive.extractall(folder, filter="data")
    return folder / "package"


def _run(command: list[str], working_folder: Path | None = None) -> None:
    try:
        subprocess.run(command, check=True, cwd=working_folder)
    except FileNotFoundError:
        raise WrongSource(f"{command[0]} is needed to fetch an SDK; or name its folder") from None
    except subprocess.CalledProcessError as error:
        raise WrongSource(f"{' '.join(command)} failed with status {error.returncode}") from None


def _text(path: Path) -> str:
    if not path.is_file():
        raise WrongSource(f"there is no {path.name} in {path.parent}")
    return path.read_text(encoding="utf-8")


def _first_match(path: Path, pattern: str) -> str:
    match = re.search(pattern, _text(path))
    if match is None:
        raise WrongSource(f"{path} does not say which version it is")
    return match.group(1)
