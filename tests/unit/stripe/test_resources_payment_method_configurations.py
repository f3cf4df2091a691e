"""Payment method configurations: which ways to pay are offered."""

PATH = "/v1/payment_method_configurations"


def test_there_is_a_default_that_offers_cards(api):
    [default] = api.get(PATH)["data"]

    assert (default["is_default"], default["active"], default["name"]) == (True, True, "Default")
    assert default["card"]["available"]
    assert not default["sepa_debit"]["available"]


def test_a_way_to_pay_can_be_turned_on_and_stays_on(api):
    made = api.post(PATH, sepa_debit={"display_preference": {"preference": "on"}})

    renamed = api.post(f"{PATH}/{made['id']}", name="Europe")

    assert made["sepa_debit"]["display_preference"]["value"] == "on"
    assert (renamed["name"], renamed["sepa_debit"]) == ("Europe", made["sepa_debit"])


def test_what_a_configuration_does_not_say_its_parent_does(api):
    parent = api.post(PATH, sepa_debit={"display_preference": {"preference": "on"}})["id"]

    child = api.post(PATH, parent=parent, card={"display_preference": {"preference": "off"}})

    assert (child["sepa_debit"]["available"], child["card"]["available"]) == (True, False)
