"""A Stripe API emulator: a contract derived from Stripe's SDKs, an engine that makes every operation of it work, and
behaviours written by hand, one file a resource.

``extension``, ``cli`` and ``testing`` are the shells; ``emulator`` builds what they start. Below it an import only
ever points down: ``api``, ``resources``, ``billing`` and ``payments``, ``engine``, ``contract``.

This module imports nothing: LocalStack and pytest read it whether or not the emulator is started.
"""

__version__ = "1.0.0"
