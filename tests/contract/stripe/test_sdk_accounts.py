"""Connected accounts as they are shown, with the SDK."""


def test_an_account_shows_the_settings_of_what_it_has_not(stripe):
    settings = stripe.Account.create(type="express", country="US").settings.to_dict()

    shown = ("bacs_debit_payments", "card_issuing", "invoices", "sepa_debit_payments")
    assert {name: settings[name] for name in shown} == {
        "bacs_debit_payments": {"display_name": None, "service_user_number": None},
        "card_issuing": {"tos_acceptance": {"date": None, "ip": None}},
        "invoices": {"default_account_tax_ids": None, "hosted_payment_method_save": "always"},
        "sepa_debit_payments": {},
    }


def test_a_bank_account_shows_that_nothing_is_due(stripe):
    account = stripe.Account.create(type="custom", country="US")

    bank = stripe.Account.create_external_account(account.id, external_account="btok_us_verified")

    nothing = {"currently_due": [], "errors": [], "past_due": [], "pending_verification": []}
    assert bank.requirements.to_dict() == bank.future_requirements.to_dict() == nothing
