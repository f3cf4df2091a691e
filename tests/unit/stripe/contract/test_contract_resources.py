"""The generator reads resources, and what operations return, from the Node SDK's typings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tools.contract.resources import ResourceReader
    from tools.contract.typescript import TypeScriptPackage

Read = Callable[..., "ResourceReader"]
MakeSdk = Callable[[Mapping[str, str]], "TypeScriptPackage"]

RELATED = """
export interface Customer { id: string; object: 'customer'; deleted?: void; }
export interface DeletedCustomer { id: string; object: 'customer'; deleted: true; }
export interface Card { id: string; object: 'card'; }
export interface DeletedCard { id: string; object: 'card'; currency?: string | null; deleted: true; }
export interface BankAccount { id: string; object: 'bank_account'; }
export type PaymentSource = BankAccount | Card;
export type DeletedPaymentSource = DeletedCard;
"""


def thing(fields: str, rest: str = "") -> str:
    """The typings of a resource `thing` with these fields."""
    return f"""
import {{ Decimal, Metadata, OtherString }} from '../shared.js';
{RELATED}
export interface Thing {{ object: 'thing'; {fields} }}
{rest}
"""


@pytest.mark.parametrize(
    ("declared", "written"),
    [
        # Null is a value, absent is none.
        ("x: string | null;", {"x": "string | null"}),
        ("x?: string;", {"x?": "string"}),
        ("x?: string | null;", {"x?": "string | null"}),
        ("x: boolean;", {"x": "boolean"}),
        ("x: Decimal | null;", {"x": "decimal | null"}),
        ("x: bigint;", {"x": "int64"}),
        ("x: unknown;", {"x": "any"}),
        ("x: Metadata;", {"x": "{string}"}),
        ("x: { [key: string]: string; };", {"x": "{string}"}),
        ("x: Array<string> | null;", {"x": "[string] | null"}),
        ("x: 'a' | 'b';", {"x": "'a' | 'b'"}),
        # What is no data is left out.
        ("x?: void;", {}),
        ("x: () => Promise<unknown>;", {}),
        # An id that can be expanded …
        ("x: string | Customer | DeletedCustomer | null;", {"x": "@customer | null"}),
        ("x: string | PaymentSource;", {"x": "@bank_account | @card"}),
        ("x: Array<string | Customer>;", {"x": "[@customer]"}),
        # … and a resource that is there.
        ("x: Customer | null;", {"x": "#customer | null"}),
        ("x?: ApiList<PaymentSource>;", {"x?": "list(#bank_account | #card)"}),
    ],
)
def test_a_type_is_written_in_the_notation(
    resources: Read, declared: str, written: dict[str, str]
) -> None:
    read = resources(thing(declared))

    assert read.resources["thing"].fields == {"object": "'thing'", **written}


def test_nested_structures_have_flat_names(resources: Read) -> None:
    read = resources(
        thing(
            "settings: Thing.Settings; status: Thing.Status;",
            """
export declare namespace Thing {
    interface Settings { mode: Settings.Mode; parts: Array<Settings.Part>; }
    type Status = 'closed' | 'open' | OtherString;
    namespace Settings {
        type Mode = 'a' | OtherString;
        interface Part { name: string; extra: Part.Extra; }
        namespace Part { interface Extra { } }
    }
}
""",
        )
    )

    assert read.resources["thing"].fields == {
        "object": "'thing'",
        "settings": "ThingSettings",
        "status": "'closed' | 'open'",
    }
    assert read.structures == {
        "ThingSettings": {"mode": "'a'", "parts": "[ThingSettingsPart]"},
        "ThingSettingsPart": {"name": "string", "extra": "{any}"},
    }


def test_an_inner_name_hides_an_outer_one(resources: Read) -> None:
    read = resources(
        thing(
            "tax: Thing.Tax;",
            """
export declare namespace Thing {
    interface Tax { kind: Tax.Kind; }
    type Kind = 'outer';
    namespace Tax { type Kind = 'inner'; }
}
""",
        )
    )

    assert read.structures["ThingTax"] == {"kind": "'inner'"}


def test_moments_are_those_of_the_python_sdk(resources: Read) -> None:
    read = resources(
        thing("created: string; name: string;"), scalars={"thing": {"created": "moment"}}
    )
    assert read.resources["thing"].fields["created"] == "moment"
    assert read.resources["thing"].fields["name"] == "string"


def test_numbers_are_those_of_the_python_sdk(resources: Read) -> None:
    read = resources(
        thing(
            "amount: number; created: number; rate: Thing.Rate | null;",
            "export declare namespace Thing { interface Rate { share: number; } }",
        ),
        scalars={
            "thing": {"amount": "integer", "created": "timestamp"},
            "thing.Rate": {"share": "number"},
        },
    )

    assert read.resources["thing"].fields["created"] == "timestamp"
    assert read.resources["thing"].fields["amount"] == "integer"
    assert read.structures["ThingRate"] == {"share": "number"}


def test_a_number_that_the_python_sdk_lacks_is_an_error(resources: Read) -> None:
    with pytest.raises(LookupError, match=r"thing\.amount"):
        resources(thing("amount: number;"))


def test_a_stub_makes_a_resource_deletable(resources: Read) -> None:
    read = resources(thing(""))

    assert read.resources["customer"].stub == {}
    assert read.resources["card"].stub == {"currency?": "string | null"}
    assert read.resources["thing"].stub is None


def test_an_event_is_what_all_events_share(resources: Read) -> None:
    read = resources(
        """
export type Event = ThingCreatedEvent | ThingUpdatedEvent;
export interface EventBase { id: string; object: 'event'; data: Event.Data; }
export declare namespace Event { interface Data { object: Data.Object; }
    namespace Data { interface Object { } } }
export interface ThingCreatedEvent extends EventBase { type: 'thing.created'; }
export interface ThingUpdatedEvent extends EventBase { type: 'thing.updated'; }
export interface Notice { object: 'notice'; about: string | Event; }
"""
    )

    assert read.resources.keys() == {"event", "notice"}
    assert read.resources["event"].fields["data"] == "EventData"
    assert read.resources["notice"].fields["about"] == "@event"


def test_resources_of_the_same_name_are_told_apart_by_namespace(node_sdk: MakeSdk) -> None:
    from tools.contract.resources import ResourceReader

    package = node_sdk(
        {
            "resources/Cards.d.ts": """
export interface Card { object: 'card'; checks: Card.Checks; }
export declare namespace Card { interface Checks { cvc: string; } }
""",
            "resources/Issuing/Cards.d.ts": """
export interface Card { object: 'issuing.card'; checks: Card.Checks; }
export declare namespace Card { interface Checks { pin: string; } }
""",
            "resources/Issuing/index.d.ts": """
import { Card } from './Cards.js';
export { Card } from './Cards.js';
export declare class Issuing { }
export declare namespace Issuing { export { Card }; }
""",
            "resources/Wallets.d.ts": """
import { Card as _Card } from './Cards.js';
import * as Issuing from './Issuing/index.js';
export interface Wallet { object: 'wallet'; one: _Card; other: string | Issuing.Card; }
""",
        }
    )

    read = ResourceReader(package, {})

    assert read.structures == {
        "CardChecks": {"cvc": "string"},
        "IssuingCardChecks": {"pin": "string"},
    }
    assert read.resources["wallet"].fields == {
        "object": "'wallet'",
        "one": "#card",
        "other": "@issuing.card",
    }


def test_what_an_operation_returns_is_declared_by_its_method(node_sdk: MakeSdk) -> None:
    from tools.contract.resources import ResourceReader
    from tools.contract.returns import read_returns

    package = node_sdk(
        {
            "resources/Customers.d.ts": f"""
{RELATED}
export declare class CustomerResource extends StripeResource {{
    list(params?: object): ApiListPromise<Customer>;
    search(params: object): ApiSearchResultPromise<Customer>;
    retrieve(id: string): Promise<Response<Customer | DeletedCustomer>>;
    del(id: string): Promise<Response<DeletedCustomer>>;
    deleteSource(id: string): Promise<Response<PaymentSource | DeletedPaymentSource>>;
    pdf(id: string): Promise<StripeStreamResponse>;
    ping(): Promise<void>;
}}
""",
            "resources/Customers.js": """
class CustomerResource extends StripeResource_js_1.StripeResource {
    list(params, options) {
        return this._makeRequest('GET', '/v1/customers', params, options, { methodType: 'list' });
    }
    search(params, options) { return this._makeRequest('GET', '/v1/customers/search', params); }
    retrieve(id, params) {
        return this._makeRequest('GET', `/v1/customers/${encodeURIComponent(id)}`, params);
    }
    del(id, params) {
        return this._makeRequest('DELETE', `/v1/customers/${encodeURIComponent(id)}`, params);
    }
    deleteSource(customerId, id, params) {
        return this._makeRequest('DELETE',
            `/v1/customers/${encodeURIComponent(customerId)}/sources/${encodeURIComponent(id)}`);
    }
    pdf(id) { return this._makeRequest('GET', `/v1/customers/${encodeURIComponent(id)}/pdf`); }
    ping() { return this._makeRequest('POST', '/v1/ping'); }
}
""",
        }
    )

    assert read_returns(package, ResourceReader(package, {})) == {
        "GET /v1/customers": "list(#customer)",
        "GET /v1/customers/search": "search(#customer)",
        "GET /v1/customers/{}": "#customer | deleted(customer)",
        "DELETE /v1/customers/{}": "deleted(customer)",
        "DELETE /v1/customers/{}/sources/{}": "#bank_account | #card | deleted(card)",
        "GET /v1/customers/{}/pdf": "binary",
        "POST /v1/ping": "null",
    }


def test_the_one_stub_of_v2_is_of_what_can_be_retrieved_there(node_sdk: MakeSdk) -> None:
    from tools.contract.resources import ResourceReader
    from tools.contract.returns import read_returns

    package = node_sdk(
        {
            "resources/V2/DeletedObject.d.ts": (
                "export interface DeletedObject { id: string; object?: string; }"
            ),
            "resources/V2/DeletedObject.js": "",
            "resources/V2/Things.d.ts": """
import { DeletedObject } from './DeletedObject.js';
export interface Thing { id: string; object: 'v2.thing'; }
export declare class ThingResource extends StripeResource {
    list(): V2ListPromise<Thing>;
    retrieve(id: string): Promise<Response<Thing>>;
    del(id: string): Promise<Response<DeletedObject>>;
}
""",
            "resources/V2/Things.js": """
class ThingResource extends StripeResource {
    list() { return this._makeRequest('GET', '/v2/things'); }
    retrieve(id) { return this._makeRequest('GET', `/v2/things/${encodeURIComponent(id)}`); }
    del(id) { return this._makeRequest('DELETE', `/v2/things/${encodeURIComponent(id)}`); }
}
""",
        }
    )
    resources = ResourceReader(package, {})

    returns = read_returns(package, resources)

    assert returns == {
        "GET /v2/things": "list2(#v2.thing)",
        "GET /v2/things/{}": "#v2.thing",
        "DELETE /v2/things/{}": "deleted(v2.thing)",
    }
    assert resources.resources["v2.thing"].stub == {}
    assert resources.structures == {}
