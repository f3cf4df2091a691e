"""Loads ``localstack.extensions`` plugins and drives them in the order of Pro's loader."""

import logging
import threading
from collections.abc import Callable
from importlib.metadata import EntryPoint
from typing import Any

from plux import PluginManager
from plux.runtime.metadata import MetadataEntryPointsResolver
from plux.runtime.resolve import MetadataPluginFinder

from localstack_shared.community.auto_install import install_requested_extensions

LOG = logging.getLogger(__name__)

EXTENSIONS = "localstack.extensions"
PLATFORM_PLUGINS = "localstack.platform.plugin"


def load_extensions() -> "ExtensionLoader | None":
    """Install and load the extensions, or do nothing where Pro does or where there is none.

    :return: the loader with what could be loaded
    """
    from plux.runtime.cache import EntryPointsCache

    # plux's index, which LocalStack has read by now, instead of another walk over every installed distribution.
    index = EntryPointsCache.instance()
    if pro_loader_is_active(index.get_entry_points().get(PLATFORM_PLUGINS, [])):
        return None
    if install_requested_extensions():
        return ExtensionLoader.discover(MetadataEntryPointsResolver())
    if not index.get_entry_points().get(EXTENSIONS):
        return None
    return ExtensionLoader.discover(index)


def pro_loader_is_active(platform_plugins: list[EntryPoint]) -> bool:
    """Whether LocalStack Pro is installed with its extension loader, and activated."""
    if not any(
        plugin.name == "extensions" and plugin.value.startswith("localstack.pro.")
        for plugin in platform_plugins
    ):
        return False
    try:
        from localstack.pro.core import config
    except ImportError:
        return False
    return bool(getattr(config, "ACTIVATE_PRO", True))


def _log_resolve_error(namespace: str, entry_point: EntryPoint, exception: Exception) -> None:
    LOG.error("Extension %s cannot be loaded", entry_point.name, exc_info=exception)


class ExtensionLoader:
    """Drives extensions through their lifecycle, each step for all before the next.

    An extension that fails in a step is logged with its traceback and left out of the later steps, its end excepted.
    """

    def __init__(self, extensions: list[Any]) -> None:
        self._running = extensions
        self._loaded = list(extensions)

    @classmethod
    def discover(cls, entry_points: Any) -> "ExtensionLoader":
        """Find the extensions among *entry_points*, a plux ``EntryPointsResolver``."""
        from localstack.services.internal import PluginsResource

        finder = MetadataPluginFinder(
            EXTENSIONS, _log_resolve_error, entry_points_resolver=entry_points
        )
        manager: Any = PluginManager(EXTENSIONS, finder=finder)
        PluginsResource.plugin_managers.append(manager)
        extensions = []
        for name in manager.list_names():
            try:
                extensions.append(manager.load(name))
            except Exception:
                LOG.exception("Extension %s cannot be loaded", name)
        return cls(extensions)

    def start(self) -> None:
        """Load, start, and connect the extensions to the gateway."""
        from localstack.aws import handlers
        from localstack.services.edge import ROUTER

        self._each("on_extension_load")
        self._each("on_platform_start")
        self._each("update_gateway_routes", ROUTER)
        self._each("update_request_handlers", handlers.serve_custom_service_request_handlers)
        self._each("update_response_handlers", handlers.run_custom_response_handlers)
        self._each("update_exception_handlers", handlers.serve_custom_exception_handlers)
        self._each("update_finalizers", handlers.run_custom_finalizers)

    def ready(self) -> None:
        """Tell the extensions that LocalStack is ready, after its ready marker, which follows the hooks."""
        from localstack import config
        from localstack.runtime import events

        from localstack_shared.service import Endpoint

        def announce() -> None:
            events.infra_ready.wait()
            for listen in config.GATEWAY_LISTEN:
                LOG.info("%s", Endpoint("LocalStack gateway", f"http://{listen}"))
            self._each("on_platform_ready")

        threading.Thread(target=announce, name="extensions-ready", daemon=True).start()

    def stop(self) -> None:
        """End every extension that was loaded, all at once, so that one does not wait for the other."""
        threads = [
            threading.Thread(target=self._call, args=(extension.on_platform_shutdown,))
            for extension in self._loaded
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _each(self, step: str, *arguments: Any) -> None:
        self._running = [
            extension
            for extension in self._running
            if self._call(getattr(extension, step), *arguments)
        ]

    def _call(self, step: Callable[..., None], *arguments: Any) -> bool:
        try:
            step(*arguments)
        except Exception:
            LOG.exception("Extension step failed: %s", step.__qualname__)
            return False
        return True
