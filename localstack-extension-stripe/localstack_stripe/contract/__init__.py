"""The contract of Stripe's API: every operation and every resource, as data.

`contract.json` is derived from Stripe's SDKs by ``tools/contract`` and is never edited by hand;
`loader` gives it types. What an operation does beyond its contract is not known here.
"""

from localstack_stripe.contract.loader import (
    Array,
    Contract,
    Deleted,
    Enum,
    Field,
    Fields,
    Inline,
    ListOf,
    Map,
    Null,
    Operation,
    Reference,
    Resource,
    Scalar,
    Structure,
    Type,
    Union,
    load_contract,
    parse_type,
)

__all__ = [
    "Array",
    "Contract",
    "Deleted",
    "Enum",
    "Field",
    "Fields",
    "Inline",
    "ListOf",
    "Map",
    "Null",
    "Operation",
    "Reference",
    "Resource",
    "Scalar",
    "Structure",
    "Type",
    "Union",
    "load_contract",
    "parse_type",
]
