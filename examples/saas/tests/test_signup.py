"""Signing up and activating."""

import pytest
from dynaconf import Dynaconf
from flask.testing import FlaskClient

from localstack_mailhog.testing.inbox import Inbox
from saas import create_app
from tests.steps import body, link_in, mail_to, refusal


def test_signing_up_sends_an_activation_mail_through_ses(
    client: FlaskClient, smtp_server: Inbox, email: str
) -> None:
    response = client.post("/signup", json={"name": "Ada Lovelace", "email": email})

    assert response.status_code == 201
    [message] = mail_to(email, smtp_server)
    assert message["Subject"] == "LocalStack Account Activation"
    assert message["From"] == "Saas <noreply@saas.example>"
    assert message["To"] == email
    assert "Hello Ada Lovelace" in message.text


def test_the_link_is_in_the_text_and_in_the_html(
    client: FlaskClient, smtp_server: Inbox, email: str
) -> None:
    client.post("/signup", json={"name": "Ada & <Grace>", "email": email})

    message = smtp_server.wait_for_message(to=email)
    assert f'<a href="http://127.0.0.1:5000{link_in(message)}">' in message.html
    assert "Hello Ada &amp; &lt;Grace&gt;" in message.html
    assert "Hello Ada & <Grace>" in message.text


def test_following_the_link_activates_the_account_and_signs_in(
    client: FlaskClient, smtp_server: Inbox, email: str
) -> None:
    client.post("/signup", json={"name": "Ada Lovelace", "email": email})
    assert client.get("/billing/subscription").status_code == 401

    activated = client.get(link_in(smtp_server.wait_for_message(to=email)))

    assert body(activated)["active"] is True
    assert client.get("/billing/subscription").status_code == 200


def test_signing_up_again_before_activating_sends_the_mail_again(
    client: FlaskClient, smtp_server: Inbox, email: str
) -> None:
    first = client.post("/signup", json={"name": "Ada Lovelace", "email": email})
    second = client.post("/signup", json={"name": "Ada Lovelace", "email": email.upper()})

    assert body(second)["id"] == body(first)["id"]
    assert len(mail_to(email, smtp_server)) == 2


def test_signing_up_again_after_activating_is_refused_without_a_mail(
    client: FlaskClient, smtp_server: Inbox, email: str
) -> None:
    client.post("/signup", json={"name": "Ada Lovelace", "email": email})
    client.get(link_in(smtp_server.wait_for_message(to=email)))

    response = client.post("/signup", json={"name": "Ada Lovelace", "email": email})

    assert refusal(response) == (409, "email_taken")
    assert len(mail_to(email, smtp_server)) == 1


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ({"name": "", "email": "nameless@example.com"}, "name_missing"),
        ({"name": "Ada", "email": "ada"}, "email_invalid"),
        ({"name": "Ada"}, "email_invalid"),
        (["Ada"], "no_object"),
    ],
)
def test_an_incomplete_form_is_refused_without_a_mail(
    client: FlaskClient, smtp_server: Inbox, sent: object, code: str
) -> None:
    response = client.post("/signup", json=sent)

    assert refusal(response) == (400, code)
    assert mail_to("nameless@example.com", smtp_server) == []


def test_a_mail_that_ses_does_not_take_is_told_to_the_user_who_can_try_again(
    settings: Dynaconf, smtp_server: Inbox, email: str
) -> None:
    settings.set("mail.sender", f"not-verified-{email}")
    settings.set("mail.verify_sender", False)
    form = {"name": "Ada Lovelace", "email": email}

    refused = create_app(settings).test_client().post("/signup", json=form)
    settings.set("mail.verify_sender", True)
    retried = create_app(settings).test_client().post("/signup", json=form)

    assert refusal(refused) == (502, "mail_not_sent")
    assert retried.status_code == 201
    assert len(mail_to(email, smtp_server)) == 1


def test_a_link_that_somebody_else_signed_is_refused(
    client: FlaskClient, smtp_server: Inbox, email: str
) -> None:
    client.post("/signup", json={"name": "Ada Lovelace", "email": email})
    link = link_in(smtp_server.wait_for_message(to=email))

    response = client.get(link[:-4] + "aaaa")

    assert refusal(response) == (400, "invalid_link")


def test_a_link_is_valid_for_a_time_only(
    settings: Dynaconf, smtp_server: Inbox, email: str
) -> None:
    settings.set("activation_seconds", -1)
    client = create_app(settings).test_client()
    client.post("/signup", json={"name": "Ada Lovelace", "email": email})

    response = client.get(link_in(smtp_server.wait_for_message(to=email)))

    assert refusal(response) == (400, "invalid_link")
