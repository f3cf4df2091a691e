"""The contract knows every type of event, and which object an event of that type carries."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import pytest

from localstack_stripe.contract import Array, Contract, Enum, Type
from localstack_stripe.engine.shapes import one_of

if TYPE_CHECKING:
    from tools.contract.typescript import TypeScriptPackage

MakeSdk = Callable[[Mapping[str, str]], "TypeScriptPackage"]

OBJECTS = """
export interface Customer { id: string; object: 'customer'; }
export interface Card { id: string; object: 'card'; }
export interface BankAccount { id: string; object: 'bank_account'; }
export type ExternalAccount = BankAccount | Card;
"""
SNAPSHOTS = """
import { Customer, ExternalAccount } from './Objects.js';
export interface EventBase { object: 'event'; }
export declare namespace Event { interface Data { object: Data.Object; } }
export interface CustomerCreatedEvent extends EventBase {
    type: 'customer.created';
    data: CustomerCreatedEvent.Data;
}
export declare namespace CustomerCreatedEvent {
    interface Data extends Event.Data { object: Customer; previous_attributes?: Partial<Customer>; }
}
export interface SourceCreatedEvent extends EventBase {
    type: 'source.created';
    data: SourceCreatedEvent.Data;
}
export declare namespace SourceCreatedEvent {
    interface Data extends Event.Data { object: ExternalAccount; }
}
"""
THIN = """
import { Customer as V1Customer } from '../../Objects.js';
export interface EventBase { object: 'v2.core.event'; }
export interface EventNotificationBase { id: string; }
export interface V1CustomerCreatedEvent extends EventBase {
    type: 'v1.customer.created';
    fetchRelatedObject(): Promise<V1Customer>;
}
export interface V1CustomerCreatedEventNotification extends EventNotificationBase {
    type: 'v1.customer.created';
    fetchRelatedObject(): Promise<V1Customer>;
}
export interface PingEvent extends EventBase { type: 'v2.ping'; }
"""


@pytest.fixture
def typings(node_sdk: MakeSdk) -> TypeScriptPackage:
    """A Node SDK with a few events."""
    return node_sdk(
        {
            "resources/Objects.d.ts": OBJECTS,
            "resources/Events.d.ts": SNAPSHOTS,
            "resources/V2/Core/Events.d.ts": THIN,
        }
    )


def test_a_snapshot_event_is_of_what_its_data_has(typings: TypeScriptPackage) -> None:
    from tools.contract.events import read_events
    from tools.contract.resources import ResourceReader

    assert read_events(typings, ResourceReader(typings, {})) == {
        "customer.created": "#customer",
        "source.created": "#bank_account | #card",
    }


def test_a_thin_event_is_of_what_can_be_fetched(typings: TypeScriptPackage) -> None:
    from tools.contract.events import read_thin_events
    from tools.contract.resources import ResourceReader

    assert read_thin_events(typings, ResourceReader(typings, {})) == {
        "v1.customer.created": "#customer",
        "v2.ping": "null",
    }


def test_the_types_are_those_that_an_endpoint_can_ask_for(contract: Contract) -> None:
    asked_for = contract.operations["POST /v1/webhook_endpoints"].parameters["enabled_events"]
    assert _values(asked_for.type) - {"*"} == contract.events.keys()


def test_every_event_is_of_resources(contract: Contract) -> None:
    assert all(contract.events.values())
    for carried in (*contract.events.values(), *contract.thin_events.values()):
        assert contract.resources.keys() >= set(carried)


@pytest.mark.parametrize(
    ("type_", "resources"),
    [
        ("customer.subscription.deleted", ("subscription",)),
        ("account.external_account.created", ("bank_account", "card")),
        ("charge.dispute.created", ("dispute",)),
        ("charge.refund.updated", ("refund",)),
        ("invoiceitem.created", ("invoiceitem",)),
        ("issuing_authorization.request", ("issuing.authorization",)),
    ],
)
def test_known_snapshots(contract: Contract, type_: str, resources: tuple[str, ...]) -> None:
    assert contract.events[type_] == resources


@pytest.mark.parametrize(
    ("type_", "resources"),
    [
        ("v1.customer.created", ("customer",)),
        ("v2.core.account_person.created", ("v2.core.account_person",)),
        ("v2.core.account_link.returned", ()),
    ],
)
def test_known_thin_events(contract: Contract, type_: str, resources: tuple[str, ...]) -> None:
    assert contract.thin_events[type_] == resources


def _values(type_: Type) -> set[str]:
    """The values of an array of an enum."""
    array = one_of(type_, Array)
    assert isinstance(array, Array)
    enum = one_of(array.item, Enum)
    assert isinstance(enum, Enum)
    return set(enum.values)
