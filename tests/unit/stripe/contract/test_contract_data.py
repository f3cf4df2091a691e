"""The committed contract is whole, readable, and says what Stripe's API is known to be."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from importlib import resources

import pytest

from localstack_stripe.contract import (
    Array,
    Contract,
    Deleted,
    Enum,
    Field,
    Inline,
    ListOf,
    Map,
    Reference,
    Scalar,
    Structure,
    Type,
    Union,
)

# Their ids are not generated: a country, a currency, a capability and a report have names.
NAMED_BY_ID = {"capability", "country_spec", "exchange_rate", "reporting.report_type"}

WRITTEN = resources.files("localstack_stripe.contract").joinpath("contract.json").read_text("utf-8")


def parts(type_: Type) -> Iterator[Type]:
    """A type and all types inside it."""
    yield type_
    if isinstance(type_, Union):
        for member in type_.members:
            yield from parts(member)
    elif isinstance(type_, Array | Map | ListOf):
        yield from parts(type_.item)


@pytest.fixture(scope="module")
def all_fields(contract: Contract) -> list[tuple[str, Field]]:
    """Every field of the contract, with the name of what has it."""
    owners = [
        *((key, operation.parameters) for key, operation in contract.operations.items()),
        *((name, resource.fields) for name, resource in contract.resources.items()),
        *((name, resource.deleted_fields) for name, resource in contract.resources.items()),
        *contract.structures.items(),
    ]
    return [(owner, field) for owner, fields in owners for field in fields.values()]


@pytest.fixture(scope="module")
def all_types(contract: Contract, all_fields: list[tuple[str, Field]]) -> list[tuple[str, Type]]:
    """Every type of the contract, those inside others included, with where it is."""
    return [
        *(
            (f"{owner}.{field.name}", part)
            for owner, field in all_fields
            for part in parts(field.type)
        ),
        *((key, part) for key, o in contract.operations.items() for part in parts(o.returns)),
    ]


class TestWholeness:
    def test_counts_are_those_of_the_api(self, contract: Contract) -> None:
        own = [o for o in contract.operations.values() if o.alias_of is None]
        assert len(own) >= 640
        assert sum(o.path.startswith("/v2/") for o in own) >= 90
        assert sum("/test_helpers/" in o.path for o in own) >= 44
        assert len(contract.resources) >= 175
        assert len(contract.structures) >= 1500
        assert len(contract.events) >= 270
        assert len(contract.thin_events) >= 300

    def test_every_type_can_be_read(self, all_types: list[tuple[str, Type]]) -> None:
        assert len(all_types) > 15_000

    def test_every_resource_that_is_mentioned_exists(
        self, contract: Contract, all_types: list[tuple[str, Type]]
    ) -> None:
        mentioned = {
            name
            for _, type_ in all_types
            for name in (
                type_.resources
                if isinstance(type_, Reference)
                else [type_.resource]
                if isinstance(type_, Inline | Deleted)
                else []
            )
        }
        assert mentioned <= contract.resources.keys()

    def test_structures_are_those_that_are_mentioned(
        self, contract: Contract, all_types: list[tuple[str, Type]]
    ) -> None:
        mentioned = {type_.name for _, type_ in all_types if isinstance(type_, Structure)}
        assert mentioned == contract.structures.keys()

    def test_only_deletable_resources_have_a_stub(
        self, contract: Contract, all_types: list[tuple[str, Type]]
    ) -> None:
        stubs = {type_.resource for _, type_ in all_types if isinstance(type_, Deleted)}
        assert all(contract.resources[name].deletable for name in stubs)
        assert all(r.deletable for r in contract.resources.values() if r.deleted_fields)

    def test_enums_have_values_and_none_twice(self, all_types: list[tuple[str, Type]]) -> None:
        enums = [(where, type_) for where, type_ in all_types if isinstance(type_, Enum)]
        assert all(enum.values for _, enum in enums)
        assert [where for where, e in enums if len(set(e.values)) < len(e.values)] == []

    def test_required_is_said_of_parameters_and_absent_of_answers(self, contract: Contract) -> None:
        sent = [f for o in contract.operations.values() for f in o.parameters.values()]
        answered = [f for r in contract.resources.values() for f in r.fields.values()]
        assert not any(field.optional for field in sent)
        assert not any(field.required for field in answered)

    def test_every_resource_says_which_object_it_is(self, contract: Contract) -> None:
        for name, resource in contract.resources.items():
            assert resource.fields["object"].type == Enum((name,))

    def test_every_generated_id_has_a_form(self, contract: Contract) -> None:
        with_id = {name for name, r in contract.resources.items() if "id" in r.fields}
        with_form = {name for name, r in contract.resources.items() if r.id_length}
        assert with_id - with_form == NAMED_BY_ID
        assert with_form <= with_id

    def test_versions_repeat_nothing(self, contract: Contract) -> None:
        assert [v for v, count in Counter(contract.api_versions).items() if count > 1] == []
        assert contract.api_versions[-1] == contract.versions["api"]

    def test_aliases_are_of_operations_that_are_none(self, contract: Contract) -> None:
        aliases = [o for o in contract.operations.values() if o.alias_of is not None]
        assert len(aliases) > 30
        assert all(contract.operations[o.alias_of or ""].alias_of is None for o in aliases)


class TestFormat:
    def test_an_entry_is_a_line(self) -> None:
        sections = json.loads(WRITTEN)
        entries = sum(len(section) for section in sections.values())
        assert WRITTEN.count("\n") == entries + 2 * len(sections) + 2

    def test_names_repeat_nowhere(self) -> None:
        def without_repetition(pairs: list[tuple[str, object]]) -> dict[str, object]:
            assert len(dict(pairs)) == len(pairs)
            return dict(pairs)

        json.loads(WRITTEN, object_pairs_hook=without_repetition)

    def test_names_of_structures_and_enums_are_flat_and_unnumbered(self) -> None:
        sections = json.loads(WRITTEN)
        names = sections["structures"].keys() | sections["enums"].keys()
        assert [name for name in names if not re.fullmatch(r"[A-Z]\w*[a-z]\w*", name)] == []
        assert not sections["structures"].keys() & sections["enums"].keys()

    def test_every_enum_is_used_more_than_once(self) -> None:
        uses = Counter(re.findall(r"\$(\w+)", WRITTEN))
        assert uses.keys() == json.loads(WRITTEN)["enums"].keys()
        assert min(uses.values()) > 1

    def test_placeholders_are_plain_names(self, contract: Contract) -> None:
        for operation in contract.operations.values():
            placeholders = re.findall(r"\{(.*?)\}", operation.path)
            assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*", name) for name in placeholders)
            assert len(set(placeholders)) == len(placeholders), operation.key
            assert not any(name.endswith("_id") for name in placeholders), operation.key

    def test_the_file_stays_small(self) -> None:
        # 900 KB are what the SDKs say; what an event carries and a parameter names need some more.
        assert len(WRITTEN.encode()) < 1_100_000


class TestKnownFacts:
    """What changed lately, or is easily lost on the way from the SDKs."""

    def test_a_period_is_of_the_item_not_of_the_subscription(self, contract: Contract) -> None:
        assert "current_period_end" not in contract.resources["subscription"].fields
        item = contract.resources["subscription_item"].fields
        assert item["current_period_end"].type == Scalar("timestamp")

    def test_a_subscription_keeps_its_legacy_plan_and_quantity(self, contract: Contract) -> None:
        fields = contract.resources["subscription"].fields
        assert fields["plan"].type == Union((Inline("plan"),), nullable=True)
        assert fields["plan"].optional
        assert fields["quantity"].type == Scalar("integer")

    def test_an_invoice_has_payments_and_no_payment_intent(self, contract: Contract) -> None:
        fields = contract.resources["invoice"].fields
        assert fields["payments"].type == ListOf(Inline("invoice_payment"), "list")
        assert "confirmation_secret" in fields
        assert not {"payment_intent", "charge", "paid", "subscription"} & set(fields)

    def test_a_payment_intent_takes_no_payment_method_types(self, contract: Contract) -> None:
        parameters = contract.operations["POST /v1/payment_intents"].parameters
        assert "payment_method_types" not in parameters
        assert "payment_method_types" in contract.resources["payment_intent"].fields
        assert parameters["amount"].required
        assert not parameters["customer"].required

    def test_a_cancellation_is_at_a_time_or_at_a_named_one(self, contract: Contract) -> None:
        cancel_at = contract.operations["POST /v1/subscriptions"].parameters["cancel_at"].type
        assert cancel_at == Union(
            (
                Enum(("max_billed_until", "max_period_end", "min_period_end")),
                Scalar("timestamp"),
            ),
            nullable=False,
        )

    def test_an_empty_string_unsets(self, contract: Contract) -> None:
        parameters = contract.operations["POST /v1/customers/{customer}"].parameters
        metadata = Union((Enum(("",)), Map(Scalar("string"))), nullable=False)
        assert parameters["metadata"].type == metadata
        business_name = parameters["business_name"].type
        assert business_name == Union((Enum(("",)), Scalar("string", 150)), nullable=False)

    def test_null_and_absent_are_told_apart(self, contract: Contract) -> None:
        fields = contract.resources["customer"].fields
        assert not fields["description"].optional
        assert fields["description"].type == Union((Scalar("string"),), nullable=True)
        assert fields["sources"].optional
        assert not fields["livemode"].optional

    def test_a_source_is_one_of_four_objects(self, contract: Contract) -> None:
        sources = ("account", "bank_account", "card", "source")
        default_source = contract.resources["customer"].fields["default_source"].type
        assert default_source == Union((Reference(sources),), nullable=True)
        listed = contract.operations["GET /v1/customers/{customer}/sources"].returns
        assert listed == ListOf(Union(tuple(map(Inline, sources)), nullable=False), "list")

    def test_fields_named_like_keywords_are_there(self, contract: Contract) -> None:
        countries = contract.structures["TaxRegistrationCreateParamsCountryOptions"]
        assert {"in", "is", "it"} <= countries.keys()
        outbound = contract.operations["POST /v2/money_management/outbound_payments"].parameters
        assert outbound["from"].required

    def test_lists_of_v1_and_v2_differ(self, contract: Contract) -> None:
        operations = contract.operations
        events = operations["GET /v1/events"].returns, operations["GET /v2/core/events"].returns
        assert events == (ListOf(Inline("event"), "list"), ListOf(Inline("v2.core.event"), "list2"))
        found = operations["GET /v1/customers/search"].returns
        assert found == ListOf(Inline("customer"), "search")

    def test_resources_of_the_same_class_name_are_apart(self, contract: Contract) -> None:
        transactions = {name for name in contract.resources if name.endswith("transaction")}
        assert {
            "balance_transaction",
            "issuing.transaction",
            "tax.transaction",
            "treasury.transaction",
            "financial_connections.transaction",
            "v2.money_management.transaction",
        } <= transactions

    def test_request_options_are_no_parameters(self, all_fields: list[tuple[str, Field]]) -> None:
        options = {"idempotency_key", "stripe_account", "stripe_version", "api_key"}
        assert {
            (owner, field.name)
            for owner, field in all_fields
            if " " in owner and field.name in options
        } == set()

    @pytest.mark.parametrize(
        ("operation", "returns"),
        [
            ("DELETE /v1/customers/{customer}", Deleted("customer")),
            ("DELETE /v1/subscriptions/{subscription}", Inline("subscription")),
            ("DELETE /v1/ephemeral_keys/{key}", Inline("ephemeral_key")),
            ("DELETE /v2/core/event_destinations/{id}", Deleted("v2.core.event_destination")),
            (
                "GET /v1/customers/{customer}",
                Union((Inline("customer"), Deleted("customer")), nullable=False),
            ),
            ("GET /v1/quotes/{quote}/pdf", Scalar("binary")),
        ],
    )
    def test_operations_return(self, contract: Contract, operation: str, returns: Type) -> None:
        assert contract.operations[operation].returns == returns

    def test_all_but_two_deletions_leave_a_stub(self, contract: Contract) -> None:
        live = {
            o.path
            for o in contract.operations.values()
            if o.verb == "DELETE"
            and o.alias_of is None
            and not any(isinstance(part, Deleted) for part in parts(o.returns))
        }
        assert live == {"/v1/subscriptions/{subscription}", "/v1/ephemeral_keys/{key}"}

    def test_a_stub_has_what_the_typings_give_it(self, contract: Contract) -> None:
        assert contract.resources["customer"].deleted_fields == {}
        assert set(contract.resources["terminal.reader"].deleted_fields) == {
            "device_type",
            "serial_number",
        }

    @pytest.mark.parametrize(
        ("operation", "base"),
        [
            ("POST /v1/files", "files"),
            ("GET /v1/quotes/{quote}/pdf", "files"),
            ("POST /v2/billing/meter_event_stream", "meter_events"),
            ("POST /oauth/token", "connect"),
            ("POST /v1/customers", "api"),
        ],
    )
    def test_some_operations_live_on_other_hosts(
        self, contract: Contract, operation: str, base: str
    ) -> None:
        assert contract.operations[operation].base == base

    def test_files_are_uploaded(self, contract: Contract) -> None:
        file = contract.operations["POST /v1/files"].parameters["file"]
        assert file == Field("file", Scalar("binary"), required=True, optional=False)

    @pytest.mark.parametrize(
        ("alias", "operation"),
        [
            ("POST /v1/customers/{customer}/cards", "POST /v1/customers/{customer}/sources"),
            ("GET /v1/customers/{customer}/subscriptions", "GET /v1/subscriptions"),
            ("GET /v1/charges/{charge}/refunds", "GET /v1/refunds"),
        ],
    )
    def test_older_paths_are_kept(self, contract: Contract, alias: str, operation: str) -> None:
        assert contract.operations[alias].alias_of == operation
        target = contract.operations[operation].parameters
        assert contract.operations[alias].parameters == target

    @pytest.mark.parametrize(
        ("resource", "prefix", "length"),
        [
            ("customer", "cus_", 14),
            ("invoice", "in_", 24),
            ("price", "price_", 24),
            ("plan", "price_", 24),
            ("subscription_schedule", "sub_sched_", 24),
            ("checkout.session", "cs_test_", 58),
            ("coupon", None, 8),
            ("balance", None, 0),
        ],
    )
    def test_ids_have_stripes_form(
        self, contract: Contract, resource: str, prefix: str | None, length: int
    ) -> None:
        found = contract.resources[resource]
        assert (found.id_prefix, found.id_length) == (prefix, length)

    @pytest.mark.parametrize(
        ("owner", "field", "kind"),
        [
            ("subscription", "trial_end", "timestamp"),
            ("invoice", "next_payment_attempt", "timestamp"),
            ("discount", "start", "timestamp"),
            ("coupon", "redeem_by", "timestamp"),
            ("balance_transaction", "available_on", "timestamp"),
            ("invoice", "amount_due", "integer"),
            ("invoice", "attempt_count", "integer"),
            ("coupon", "duration_in_months", "integer"),
            ("coupon", "percent_off", "number"),
            ("tax_rate", "percentage", "number"),
            ("price", "unit_amount_decimal", "decimal"),
            ("v2.core.account", "created", "moment"),
            ("v2.core.event_destination", "updated", "moment"),
        ],
    )
    def test_numbers_are_what_they_count(
        self, contract: Contract, owner: str, field: str, kind: str
    ) -> None:
        type_ = contract.resources[owner].fields[field].type
        assert Scalar(kind) in parts(type_)  # type: ignore[arg-type]

    def test_every_list_of_v2_goes_on_by_its_page(self, contract: Contract) -> None:
        for operation in contract.operations.values():
            if isinstance(operation.returns, ListOf) and operation.returns.kind == "list2":
                assert operation.parameters["page"].type == Scalar("string"), operation.key

    def test_filters_by_time_take_ranges_of_time(self, contract: Contract) -> None:
        created = contract.operations["GET /v1/customers"].parameters["created"].type
        assert isinstance(created, Union)
        time, range_ = sorted(created.members, key=lambda member: isinstance(member, Structure))
        assert time == Scalar("timestamp")
        assert isinstance(range_, Structure)
        bounds = contract.structures[range_.name]
        assert bounds.keys() == {"gt", "gte", "lt", "lte"}
        assert {bound.type for bound in bounds.values()} == {Scalar("timestamp")}
