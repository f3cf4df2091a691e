"""Puts the contract together."""

from __future__ import annotations

import re
from typing import cast

from tools.contract.defaults import find_defaults
from tools.contract.enums import name_long_enums
from tools.contract.events import read_events, read_thin_events
from tools.contract.json_values import JSON, Document
from tools.contract.operations import Operation, read_operations
from tools.contract.overrides import merge, read_overrides
from tools.contract.parameters import ParameterReader
from tools.contract.python_modules import PythonPackage
from tools.contract.references import find_references
from tools.contract.resources import Resource, ResourceReader
from tools.contract.returns import read_returns, request_shape
from tools.contract.scalars import read_scalars
from tools.contract.sources import Sources
from tools.contract.structures import tidy_structures
from tools.contract.typescript import TypeScriptPackage

_SECTIONS = (
    "versions",
    "operations",
    "resources",
    "structures",
    "enums",
    "defaults",
    "events",
    "thin_events",
    "api_versions",
)


def derive(sources: Sources) -> Document:
    """The whole contract, from the SDKs and the overrides."""
    document = _read(sources)
    for patch in read_overrides():
        merge(document, patch)
    tidy_structures(document)
    name_long_enums(document)
    return {name: document[name] for name in _SECTIONS}


def _read(sources: Sources) -> Document:
    """What the SDKs say."""
    versions = sources.versions()
    python_sdk = PythonPackage(sources.python_sdk)
    node_sdk = TypeScriptPackage(sources.node_sdk / "cjs")
    parameters = ParameterReader()
    operations = read_operations(python_sdk, parameters)
    resources = ResourceReader(node_sdk, read_scalars(python_sdk))
    returns = read_returns(node_sdk, resources)
    twice = parameters.structures.keys() & resources.structures.keys()
    if twice:
        raise ValueError(f"both parameters and resources have {', '.join(sorted(twice))}")
    endpoint = operations["POST /v1/webhook_endpoints"].parameters
    document: Document = {
        "versions": cast(JSON, versions),
        "operations": {
            key: _operation_entry(operation, returns[request_shape(key)])
            for key, operation in operations.items()
        },
        "resources": {
            name: _resource_entry(resource) for name, resource in resources.resources.items()
        },
        "structures": cast(JSON, {**parameters.structures, **resources.structures}),
        "events": cast(JSON, read_events(node_sdk, resources)),
        "thin_events": cast(JSON, read_thin_events(node_sdk, resources)),
        "api_versions": _values(endpoint["api_version"]),
    }
    find_references(document)
    of_operations = {key: operation.defaults for key, operation in operations.items()}
    document["defaults"] = find_defaults(document, of_operations, parameters.defaults)
    return document


def _operation_entry(operation: Operation, returns: str) -> JSON:
    entry: dict[str, JSON] = {
        "method": operation.method,
        "parameters": cast(JSON, operation.parameters),
        "returns": returns,
    }
    if operation.base != "api":
        entry["base"] = operation.base
    return entry


def _resource_entry(resource: Resource) -> JSON:
    entry: dict[str, JSON] = {"fields": cast(JSON, resource.fields)}
    if resource.stub is not None:
        entry["deletable"] = True
        if resource.stub:
            entry["deleted_fields"] = cast(JSON, resource.stub)
    return entry


def _values(type_: str) -> list[JSON]:
    """The values of an enum, or of an array of one."""
    return [*re.findall(r"'([^']+)'", type_)]
