"""Honours ``EXTENSION_AUTO_INSTALL`` where no extension loader of Pro does.

Packages go into a virtual environment of their own, under LocalStack's library folder, as Pro's do, so that a volume
keeps them and LocalStack's environment stays as it was. Nothing here stops LocalStack: what cannot be installed is
one line in the log. One pip call, bounded in time; none where everything is there.
"""

import dataclasses
import logging
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

from localstack_shared.settings import SettingError, read, seconds, setting

LOG = logging.getLogger(__name__)

OUR_FIRST_VERSION = "1"
OURS = {
    "localstack-extension-stripe",
    "localstack-extension-mailhog",
    "localstack-extension-shared",
}
"""Distributions whose versions below 1 are other people's software."""


def requirements(text: str) -> tuple[str, ...]:
    """Parse the comma list, spaces stripped, empty entries dropped."""
    return tuple(filter(None, (entry.strip() for entry in text.split(","))))


@dataclasses.dataclass(frozen=True)
class AutoInstallSettings:
    """What is to be installed at LocalStack's start, and how long that may take."""

    requested: tuple[str, ...] = setting(
        "EXTENSION_AUTO_INSTALL",
        "",
        requirements,
        "Extensions to install when LocalStack starts: a comma list of what `pip install` takes.",
    )
    timeout: float = setting(
        "EXTENSION_AUTO_INSTALL_TIMEOUT",
        "60",
        seconds,
        "Seconds that installing may take before it is given up and LocalStack starts without.",
    )


class InstallFailed(Exception):
    """Why nothing was installed, in one line."""


def install_requested_extensions() -> bool:
    """Put the extensions' environment on the path, and install into it what is requested and missing.

    :return: whether something was installed
    """
    try:
        settings = read(AutoInstallSettings, os.environ)
    except SettingError as error:
        LOG.error("EXTENSION_AUTO_INSTALL is ignored: %s", error)
        return False
    environment = ExtensionsEnvironment(_extensions_folder())
    if not settings.requested:
        # What was installed for an earlier start is loaded only while it is asked for.
        return False
    environment.activate(settings.requested)
    missing = [entry for entry in settings.requested if not is_installed(entry)]
    if not missing:
        return False
    LOG.info("Installing extensions: %s", ", ".join(missing))
    started = time.monotonic()
    try:
        environment.install([versioned(entry) for entry in missing], settings.timeout)
    except InstallFailed as failure:
        LOG.error("EXTENSION_AUTO_INSTALL: %s; nothing was installed", failure)
        return False
    environment.activate(settings.requested)
    LOG.info("Installed extensions in %.1f s", time.monotonic() - started)
    return True


def versioned(entry: str) -> str:
    """*entry*, with ``>=1`` where it is the bare name of a distribution of ours."""
    return f"{entry}>={OUR_FIRST_VERSION}" if _normalized(entry) in OURS else entry


def is_installed(entry: str) -> bool:
    """Whether the requirement *entry* is met by what importing would find first.

    A path or a repository's address is met by a distribution that was installed from it.
    """
    from packaging.requirements import InvalidRequirement, Requirement

    try:
        requirement = Requirement(versioned(entry))
    except InvalidRequirement:
        return _installed_from(entry)
    if requirement.url:
        return _installed_from(requirement.url)
    try:
        version = metadata.version(requirement.name)
    except metadata.PackageNotFoundError:
        return False
    return requirement.specifier.contains(version, prereleases=True)


class ExtensionsEnvironment:
    """The virtual environment that extensions are installed into.

    :param folder: where it is, or will be made
    """

    def __init__(self, folder: Path) -> None:
        from localstack.utils.venv import VirtualEnvironment

        self._venv = VirtualEnvironment(folder)

    @property
    def _python(self) -> Path:
        return Path(self._venv.venv_dir) / "bin" / "python"

    def activate(self, requested: Iterable[str]) -> None:
        """Make what is installed here importable.

        LocalStack's own packages come first, so that nothing here replaces them, unless they hold an older package
        that *requested* asks to be newer.
        """
        if not self._venv.exists:
            return
        import importlib
        import site

        folder = str(self._venv.site_dir)
        if folder in sys.path:
            sys.path.remove(folder)
        site.addsitedir(folder)
        importlib.invalidate_caches()
        if not all(is_installed(entry) for entry in requested):
            sys.path.remove(folder)
            sys.path.insert(0, folder)
            importlib.invalidate_caches()

    def install(self, packages: list[str], timeout: float) -> None:
        """Install *packages* with one call of pip; pip's own settings (indexes, find-links) hold.

        :param timeout: seconds for all of it
        :raises InstallFailed: where that did not work; what was there is as it was
        """
        deadline = time.monotonic() + timeout
        if not self._venv.exists or not self._python.exists():
            self._create()
        command = [
            *self._pip(deadline),
            *("install", "--quiet", "--no-input", "--disable-pip-version-check"),
            *("--retries", "1", "--timeout", "10"),
            *packages,
        ]
        finished = _run(command, deadline)
        if finished.returncode != 0:
            raise InstallFailed(explain(finished.stderr))

    def _create(self) -> None:
        import site
        import venv

        try:
            venv.create(self._venv.venv_dir, with_pip=False, clear=True)
        except OSError as error:
            raise InstallFailed(f"the environment for extensions cannot be made: {error}") from None
        for path in site.getsitepackages():
            self._venv.add_pth("localstack-venv", path)

    def _pip(self, deadline: float) -> list[str]:
        import importlib.util

        if importlib.util.find_spec("pip") is not None:
            return [sys.executable, "-m", "pip", "--python", str(self._python)]
        made = _run([str(self._python), "-m", "ensurepip"], deadline)
        if made.returncode != 0:
            raise InstallFailed("pip is not available in this Python, and ensurepip neither")
        return [str(self._python), "-m", "pip"]


def explain(stderr: str) -> str:
    """Why pip failed, in one line, from what it wrote to standard error."""
    missing = re.search(
        r"No matching distribution found for (?P<name>[\w.-]+)", stderr
    ) or re.search(r"satisfies the requirement (?P<name>[\w.-]+)", stderr)
    if missing is None:
        errors = re.findall(r"^ERROR: (.+)$", stderr, re.MULTILINE)
        return f"pip failed: {errors[-1] if errors else stderr.strip()[-200:] or 'no reason given'}"
    name = missing["name"]
    found = re.search(r"\(from versions: (?P<versions>[^)]*)\)", stderr)
    versions = found["versions"] if found else "none"
    if _normalized(name) in OURS and versions != "none":
        return (
            f"only older packages of other people were found under the name {name} ({versions}), "
            f"and this extension is version {OUR_FIRST_VERSION} or later"
        )
    if versions != "none":
        return f"no version of {name} fits (there are {versions})"
    if re.search(
        r"connection broken|Failed to establish|Connection(Error| refused)|timed out", stderr
    ):
        return f"{name} was not found, and the package index cannot be reached"
    return f"no package is named {name}"


def _run(command: list[str], deadline: float) -> "subprocess.CompletedProcess[str]":
    remaining = deadline - time.monotonic()
    try:
        return subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=max(remaining, 0.1),
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise InstallFailed(
            "installing took too long and was given up "
            "(EXTENSION_AUTO_INSTALL_TIMEOUT sets how many seconds it may take)"
        ) from None
    except OSError as error:
        raise InstallFailed(f"{command[0]} cannot be run: {error}") from None


def _extensions_folder() -> Path:
    from localstack import config

    return Path(config.dirs.var_libs) / "extensions" / "python_venv"


def _installed_from(address: str) -> bool:
    import json

    wanted = address.partition("#")[0].removeprefix("git+")
    for distribution in metadata.distributions():
        origin = distribution.read_text("direct_url.json")
        if origin:
            url = json.loads(origin).get("url", "")
            if wanted.removeprefix("file://") in (url, url.removeprefix("file://")):
                return True
    return False


def _normalized(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
