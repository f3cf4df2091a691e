"""The coverage page says what the code does."""

from localstack_stripe.contract.loader import load_contract
from tools.conformance import PAGE, conformance, page


def test_the_page_is_what_the_tool_writes() -> None:
    assert PAGE.read_text() == page(load_contract()), "run make conformance"


def test_every_operation_has_a_level_and_a_section() -> None:
    contract = load_contract()

    found = {each.operation.key: each for each in conformance(contract)}

    assert found.keys() == contract.operations.keys()
    assert found["POST /v1/subscriptions"].level == "behaviour"
    assert found["POST /v1/test_helpers/test_clocks"].section == "test_clocks"
    assert found["GET /v2/core/accounts"].section == "v2 core"
