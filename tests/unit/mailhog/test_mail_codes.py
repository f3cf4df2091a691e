"""One-time codes: found where a person would find them, and nowhere else."""

import email.policy
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localstack_mailhog.content.codes import codes_in, codes_of
from localstack_mailhog.content.decoded import decode_mail


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Your verification code is 402913.", ["402913"]),
        ("Your code: 4029", ["4029"]),
        ("402913 is your Example code", ["402913"]),
        ("Use 402 913 as your login code.", ["402913"]),
        ("Your code is 402-913", ["402-913"]),
        ("G-402913 is your Google verification code.", ["G-402913"]),
        ("Enter the code **402913** to sign in", ["402913"]),
        ("Enter this one-time passcode [402913] now", ["402913"]),
        ("Your PIN is 2024.", ["2024"]),
        ("OTP: 81920374", ["81920374"]),
        ("Your activation code is X7K2-P9QM", ["X7K2-P9QM"]),
        ("Recovery codes: 1111 2222, 3333 4444", ["11112222", "33334444"]),
        ("Your code for order 77123 is 402913", ["402913"]),
        ("Sign in to Example\nEnter this code:\n402913\nIt expires in 10 minutes.", ["402913"]),
        ("Confirm your address\n402913\nThanks, Example", ["402913"]),
        ("Enter the code\n4 0 2 9 1 3\n", ["402913"]),
        ("Your security code (402913) expires soon", ["402913"]),
        ("Your code is １２３４５６", ["123456"]),
        ("Ihr Bestätigungscode lautet 402913.", ["402913"]),
        ("Ihre TAN: 402913", ["402913"]),
        ("Mit diesem Einmalcode melden Sie sich an:\n\n402913", ["402913"]),
        ("Votre code de vérification est 402913", ["402913"]),
        ("402913 est votre code de connexion", ["402913"]),
        ("Tu código de verificación es 402913.", ["402913"]),
        ("Il tuo codice è 402913", ["402913"]),
        ("Seu código de acesso é 402913", ["402913"]),
        ("Je verificatiecode is 402913", ["402913"]),
        ("Din engångskod är 402913", ["402913"]),
        ("Din engangskode er 4029", ["4029"]),
        ("Twój kod: 402913", ["402913"]),
        ("Ваш код подтверждения: 402913", ["402913"]),
        ("【Example】您的验证码是402913，5分钟内有效。", ["402913"]),
        ("認証コードは402913です。", ["402913"]),
        ("인증번호는 402913 입니다", ["402913"]),
        ("Doğrulama kodunuz 402913", ["402913"]),
        ("Kod weryfikacyjny to 402913", ["402913"]),
        ("Vahvistuskoodi: 402913", ["402913"]),
        ("<#> 402913 is your code. x7Kq2P", ["402913"]),
        ("Your temporary code for zoe@example.com: AB12CD", ["AB12CD"]),
        ("Device code: WDJB-MJHT-2024", ["WDJB-MJHT-2024"]),
        ("code:402913", ["402913"]),
        ("Your code is 402913, order 77123 is on its way", ["402913"]),
    ],
)
def test_codes_are_found(text: str, codes: list[str]) -> None:
    assert list(codes_in(text)) == codes


@pytest.mark.parametrize(
    "text",
    [
        "Thank you for your order 402913.",
        "Order #402913 has shipped",
        "Order number: 402913",
        "Order number:\n402913\nShow this code at the counter",
        "Invoice no. 20241123 is attached",
        "Rechnung Nr. 402913 vom 24.11.2026",
        "Ihre Kundennummer: 88123456",
        "© 2026 Example Inc.",
        "In 2026 we changed our security code of conduct",
        "Since 1998 we write code",
        "The code was written in 2019.",
        "Total: $4029.13, or 4029 EUR, or €4029, with discount code",
        "Your code expires in 1440 minutes.",
        "The code is valid for 3600 seconds",
        "We sent you a 6-digit code",
        "Call +49 30 1234 5678 if you did not ask for a code.",
        "Call (555) 123-4567 or 555-123-4567 for a new code",
        "Questions about the code? Tel. 0800 123456",
        "Never share this code.\n\nExample GmbH, Hauptstr. 5, 10115 Berlin",
        "The ZIP code is 10115",
        "PLZ 10115, Postleitzahl 10115",
        "Le code postal est 75001",
        "Use promo code SAVE2024 for 20% off at checkout",
        "Ihr Gutscheincode: WINTER24",
        "The colour code is #402913 or color:#402913",
        "See https://x.example/verify?code=402913&x=402913",
        "http://x.example/402913/code",
        "Meet at 12:30 on 2026-11-24 or 24/11/2026 with your code",
        "Error code 50012 was logged",
        "Version 2026.1123 of the code",
        "Your account ending in 4029 needs a code",
        "Windows11 and ISO27001 need no code",
        "code402913 and 402913x are words",
        "IBAN DE89 3704 0044 0532 0130 00",
        "12345678901234 is no code",
        "1,402,913 people have this code",
        "Ticket ABC-1234 was closed; thank you for your code review",
        "Your booking reference: X7K2P9",
        "Commit a1b2c3d4 and DEADBEEF1 broke the code",
        "The team reviewed 1200 lines of code",
        "Room 4029, security desk",
        "Your IP 192.168.1.1 and port 5432 need the security code",
        "Balance 4029 points. Sign in to see more.",
        "Su pedido 402913 ha sido confirmado",
        "Votre commande 402913 est confirmée",
        "您的订单号402913已确认",
        "Flight LH4029 boards at gate B42",
        "",
    ],
)
def test_other_numbers_are_no_codes(text: str) -> None:
    assert codes_in(text) == ()


def mail(text: str = "", html: str = "", subject: str = "Hello") -> bytes:
    message = EmailMessage(policy=email.policy.SMTP)
    message["Subject"] = subject
    if text:
        message.set_content(text)
    if html and text:
        message.add_alternative(html, subtype="html")
    elif html:
        message.set_content(html, subtype="html")
    return message.as_bytes()


WELCOME = """\
Hello Zoë,

thank you for signing up to Example on 24 November 2026. To finish your registration,
please enter the following verification code on the page that is still open, which is
402913. It is valid for 1440 minutes.

Did you not ask for this? Call us: +1 (555) 123-4567, customer number 88123456.

Example Inc., 1234 Main Street, Springfield 62701
(c) 2024-2026 Example. Order 55512 at https://x.example/o/55512?pin=9999
"""

BOXED = """\
<html><head><style>.code { color: #402914; width: 6000px }</style><title>123456 code</title></head>
<body><table><tr><td><h1>Bestätigen Sie Ihre Anmeldung</h1></td></tr>
<tr><td>Geben Sie diesen Code ein. Er gilt 30 Minuten.</td></tr>
<tr><td style="font-size: 3200px"><span>402</span> <span>913</span></td></tr>
<tr><td>Bestellung 445566 vom 24.11.2026, Summe 1.299,00 &euro;</td></tr>
<tr><td>Beispiel GmbH &middot; Hauptstra&szlig;e 5 &middot; 10115 Berlin &middot; HRB 123456</td></tr>
</table></body></html>
"""


def test_the_code_of_a_whole_mail_is_the_only_one() -> None:
    assert codes_of(decode_mail(mail(WELCOME))) == ("402913",)
    assert codes_of(decode_mail(mail(html=BOXED))) == ("402913",)


def test_a_mail_with_text_is_read_by_its_text() -> None:
    assert codes_of(decode_mail(mail(WELCOME, "<p>Your code is 111111</p>"))) == ("402913",)


def test_the_subject_tells_too() -> None:
    raw = mail("Enter it where you were asked to.", subject="Your code is 402913")

    assert codes_of(decode_mail(raw)) == ("402913",)


def test_the_likeliest_comes_first_and_each_once() -> None:
    text = "Your backup code may be 777111 later.\nYour code: 402913\nAgain, your code: 402913"

    assert codes_in(text) == ("402913", "777111")


def test_a_receipt_has_no_codes() -> None:
    text = """\
Receipt 20261124-8812 from Example

Date          2026-11-24 12:30
Order number  445566
Item 77881    2 x 1499.00
Total         2998.00 USD
VAT ID DE123456789, card ending in 4242

Questions? Call 0800 555 0199 (Mon-Fri 0900-1800) or write to help@example.com.
"""

    assert codes_of(decode_mail(mail(text, subject="Your receipt 20261124"))) == ()


@pytest.mark.parametrize(
    "piece",
    ["1234 ", "code ", "code 1234 ", "A1-", "1 ", "(1234)", "\n1234", "code\n1234\n", "order. "],
)
def test_what_is_made_to_take_long_does_not(piece: str) -> None:
    # The test's own time limit is the bound.
    codes_in(piece * 200_000)


@given(st.text(st.sampled_from("0123456789 -.:\nABZ#€codepin验证码()")) | st.text())
def test_no_text_breaks_it(text: str) -> None:
    for code in codes_in(text):
        assert 4 <= len(code.replace("-", "")) <= 42
        assert any(character.isdigit() for character in code)
