"""LocalStack's doors: what it calls at start, when ready, and at the end.

LocalStack imports this module at every start, so it imports nothing but the hooks themselves.
"""

from typing import TYPE_CHECKING

from localstack.runtime import hooks

if TYPE_CHECKING:
    from localstack_shared.community.loader import ExtensionLoader

_loader: "ExtensionLoader | None" = None


@hooks.on_infra_start(priority=-100)
def start_community_extensions() -> None:
    """Install what ``EXTENSION_AUTO_INSTALL`` asks for, then load and start the extensions.

    The priority puts it after LocalStack's own start hooks and before Pro's loader, which is asked for here.
    """
    global _loader
    from localstack_shared.community.loader import load_extensions

    _loader = load_extensions()
    if _loader is not None:
        _loader.start()


@hooks.on_infra_ready(priority=-100)
def announce_community_extensions() -> None:
    """Tell the extensions that the platform is ready, once its ready marker has been printed."""
    if _loader is not None:
        _loader.ready()


@hooks.on_infra_shutdown(priority=100)
def stop_community_extensions() -> None:
    """Stop the extensions before the gateway, whose threads their streams hold."""
    if _loader is not None:
        _loader.stop()
