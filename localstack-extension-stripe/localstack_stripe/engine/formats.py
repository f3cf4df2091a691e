"""Texts that have to have a form: emails, currencies, URLs, countries, statement descriptors. What has not is refused
in Stripe's words.
"""

import re
from collections.abc import Callable, Mapping

from localstack_stripe.engine.errors import invalid

# With a dot in its domain, and in ASCII: Stripe refuses jenny@localhost.
_EMAIL = re.compile(r"[^\s@]+@(?:[A-Za-z0-9-]+\.)+[A-Za-z0-9-]+\Z")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^\s/?#][^\s]*\Z")

_FORBIDDEN_ON_STATEMENTS = frozenset("<>\\'\"*")

_CURRENCY_CODES = """
usd aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bhd bif bmd bnd bob brl bsd bwp byn bzd cad cdf chf clp
cny cop crc cve czk djf dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gnf gtq gyd hkd hnl hrk htg huf idr ils inr
isk jmd jod jpy kes kgs khr kmf krw kwd kyd kzt lak lbp lkr lrd lsl mad mdl mga mkd mmk mnt mop mro mur mvr mwk mxn
myr mzn nad ngn nio nok npr nzd omr pab pen pgk php pkr pln pyg qar ron rsd rub rwf sar sbd scr sek sgd shp sle sll
sos srd std szl thb tjs tnd top try ttd twd tzs uah ugx uyu uzs vnd vuv wst xaf xcd xof xpf yer zar zmw usdc ghs eek
lvl svc vef ltl
"""

CURRENCIES = tuple(_CURRENCY_CODES.split())
"""The currencies that Stripe knows, in the order of its own message (https://docs.stripe.com/currencies)."""

_COUNTRY_CODES = """
AC AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA
CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB
GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG
KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV
MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB
SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TA TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM
US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW
"""

COUNTRIES = frozenset(_COUNTRY_CODES.split())
"""ISO 3166-1, and the three codes besides that Stripe takes in addresses."""

Format = Callable[[str, str], str]
"""Takes a text and the parameter that it is the value of, and gives the text to keep."""


def is_digits(text: str) -> bool:
    """Whether a text is one or more of the digits 0 to 9: ``str.isdigit`` takes ``²``, too, which is no number."""
    return text.isascii() and text.isdigit()


def email(text: str, param: str) -> str:
    """An email address.

    :raises StripeError: 400 ``email_invalid``
    """
    if not _EMAIL.match(text):
        raise invalid(f"Invalid email address: {text}", param, "email_invalid")
    return text


def currency(text: str, param: str) -> str:
    """A currency's code, in lower case.

    :raises StripeError: 400 where Stripe has no such currency
    """
    lowered = text.lower()
    if lowered not in CURRENCIES:
        raise invalid(
            f"Invalid currency: {lowered}. Stripe currently supports these currencies: {', '.join(CURRENCIES)}",
            param,
        )
    return lowered


def currency_key(text: str, param: str) -> str:
    """A currency's code as the key of a map.

    :raises StripeError: 400 where it is not in lower case, or Stripe has no such currency
    """
    if text != text.lower():
        raise invalid(
            f"Currencies must be lowercase when used as keys in a map. Use `{text.lower()}` instead of `{text}`.",
            param,
        )
    return currency(text, param)


def url(text: str, param: str) -> str:
    """A URL, of a page or of an application.

    :raises StripeError: 400 ``url_invalid``
    """
    if not _SCHEME.match(text):
        message = "Invalid URL: An explicit scheme (such as https) must be provided."
        raise invalid(message, param, "url_invalid")
    if not _URL.match(text):
        raise invalid("Not a valid URL", param, "url_invalid")
    return text


def image(text: str, param: str) -> str:
    """A URL of an image.

    :raises StripeError: 400 ``url_invalid`` (https://github.com/manishkatyan/strapi-stripe/issues/53)
    """
    if not _URL.match(text):
        raise invalid("Not a valid URL", param, "url_invalid")
    return text


def country(text: str, param: str) -> str:
    """A country's code.

    :raises StripeError: 400 where there is no such country
    """
    if text.upper() not in COUNTRIES:
        raise invalid(
            f"Country '{text}' is unknown. Try using a 2-character alphanumeric country code instead, such as 'US', "
            "'EG', or 'GB'. A full list of country codes is available at "
            "https://en.wikipedia.org/wiki/ISO_3166-1_alpha-2#Officially_assigned_code_elements",
            param,
        )
    return text


def statement_descriptor(text: str, param: str) -> str:
    """What a bank statement shows, in ASCII (https://docs.stripe.com/get-started/account/statement-descriptors).

    :raises StripeError: 400 where it has no letter, or a character that banks do not take
    """
    if not _FORBIDDEN_ON_STATEMENTS.isdisjoint(text):
        characters = " ".join(sorted(_FORBIDDEN_ON_STATEMENTS.intersection(text)))
        raise invalid(
            f"The statement descriptor cannot contain any of the characters < > \\ ' \" *, but has {characters}.",
            param,
        )
    ascii = text.encode("ascii", "ignore").decode()
    if not any(map(str.isalpha, ascii)):
        raise invalid("The statement descriptor must contain at least one letter.", param)
    return ascii


FORMATS: Mapping[str, Format] = {
    "email": email,
    "contact_email": email,
    "customer_email": email,
    "receipt_email": email,
    "support_email": email,
    "currency": currency,
    "default_currency": currency,
    "cancel_url": url,
    "default_return_url": url,
    "refresh_url": url,
    "return_url": url,
    "success_url": url,
    "images": image,
    "country": country,
    "address_country": country,
    "statement_descriptor": statement_descriptor,
    "statement_descriptor_prefix": statement_descriptor,
    "statement_descriptor_suffix": statement_descriptor,
}
"""The formats by the names of the parameters that have them, wherever they stand."""

FILTER_FORMATS: Mapping[str, Format] = {"currency": currency}
"""Those that what is only looked for has, too."""
