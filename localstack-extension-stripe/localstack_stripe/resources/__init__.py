"""Behaviours, one file a resource or one of its subjects: what it does beyond the engine, in Stripe's words.

They stand in folders as in the contents of Stripe's API reference. Importing this package registers them all: a new
file needs to be named nowhere.
"""

from importlib import import_module
from pkgutil import walk_packages

for _module in walk_packages(__path__, f"{__name__}."):
    import_module(_module.name)
