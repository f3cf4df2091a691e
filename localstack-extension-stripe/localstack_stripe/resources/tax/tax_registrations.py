"""Tax registrations (https://docs.stripe.com/tax/registrations-api): where the account collects tax, and since when."""

from typing import Any

from localstack_stripe.billing.jurisdictions import EU, PROVINCES, US_STATES, Tax
from localstack_stripe.engine.behaviours import Call, before_create, before_update
from localstack_stripe.engine.errors import invalid, missing_parameter
from localstack_stripe.engine.schedule import due
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork

REGISTRATION = "tax.registration"


@before_create(REGISTRATION)
def complete(call: Call, registration: Record) -> None:
    """Check what is registered for, and say whether it holds already."""
    country = registration["country"].upper()
    registration["country"] = country
    options = call.params["country_options"]
    if list(options) != [country.lower()]:
        raise invalid(
            f"The country options must be those of the country {country}: country_options[{country.lower()}].",
            "country_options",
        )
    registration["country_options"] = {country.lower(): _option(country, options[country.lower()])}
    _settle(call, registration)


@before_update(REGISTRATION)
def change(call: Call, registration: Record, before: Record) -> None:
    """Begin or end it at another time; what has expired stays so (https://docs.stripe.com/api/tax/registrations/update)."""
    if before["status"] == "expired":
        raise invalid("You cannot update an expired tax registration.")
    _settle(call, registration)


def _option(country: str, given: Record) -> Record:
    param = f"country_options[{country.lower()}]"
    option: dict[str, Any] = dict(given)
    kind = option["type"]
    if country == "US":
        _require_known(option["state"], US_STATES, f"{param}[state]")
    elif country == "CA":
        if kind == "province_standard":
            details = option.get("province_standard")
            if details is None:
                raise missing_parameter(f"{param}[province_standard]")
            _require_known(details["province"], PROVINCES, f"{param}[province_standard][province]")
    elif kind == "standard" and "standard" not in option:
        if country in EU:
            # https://docs.stripe.com/tax/registrations-api: only there a seller has to say which scheme it is.
            raise missing_parameter(f"{param}[standard]")
        option["standard"] = {"place_of_supply_scheme": "standard"}
    return option


def _require_known(code: str, known: Any, param: str) -> None:
    if code not in known:
        raise invalid(f"Invalid value for {param}: '{code}'.", param)


def _settle(call: Call, registration: Record) -> None:
    expires_at = registration["expires_at"]
    if expires_at is not None and expires_at < registration["active_from"]:
        raise invalid("The registration cannot expire before it becomes active.", "expires_at")
    registration["status"] = status_at(registration, call.work.now(registration))


def status_at(registration: Record, moment: int) -> str:
    """Whether it is ``scheduled``, ``active`` or ``expired`` at a time."""
    if registration["active_from"] > moment:
        return "scheduled"
    expires_at = registration["expires_at"]
    return "expired" if expires_at is not None and expires_at <= moment else "active"


def _next_change(work: UnitOfWork, registration: Record) -> int | None:
    name = {"scheduled": "active_from", "active": "expires_at"}.get(registration["status"])
    moment: int | None = registration[name] if name else None
    return moment


@due(REGISTRATION, next=_next_change)
def follow_time(work: UnitOfWork, registration: Record) -> None:
    """It becomes active, or expires."""
    registration = work.change(registration)
    registration["status"] = status_at(registration, work.now(registration))


def in_force(work: UnitOfWork, moment: int) -> list[Record]:
    """The registrations that are active at a time."""
    return [each for each in work.all(REGISTRATION) if status_at(each, moment) == "active"]


def covers(registration: Record, tax: Tax, *, goods: bool, seller: str) -> bool:
    """Whether a registration is for collecting a tax.

    https://docs.stripe.com/tax/supported-countries/european-union: the One Stop Shop is for sales to the EU's other
    countries, its import scheme for goods that come from outside.

    :param goods: whether what is sold can be touched
    :param seller: the country that it is sold from
    """
    country = registration["country"]
    option = registration["country_options"][country.lower()]
    kind = option["type"]
    to = tax.place.country
    if to in EU and kind != "standard":
        schemes = {
            "oss_union": seller in EU and to != country,
            "oss_non_union": seller not in EU and not goods,
            "ioss": seller not in EU and goods,
        }
        return schemes.get(kind, False)
    if country != to:
        return False
    if country == "US":
        return bool(kind == "state_sales_tax" and option["state"] == tax.state)
    if country == "CA":
        if tax.state is None:
            return kind in ("standard", "simplified")
        return bool(
            kind == "province_standard" and option["province_standard"]["province"] == tax.state
        )
    scheme = (option.get("standard") or {}).get("place_of_supply_scheme")
    return goods or scheme != "inbound_goods"


def is_small_seller(registrations: list[Record], country: str) -> bool:
    """Whether what is sold from a country to the EU's others is taxed where it comes from, as of small businesses."""
    return any(
        each["country"] == country
        and (each["country_options"][country.lower()].get("standard") or {}).get(
            "place_of_supply_scheme"
        )
        == "small_seller"
        for each in registrations
    )
