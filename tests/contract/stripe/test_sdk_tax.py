"""Stripe Tax with the SDK: registrations, calculations, and the transactions that are made of them."""

import pytest

DAY = 86_400
SAAS = "txcd_10103000"
GOODS = "txcd_99999999"
SERVICES = "txcd_20030000"


@pytest.fixture
def settle_in(stripe):
    """Says where the account sells from."""

    def settle_in(country="DE", **address):
        return stripe.tax.Settings.modify(head_office={"address": {"country": country, **address}})

    return settle_in


@pytest.fixture
def register(stripe):
    """Registers the account for collecting tax, from now on."""

    def register(country, type="standard", scheme="standard", **options):
        option = {"type": type, **options}
        if type == "standard" and country not in ("US", "CA"):
            option["standard"] = {"place_of_supply_scheme": scheme}
        return stripe.tax.Registration.create(
            country=country, country_options={country.lower(): option}, active_from="now"
        )

    return register


@pytest.fixture
def calculate(stripe):
    """Calculates the tax of one line that somebody buys."""

    def calculate(country="DE", amount=1000, *, code=SAAS, behavior="exclusive", **more):
        details = {"address": {"country": country}, "address_source": "billing"}
        details["address"] |= more.pop("address", {})
        details |= more.pop("details", {})
        line = {
            "amount": amount,
            "reference": "L1",
            "tax_behavior": behavior,
            "tax_code": code,
            **more.pop("line", {}),
        }
        return stripe.tax.Calculation.create(
            currency="eur",
            line_items=[line],
            customer_details=details,
            expand=["line_items.data.tax_breakdown"],
            **more,
        )

    return calculate


def reasons(calculation):
    """The reason and the rate of each tax."""
    return [
        (each.taxability_reason, each.tax_rate_details.percentage_decimal)
        for each in calculation.tax_breakdown
    ]


# Registrations and settings


def test_settings_are_active_once_they_say_where_the_business_is(stripe, settle_in):
    assert stripe.tax.Settings.retrieve().status == "pending"

    settle_in("IE")

    assert stripe.tax.Settings.retrieve().status == "active"


def test_nothing_is_calculated_before_that(stripe, calculate):
    with pytest.raises(stripe.InvalidRequestError, match="valid head office address") as refused:
        calculate()

    assert refused.value.code == "stripe_tax_inactive"


def test_a_registration_has_a_time(stripe, register):
    made = register("DE")
    later = stripe.tax.Registration.create(
        country="FR",
        country_options={
            "fr": {"type": "standard", "standard": {"place_of_supply_scheme": "standard"}}
        },
        active_from=made.created + DAY,
    )
    ended = stripe.tax.Registration.modify(made.id, expires_at="now")

    assert (made.status, later.status, ended.status) == ("active", "scheduled", "expired")
    found = stripe.tax.Registration.list(status="scheduled").data
    assert [each.id for each in found] == [later.id]


@pytest.mark.parametrize(
    ("country", "options", "param"),
    [
        ("DE", {"de": {"type": "standard"}}, "country_options[de][standard]"),
        ("DE", {"fr": {"type": "oss_union"}}, "country_options"),
        ("US", {"us": {"type": "state_sales_tax", "state": "XX"}}, "country_options[us][state]"),
        (
            "CA",
            {"ca": {"type": "province_standard"}},
            "country_options[ca][province_standard]",
        ),
    ],
)
def test_a_registration_says_all_that_it_has_to(stripe, country, options, param):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.tax.Registration.create(country=country, country_options=options, active_from="now")

    assert refused.value.param == param
    assert stripe.tax.Registration.list(status="all").data == []


# Which taxes there are


def test_without_a_registration_nothing_is_collected(settle_in, calculate):
    settle_in()

    calculation = calculate("DE")

    assert reasons(calculation) == [("not_collecting", "0.0")]
    assert (calculation.amount_total, calculation.tax_amount_exclusive) == (1000, 0)
    assert calculation.tax_breakdown[0].taxable_amount == 0


def test_tax_comes_on_top(settle_in, register, calculate):
    settle_in()
    register("DE")

    calculation = calculate("DE", 1999)

    assert reasons(calculation) == [("standard_rated", "19.0")]
    assert (calculation.amount_total, calculation.tax_amount_exclusive) == (2379, 380)
    [line] = calculation.line_items.data
    assert (line.amount, line.amount_tax, line.reference) == (1999, 380, "L1")
    [tax] = line.tax_breakdown
    assert (tax.jurisdiction.display_name, tax.tax_rate_details.display_name) == (
        "Germany",
        "Umsatzsteuer (USt)",
    )


def test_tax_can_be_in_the_price(settle_in, register, calculate):
    """https://docs.stripe.com/tax/standalone-tax-api, tax-inclusive pricing: its example."""
    settle_in("IE")
    register("IE")

    calculation = calculate("IE", 10_000, behavior="inclusive")

    assert (calculation.amount_total, calculation.tax_amount_exclusive) == (10_000, 0)
    assert calculation.tax_amount_inclusive == 1870
    [tax] = calculation.tax_breakdown
    assert (tax.amount, tax.inclusive, tax.taxable_amount) == (1870, True, 8130)
    assert reasons(calculation) == [("standard_rated", "23.0")]


def test_the_one_stop_shop_is_for_all_other_countries_of_the_eu(settle_in, register, calculate):
    settle_in("DE")
    register("DE", type="oss_union")

    assert reasons(calculate("FR")) == [("standard_rated", "20.0")]
    assert reasons(calculate("FI")) == [("standard_rated", "25.5")]
    assert reasons(calculate("DE")) == [("not_collecting", "0.0")]
    assert reasons(calculate("GB")) == [("not_collecting", "0.0")]


def test_a_small_seller_charges_the_tax_of_its_own_country(settle_in, register, calculate):
    settle_in("DE")
    register("DE", scheme="small_seller")

    calculation = calculate("FR")

    assert reasons(calculation) == [("standard_rated", "19.0")]
    assert calculation.line_items.data[0].tax_breakdown[0].sourcing == "origin"


def test_services_are_taxed_where_they_come_from(settle_in, register, calculate):
    settle_in("FR")
    register("FR")

    calculation = calculate("DE", code=SERVICES)

    assert calculation.tax_breakdown[0].tax_rate_details.country == "FR"
    assert reasons(calculation) == [("standard_rated", "20.0")]


@pytest.mark.parametrize("behavior", ["exclusive", "inclusive"])
def test_a_business_abroad_accounts_for_the_tax_itself(settle_in, register, calculate, behavior):
    settle_in("DE")
    register("DE")
    vat = {"tax_ids": [{"type": "eu_vat", "value": "IE1234567WA"}]}

    calculation = calculate("IE", behavior=behavior, details=vat)

    assert reasons(calculation) == [("reverse_charge", "0.0")]
    assert calculation.amount_total == 1000
    assert reasons(calculate("DE", details=vat)) == [("standard_rated", "19.0")]


@pytest.mark.parametrize("override", ["customer_exempt", "reverse_charge"])
def test_a_customer_may_have_no_tax(settle_in, register, calculate, override):
    settle_in("DE")
    register("DE")

    calculation = calculate("DE", details={"taxability_override": override})

    assert reasons(calculation) == [(override, "0.0")]
    assert calculation.amount_total == 1000


def test_what_is_not_taxable_is_not_taxed(settle_in, register, calculate):
    settle_in("DE")
    register("DE")

    assert reasons(calculate("DE", code="txcd_00000000")) == [("not_collecting", "0.0")]


def test_a_province_adds_its_own(settle_in, register, calculate):
    settle_in("CA", state="QC")
    register("CA")
    quebec = {"state": "QC"}

    federal = calculate("CA", 10_000, address=quebec)
    register("CA", type="province_standard", province_standard={"province": "QC"})
    both = calculate("CA", 10_000, address=quebec)

    assert reasons(federal) == [("standard_rated", "5.0"), ("not_collecting", "0.0")]
    assert reasons(both) == [("standard_rated", "5.0"), ("standard_rated", "9.975")]
    assert [each.amount for each in both.tax_breakdown] == [500, 998]
    assert both.amount_total == 11_498
    assert [each.tax_rate_details.tax_type for each in both.tax_breakdown] == ["gst", "qst"]


def test_a_province_is_known_by_its_postal_code(settle_in, register, calculate):
    settle_in("CA", state="ON")
    register("CA")

    calculation = calculate("CA", address={"postal_code": "M5V 2T6"})

    assert reasons(calculation) == [("standard_rated", "13.0")]
    assert calculation.tax_breakdown[0].tax_rate_details.state == "ON"


def test_a_states_sales_tax_is_charged_where_nothing_local_is_added(settle_in, register, calculate):
    settle_in("US", state="NJ", postal_code="07030")
    register("US", type="state_sales_tax", state="NJ")

    calculation = calculate("US", 10_000, code=GOODS, address={"postal_code": "07030"})

    assert calculation.tax_amount_exclusive == 663
    assert reasons(calculation) == [("standard_rated", "6.625")]


def test_a_state_without_a_sales_tax_has_none(settle_in, calculate):
    settle_in("US", state="OR", postal_code="97201")

    assert reasons(calculate("US", address={"postal_code": "97201"})) == [
        ("not_subject_to_tax", "0.0")
    ]


def test_a_country_that_stripe_tax_does_not_know_is_not_supported(settle_in, calculate):
    settle_in()

    assert reasons(calculate("AQ")) == [("not_supported", "0.0")]


@pytest.mark.parametrize(
    ("country", "options", "address", "code", "message"),
    [
        (
            "US",
            {"type": "state_sales_tax", "state": "CA"},
            {"postal_code": "94080"},
            GOODS,
            "local",
        ),
        ("US", {"type": "state_sales_tax", "state": "NJ"}, {"postal_code": "07030"}, SAAS, SAAS),
        ("DE", {"type": "standard"}, {}, "txcd_35010000", "Germany taxes the tax code"),
        ("IN", {"type": "simplified"}, {}, SAAS, "the tax of IN"),
    ],
)
def test_a_tax_that_is_not_known_is_refused_and_not_made_up(
    stripe, settle_in, register, calculate, country, options, address, code, message
):
    settle_in("DE")
    register(country, **options)

    with pytest.raises(stripe.InvalidRequestError, match=message) as refused:
        calculate(country, code=code, address=address)

    assert refused.value.code == "taxes_calculation_failed"
    assert refused.value.param == "line_items[0][tax_code]"


@pytest.mark.parametrize(
    ("country", "address"),
    [("US", {}), ("US", {"postal_code": "00000"}), ("CA", {"city": "Toronto"})],
)
def test_a_place_has_to_be_known(stripe, settle_in, calculate, country, address):
    settle_in()

    with pytest.raises(stripe.InvalidRequestError) as refused:
        calculate(country, address=address)

    assert refused.value.code == "customer_tax_location_invalid"
    assert refused.value.param == "customer_details[address]"


def test_a_tax_id_has_the_form_of_its_type(stripe, settle_in, calculate):
    """https://docs.stripe.com/tax/standalone-tax-api#tax-ids: its example of an error."""
    settle_in()

    with pytest.raises(stripe.InvalidRequestError, match="Invalid value for eu_vat") as refused:
        calculate("IE", details={"tax_ids": [{"type": "eu_vat", "value": "123"}]})

    assert refused.value.code == "tax_id_invalid"
    assert refused.value.param == "customer_details[tax_ids][0][value]"


# Whose, and of what


def test_a_customers_address_exemption_and_tax_ids_are_used(stripe, settle_in, register):
    settle_in("DE")
    register("DE")
    customer = stripe.Customer.create(
        address={"country": "IE"},
        shipping={"name": "Jenny", "address": {"country": "DE"}},
        tax_exempt="exempt",
    )
    stripe.Customer.create_tax_id(customer.id, type="eu_vat", value="DE123456789")

    calculation = stripe.tax.Calculation.create(
        currency="eur", customer=customer.id, line_items=[{"amount": 1000}]
    )

    details = calculation.customer_details
    assert (details.address.country, details.address_source) == ("DE", "shipping")
    assert [each.value for each in details.tax_ids] == ["DE123456789"]
    assert reasons(calculation) == [("customer_exempt", "0.0")]


def test_a_customer_without_an_address_is_nowhere(stripe, settle_in, customer):
    settle_in()

    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.tax.Calculation.create(
            currency="eur", customer=customer.id, line_items=[{"amount": 1000}]
        )

    assert refused.value.code == "customer_tax_location_invalid"


def test_a_line_has_the_code_of_its_product_else_the_accounts(stripe, settle_in, calculate):
    settle_in()
    product = stripe.Product.create(name="Book", tax_code=GOODS)

    made = stripe.tax.Calculation.create(
        currency="eur",
        customer_details={"address": {"country": "DE"}, "address_source": "billing"},
        line_items=[{"amount": 1000, "product": product.id}, {"amount": 500, "quantity": 2}],
        expand=["line_items"],
    )

    lines = stripe.tax.Calculation.list_line_items(made.id).data
    assert [(each.tax_code, each.quantity) for each in lines] == [
        (GOODS, 1),
        ("txcd_10000000", 2),
    ]
    assert [each.id for each in made.line_items.data] == [each.id for each in lines]
    assert "tax_breakdown" not in lines[0].to_dict()


def test_shipping_is_taxed_too(stripe, settle_in, register, calculate):
    settle_in()
    register("DE")
    rate = stripe.ShippingRate.create(
        display_name="Ground",
        type="fixed_amount",
        fixed_amount={"amount": 500, "currency": "eur"},
        tax_code="txcd_92010001",
        tax_behavior="exclusive",
    )

    by_rate = calculate("DE", shipping_cost={"shipping_rate": rate.id})
    by_amount = calculate("DE", shipping_cost={"amount": 119, "tax_behavior": "inclusive"})

    cost = by_rate.shipping_cost
    assert (cost.amount, cost.amount_tax, cost.shipping_rate) == (500, 95, rate.id)
    assert by_rate.amount_total == 1000 + 190 + 500 + 95
    assert by_rate.tax_breakdown[0].amount == 190 + 95
    assert by_amount.shipping_cost.amount_tax == 19
    assert (by_amount.tax_amount_exclusive, by_amount.tax_amount_inclusive) == (190, 19)


def test_a_sale_is_of_these_days(stripe, settle_in, calculate):
    settle_in()
    calculation = calculate()

    assert calculation.expires_at == calculation.tax_date + 90 * DAY
    with pytest.raises(stripe.InvalidRequestError) as refused:
        calculate(tax_date=calculation.tax_date - 3 * DAY)
    assert refused.value.param == "tax_date"


# Transactions


@pytest.fixture
def sale(stripe, settle_in, register):
    """Two lines of 10 and 20 euros at 19 %, sold."""
    settle_in()
    register("DE")
    calculation = stripe.tax.Calculation.create(
        currency="eur",
        customer_details={"address": {"country": "DE"}, "address_source": "billing"},
        line_items=[{"amount": 1000, "reference": "L1"}, {"amount": 2000, "reference": "L2"}],
    )
    return stripe.tax.Transaction.create_from_calculation(
        calculation=calculation.id,
        reference="order_1",
        metadata={"order": "1"},
        expand=["line_items"],
    )


@pytest.fixture
def give_back(stripe, sale):
    """Reverses the sale, or a part of it."""

    def give_back(reference="refund_1", **how):
        return stripe.tax.Transaction.create_reversal(
            **{
                "mode": "partial",
                "original_transaction": sale.id,
                "reference": reference,
                "expand": ["line_items"],
                **how,
            }
        )

    return give_back


def amounts(transaction):
    """The amount and the tax of each line."""
    return [(each.amount, each.amount_tax) for each in transaction.line_items.data]


def test_a_sale_is_recorded_as_it_was_calculated(stripe, sale):
    assert (sale.type, sale.reversal, sale.reference) == ("transaction", None, "order_1")
    assert amounts(sale) == [(1000, 190), (2000, 380)]
    assert sale.metadata.to_dict() == {"order": "1"}
    listed = stripe.tax.Transaction.list_line_items(sale.id).data
    assert [each.reference for each in listed] == ["L1", "L2"]
    assert stripe.tax.Transaction.retrieve(sale.id).id == sale.id


def test_a_reference_is_used_once(stripe, sale, give_back):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        give_back("order_1", mode="full")

    assert refused.value.param == "reference"


def test_all_of_a_sale_can_be_given_back_once(stripe, sale, give_back):
    reversal = give_back(mode="full")

    assert (reversal.type, reversal.reversal.original_transaction) == ("reversal", sale.id)
    assert amounts(reversal) == [(-1000, -190), (-2000, -380)]
    originals = [each.reversal.original_line_item for each in reversal.line_items.data]
    assert originals == [each.id for each in sale.line_items.data]
    with pytest.raises(stripe.InvalidRequestError):
        give_back("refund_2", mode="full")


def test_a_part_of_a_line_can_be_given_back_while_there_is_something(stripe, sale, give_back):
    line = {
        "original_line_item": sale.line_items.data[0].id,
        "reference": "L1 back",
        "amount": -600,
        "amount_tax": -114,
    }

    first = give_back(line_items=[line])

    assert amounts(first) == [(-600, -114)]
    assert first.line_items.data[0].reference == "L1 back"
    with pytest.raises(stripe.InvalidRequestError) as refused:
        give_back("refund_2", line_items=[line])
    assert refused.value.param == "line_items[0][amount]"
    give_back("refund_3", line_items=[line | {"amount": -400, "amount_tax": -76}])


def test_a_flat_amount_is_spread_over_what_is_left(stripe, sale, give_back):
    """https://docs.stripe.com/tax/off-stripe, partially refund a sale by a flat amount."""
    half = give_back(flat_amount=-1785)
    give_back(
        "refund_2",
        line_items=[
            {
                "original_line_item": sale.line_items.data[0].id,
                "reference": "rest",
                "amount": -500,
                "amount_tax": -95,
            }
        ],
    )
    rest = give_back("refund_3", flat_amount=-1190)

    assert amounts(half) == [(-500, -95), (-1000, -190)]
    assert amounts(rest) == [(0, 0), (-1000, -190)]
    with pytest.raises(stripe.InvalidRequestError):
        give_back("refund_4", flat_amount=-1)


def test_a_partial_reversal_can_be_taken_back(stripe, sale, give_back):
    partial = give_back(flat_amount=-1785)

    undone = give_back("undo_1", mode="full", original_transaction=partial.id)
    again = give_back("refund_2", flat_amount=-3570)

    assert amounts(undone) == [(500, 95), (1000, 190)]
    assert amounts(again) == [(-1000, -190), (-2000, -380)]
    with pytest.raises(stripe.InvalidRequestError, match="cannot be reversed"):
        give_back("undo_2", mode="full", original_transaction=undone.id)


def test_what_is_reversed_has_to_be_there(stripe, give_back):
    with pytest.raises(stripe.InvalidRequestError) as missing:
        give_back(mode="full", original_transaction="tax_none")
    with pytest.raises(stripe.InvalidRequestError) as empty:
        give_back()

    assert (missing.value.code, missing.value.param) == (
        "resource_missing",
        "original_transaction",
    )
    assert empty.value.param == "line_items"


def test_a_ticket_is_taxed_where_the_performance_is(stripe, settle_in, calculate):
    settle_in()
    ticket = {"code": "txcd_50010001"}
    location = stripe.tax.Location.create(
        type="performance", address={"country": "US", "state": "NV", "postal_code": "89109"}
    )

    calculation = calculate("DE", line={"performance_location": location.id}, **ticket)

    [line] = calculation.line_items.data
    assert line.performance_location == location.id
    assert line.tax_breakdown[0].jurisdiction.state == "NV"
    assert line.tax_breakdown[0].sourcing == "performance"
    for missing in ({}, {"performance_location": "taxloc_none"}):
        with pytest.raises(stripe.InvalidRequestError) as refused:
            calculate("DE", line=missing, **ticket)
        assert refused.value.param == "line_items[0][performance_location]"
