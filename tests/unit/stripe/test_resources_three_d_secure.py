"""3D Secure authentications. Every answer is held against the contract."""

import pytest

PATH = "/v1/three_d_secure/authentications"
TERMS = {"channel": {"type": "browser"}, "message_category": "payment_authentication"}


def test_an_authentication_is_of_a_payment_method(api, refused):
    error = refused(api.post, PATH, **TERMS).error

    assert (error["code"], error["param"]) == ("parameter_missing", "payment_method")


@pytest.mark.parametrize(
    ("params", "server"),
    [
        ({"payment_method": "pm_card_amex"}, "american_express"),
        ({"payment_method": "pm_card_visa"}, "visa"),
        (
            {"payment_method_data": {"type": "card", "card": {"token": "tok_mastercard"}}},
            "mastercard",
        ),
    ],
)
def test_the_card_says_who_is_asked(api, params, server):
    made = api.post(PATH, **TERMS, **params)

    method = api.get(f"/v1/payment_methods/{made['payment_method']}")
    assert (method["type"], made["directory_server"]) == ("card", server)
    assert api.post(f"{PATH}/{made['id']}/cancel")["payment_method"] == method["id"]
