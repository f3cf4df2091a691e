"""By which application something was made for a connected account, and who has let one in. With the SDK."""

from urllib.parse import parse_qs, urlencode, urlparse


def test_what_a_platform_makes_for_an_account_says_by_which_application(stripe, seller, pay):
    def make(**account):
        customer = stripe.Customer.create(
            payment_method="pm_card_visa",
            invoice_settings={"default_payment_method": "pm_card_visa"},
            **account,
        ).id
        price = stripe.Price.create(
            currency="usd",
            unit_amount=1200,
            recurring={"interval": "month"},
            product_data={"name": "Team"},
            **account,
        ).id
        intent = pay(expand=["latest_charge"], **account)
        subscription = stripe.Subscription.create(
            customer=customer, items=[{"price": price}], expand=["latest_invoice"], **account
        )
        return [
            intent.application,
            intent.latest_charge.application,
            subscription.application,
            subscription.latest_invoice.application,
            stripe.SetupIntent.create(**account).application,
        ]

    there, here = make(stripe_account=seller), make()

    assert set(here) == {None}
    (application,) = set(there)
    assert application.startswith("ca_")


def test_an_application_is_seen_where_it_is_expanded(stripe, seller):
    intent = stripe.PaymentIntent.create(
        amount=1000, currency="usd", stripe_account=seller, expand=["application"]
    )

    assert intent.application.object == "application"


def test_an_account_tells_that_its_owner_has_let_the_platform_in(client, stripe_emulator, page):
    application = client.v1.accounts.retrieve_current().id.replace("acct_", "ca_")
    query = urlencode(
        {
            "client_id": application,
            "redirect_uri": "https://example.com/back",
            "response_type": "code",
        }
    )
    _, back = page(f"{stripe_emulator.api_base}/oauth/authorize?{query}")
    code = parse_qs(urlparse(back).query)["code"][0]

    granted = client.oauth.token({"grant_type": "authorization_code", "code": code})

    there = {"stripe_account": granted.stripe_user_id}
    told = client.v1.events.list({"type": "account.application.authorized"}, there).data
    assert [(each.account, each.data.object.id) for each in told] == [
        (granted.stripe_user_id, application)
    ]
