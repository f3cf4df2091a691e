"""Whether a bank account is whose a platform thinks."""

import pytest

PATH = "/v2/money_management/recipient_verifications"
HELPER = "/v2/test_helpers/money_management/recipient_verifications"


@pytest.fixture
def bank(api):
    """The id of a bank account."""
    numbers = {"account_number": "00012345", "sort_code": "108800", "currency": "gbp"}
    return api.post("/v2/core/vault/gb_bank_accounts", **numbers)["id"]


def test_a_name_matches_unless_a_test_says_otherwise(api, bank, refused):
    made = api.post(PATH, payout_method=bank)

    assert (made["match_result"], made["status"]) == ("match", "verified")
    assert refused(api.post, f"{PATH}/{made['id']}/acknowledge").status == 400


@pytest.mark.parametrize("result", ["close_match", "no_match", "unavailable"])
def test_what_does_not_match_has_to_be_acknowledged(api, bank, result):
    made = api.post(HELPER, payout_method=bank, match_result=result)

    done = api.post(f"{PATH}/{made['id']}/acknowledge")

    assert (made["match_result"], made["status"]) == (result, "awaiting_acknowledgement")
    assert (done["status"], api.get(f"{PATH}/{made['id']}")["status"]) == ("acknowledged", "acknowledged")  # fmt: skip
    assert done["status_transitions"]["acknowledged_at"]


@pytest.mark.parametrize(
    ("country", "currency", "type"),
    [("DE", "eur", "verification_of_payee"), ("GB", "gbp", "confirmation_of_payee")],
)
def test_what_is_asked_of_a_bank_is_as_its_country_has_it(own, country, currency, type):
    bank = {"account_number": "DE89370400440532013000", "country": country, "currency": currency}
    data = {"type": "bank_account", "bank_account": bank}
    intent = own.post("/v2/money_management/outbound_setup_intents", payout_method_data=data)

    made = own.post(PATH, payout_method=intent["payout_method"]["id"])
    own.pass_time(5 * 60)

    later = own.get(f"{PATH}/{made['id']}")["status"]
    lasts = {
        "confirmation_of_payee": (False, "verified"),
        "verification_of_payee": (True, "expired"),
    }
    assert made["verification_type"] == type
    assert ("expires_at" in made, later) == lasts[type]
