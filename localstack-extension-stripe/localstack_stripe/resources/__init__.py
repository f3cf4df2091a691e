"""Behaviours, one file a resource or one of its subjects: what it does beyond the engine, in Stripe's words.

They stand in folders as in the contents of Stripe's API reference. Importing this package registers them all: a new
file needs to be named nowhere.
"""

import os
from importlib import import_module


def _import_all(folder: str, package: str) -> None:
    # As `pkgutil.walk_packages` does, of which the import alone takes a hundredth of a start.
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        name, _, ending = entry.name.partition(".")
        if name.startswith("_"):
            continue
        if ending == "py":
            import_module(f"{package}.{name}")
        elif entry.is_dir():
            _import_all(entry.path, f"{package}.{name}")


_import_all(__path__[0], __name__)
