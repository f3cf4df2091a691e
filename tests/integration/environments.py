"""Environments of LocalStack with other packages than this one has.

Installing LocalStack takes minutes, so an environment is made of links into this one, less our own distributions.
"""

import base64
import hashlib
import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

OURS = ("localstack_extension_", "localstack_stripe", "localstack_mailhog", "localstack_shared")


class Environment:
    """A virtual environment with LocalStack and nothing of ours until something is installed.

    :param folder: where it is made
    """

    def __init__(self, folder: Path) -> None:
        venv.create(folder, with_pip=False, symlinks=True)
        self.python = str(folder / "bin" / "python")
        version = f"python{sys.version_info.major}.{sys.version_info.minor}"
        self.site_packages = folder / "lib" / version / "site-packages"
        for each in Path(sysconfig.get_path("purelib")).iterdir():
            if each.name.startswith(OURS) or each.name.startswith(("__editable__", "__pycache__")):
                continue
            if each.name == "localstack":
                # A folder of its own, so that a test can put `localstack.pro` into it.
                (self.site_packages / "localstack").mkdir()
                for part in each.iterdir():
                    (self.site_packages / "localstack" / part.name).symlink_to(part)
                continue
            (self.site_packages / each.name).symlink_to(each)

    def install(self, *wheels: Path) -> None:
        """Install wheels, and nothing that they depend on."""
        for wheel in wheels:
            with zipfile.ZipFile(wheel) as archive:
                archive.extractall(self.site_packages)

    def run(self, code: str, **environ: str) -> "subprocess.CompletedProcess[str]":
        """Run Python code in the environment."""
        return subprocess.run(
            [self.python, "-c", code],
            capture_output=True,
            text=True,
            env=os.environ | environ,
            timeout=120,
            check=False,
        )


def make_wheel(
    folder: Path,
    distribution: str,
    version: str,
    files: dict[str, str] | None = None,
    entry_points: str = "",
) -> Path:
    """A wheel of someone else's, made by hand (https://packaging.python.org/en/latest/specifications/binary-distribution-format/)."""
    name = distribution.replace("-", "_")
    info = f"{name}-{version}.dist-info"
    contents = {
        **(files or {}),
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {distribution}\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    if entry_points:
        contents[f"{info}/entry_points.txt"] = entry_points
    record = "".join(f"{path},{_digest(text)},{len(text)}\n" for path, text in contents.items())
    contents[f"{info}/RECORD"] = record + f"{info}/RECORD,,\n"
    folder.mkdir(parents=True, exist_ok=True)
    wheel = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for path, text in contents.items():
            archive.writestr(path, text)
    return wheel


def _digest(text: str) -> str:
    raw = hashlib.sha256(text.encode()).digest()
    return "sha256=" + base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
