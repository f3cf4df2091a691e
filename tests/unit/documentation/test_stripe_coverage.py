"""The coverage page says what the code does."""

from localstack_stripe.contract.loader import load_contract
from tools.stripe_coverage import PAGE, page


def test_the_page_is_what_the_tool_writes() -> None:
    assert PAGE.read_text() == page(load_contract()), "run python -m tools.stripe_coverage"
