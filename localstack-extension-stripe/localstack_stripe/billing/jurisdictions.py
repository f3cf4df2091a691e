"""Where taxes are due, and which: the standard rates of VAT, GST and sales tax, as of November 2026.

What every seller of most goods and services charges in a country, a Canadian province, or a US state that leaves no
tax to its counties and cities. Nothing here knows reduced rates, local taxes, or what a state exempts. Rates are facts
of the authorities: https://taxation-customs.ec.europa.eu (the EU's), https://www.canada.ca (GST/HST),
https://taxfoundation.org (states).
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

EU = frozenset(
    [
        "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU",
        "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
    ]
)  # fmt: skip


class Place(NamedTuple):
    """Where a sale is taxed.

    :param country: two letters
    :param state: of the US and Canada, two letters
    """

    country: str
    state: str | None = None


class Tax(NamedTuple):
    """A tax of a country, or of a state of it.

    :param type: in Stripe's words, such as ``vat``; nothing where it is not known
    :param name: what a buyer sees
    :param percentage: the standard rate; nothing where that differs within the place, or is not known
    :param state: whose tax it is, where it is not the country's
    """

    place: Place
    type: str | None
    name: str
    percentage: Decimal | None
    state: str | None = None

    @property
    def jurisdiction(self) -> str:
        """What whoever levies it is called."""
        if self.state is None:
            return NAMES.get(self.place.country, self.place.country)
        return (US_STATES if self.place.country == "US" else PROVINCES)[self.state]


_VAT: Mapping[str, str] = {
    "AT": "20", "BE": "21", "BG": "20", "CY": "19", "CZ": "21", "DE": "19", "DK": "25", "EE": "24", "ES": "21",
    "FI": "25.5", "FR": "20", "GR": "24", "HR": "25", "HU": "27", "IE": "23", "IT": "22", "LT": "21", "LU": "17",
    "LV": "21", "MT": "18", "NL": "21", "PL": "23", "PT": "23", "RO": "21", "SE": "25", "SI": "22", "SK": "23",
    "AE": "5", "AL": "20", "BH": "10", "CH": "8.1", "CL": "19", "CO": "19", "EG": "14", "GB": "20", "GE": "18",
    "IS": "24", "KE": "16", "KR": "10", "LI": "8.1", "MX": "16", "NG": "7.5", "NO": "25", "OM": "5", "PH": "12",
    "RS": "20", "SA": "15", "TH": "7", "TR": "20", "TW": "5", "UA": "20", "ZA": "15",
}  # fmt: skip
_GST: Mapping[str, str] = {"AU": "10", "NZ": "15", "SG": "9"}
_JCT: Mapping[str, str] = {"JP": "10"}

NAMES: Mapping[str, str] = {
    "AE": "United Arab Emirates", "AL": "Albania", "AT": "Austria", "AU": "Australia", "BE": "Belgium",
    "BG": "Bulgaria", "BH": "Bahrain", "CA": "Canada", "CH": "Switzerland", "CL": "Chile", "CO": "Colombia",
    "CY": "Cyprus", "CZ": "Czech Republic", "DE": "Germany", "DK": "Denmark", "EE": "Estonia", "EG": "Egypt",
    "ES": "Spain", "FI": "Finland", "FR": "France", "GB": "United Kingdom", "GE": "Georgia", "GR": "Greece",
    "HR": "Croatia", "HU": "Hungary", "IE": "Ireland", "IS": "Iceland", "IT": "Italy", "JP": "Japan",
    "KE": "Kenya", "KR": "South Korea", "LI": "Liechtenstein", "LT": "Lithuania", "LU": "Luxembourg",
    "LV": "Latvia", "MT": "Malta", "MX": "Mexico", "NG": "Nigeria", "NL": "Netherlands", "NO": "Norway",
    "NZ": "New Zealand", "OM": "Oman", "PH": "Philippines", "PL": "Poland", "PT": "Portugal", "RO": "Romania",
    "RS": "Serbia", "SA": "Saudi Arabia", "SE": "Sweden", "SG": "Singapore", "SI": "Slovenia", "SK": "Slovakia",
    "TH": "Thailand", "TR": "Turkey", "TW": "Taiwan", "UA": "Ukraine", "US": "United States", "ZA": "South Africa",
}  # fmt: skip

PROVINCES: Mapping[str, str] = {
    "AB": "Alberta", "BC": "British Columbia", "MB": "Manitoba", "NB": "New Brunswick",
    "NL": "Newfoundland and Labrador", "NS": "Nova Scotia", "NT": "Northwest Territories", "NU": "Nunavut",
    "ON": "Ontario", "PE": "Prince Edward Island", "QC": "Quebec", "SK": "Saskatchewan", "YT": "Yukon",
}  # fmt: skip
_HST: Mapping[str, str] = {"NB": "15", "NL": "15", "NS": "14", "ON": "13", "PE": "15"}
_PROVINCIAL: Mapping[str, tuple[str, str]] = {
    "BC": ("pst", "7"),
    "MB": ("rst", "7"),
    "QC": ("qst", "9.975"),
    "SK": ("pst", "6"),
}

_LABELS: Mapping[str, str] = {
    "gst": "GST", "hst": "HST", "jct": "JCT", "pst": "PST", "qst": "QST", "rst": "RST",
    "sales_tax": "Sales Tax", "vat": "VAT",
}  # fmt: skip
_LOCALIZED: Mapping[str, str] = {
    "DE": "Umsatzsteuer (USt)",
    "FR": "Taxe sur la valeur ajoutée (TVA)",
}
"""What Stripe calls VAT where its documentation shows it in the country's language."""

US_STATES: Mapping[str, str] = {
    "AK": "Alaska", "AL": "Alabama", "AR": "Arkansas", "AZ": "Arizona", "CA": "California", "CO": "Colorado",
    "CT": "Connecticut", "DC": "District of Columbia", "DE": "Delaware", "FL": "Florida", "GA": "Georgia",
    "HI": "Hawaii", "IA": "Iowa", "ID": "Idaho", "IL": "Illinois", "IN": "Indiana", "KS": "Kansas",
    "KY": "Kentucky", "LA": "Louisiana", "MA": "Massachusetts", "MD": "Maryland", "ME": "Maine", "MI": "Michigan",
    "MN": "Minnesota", "MO": "Missouri", "MS": "Mississippi", "MT": "Montana", "NC": "North Carolina",
    "ND": "North Dakota", "NE": "Nebraska", "NH": "New Hampshire", "NJ": "New Jersey", "NM": "New Mexico",
    "NV": "Nevada", "NY": "New York", "OH": "Ohio", "OK": "Oklahoma", "OR": "Oregon", "PA": "Pennsylvania",
    "PR": "Puerto Rico", "RI": "Rhode Island", "SC": "South Carolina", "SD": "South Dakota", "TN": "Tennessee",
    "TX": "Texas", "UT": "Utah", "VA": "Virginia", "VT": "Vermont", "WA": "Washington", "WI": "Wisconsin",
    "WV": "West Virginia", "WY": "Wyoming",
}  # fmt: skip
_STATEWIDE: Mapping[str, str] = {
    "CT": "6.35", "DC": "6", "IN": "7", "KY": "6", "MA": "6.25", "MD": "6", "ME": "5.5", "MI": "6",
    "NJ": "6.625", "RI": "7",
}  # fmt: skip
"""States in which the same is charged everywhere, as nothing local is added."""
UNTAXED_STATES = frozenset(["DE", "MT", "NH", "OR"])
"""States that have no sales tax, and whose counties and cities have none."""


def taxes_at(place: Place) -> list[Tax]:
    """The taxes of a place; what they come to is not known of all of them."""
    country, state = place.country, place.state
    if country == "US":
        rate = _STATEWIDE.get(state or "")
        return [_tax(place, "sales_tax", rate, state)]
    if country == "CA":
        return _canadian(place)
    for type, rates in (("vat", _VAT), ("gst", _GST), ("jct", _JCT)):
        if country in rates:
            return [_tax(place, type, rates[country])]
    return [Tax(place, None, "Tax", None)]


def _canadian(place: Place) -> list[Tax]:
    province = place.state or ""
    if province in _HST:
        return [_tax(place, "hst", _HST[province])]
    federal = [_tax(place, "gst", "5")]
    if province in _PROVINCIAL:
        type, rate = _PROVINCIAL[province]
        federal.append(_tax(place, type, rate, province))
    return federal


def _tax(place: Place, type: str, rate: str | None, state: str | None = None) -> Tax:
    name = _LOCALIZED.get(place.country, "") if type == "vat" else ""
    percentage = Decimal(rate) if rate is not None else None
    return Tax(place, type, name or _LABELS[type], percentage, state)


# Which state a postal code is in

_ZIP_RANGES = (
    "005-005 NY 006-009 PR 010-027 MA 028-029 RI 030-038 NH 039-049 ME 050-054 VT 055-055 MA 056-059 VT 060-069 CT "
    "070-089 NJ 100-149 NY 150-196 PA 197-199 DE 200-200 DC 201-201 VA 202-205 DC 206-219 MD 220-246 VA 247-268 WV "
    "270-289 NC 290-299 SC 300-319 GA 320-339 FL 341-349 FL 350-369 AL 370-385 TN 386-397 MS 398-399 GA 400-427 KY "
    "430-459 OH 460-479 IN 480-499 MI 500-528 IA 530-549 WI 550-567 MN 569-569 DC 570-577 SD 580-588 ND 590-599 MT "
    "600-629 IL 630-658 MO 660-679 KS 680-693 NE 700-714 LA 716-729 AR 730-732 OK 733-733 TX 734-749 OK 750-799 TX "
    "800-816 CO 820-831 WY 832-838 ID 840-847 UT 850-865 AZ 870-884 NM 885-885 TX 889-898 NV 900-961 CA 967-968 HI "
    "970-979 OR 980-994 WA 995-999 AK"
)
"""The first three digits of the ZIP codes of each state."""

_POSTAL_LETTERS: Mapping[str, str] = {
    "A": "NL", "B": "NS", "C": "PE", "E": "NB", "G": "QC", "H": "QC", "J": "QC", "K": "ON", "L": "ON", "M": "ON",
    "N": "ON", "P": "ON", "R": "MB", "S": "SK", "T": "AB", "V": "BC", "X": "NT", "Y": "YT",
}  # fmt: skip
"""The first letter of the postal codes of each province; Nunavut shares one with the Northwest Territories."""


def state_of_zip(code: str) -> str | None:
    """The US state that a ZIP code is in, or nothing where there is none."""
    digits = code.partition("-")[0].strip()
    if len(digits) != 5 or not digits.isdecimal():
        return None
    words = iter(_ZIP_RANGES.split())
    for bounds, state in zip(words, words, strict=True):
        first, _, last = bounds.partition("-")
        if first <= digits[:3] <= last:
            return state
    return None


def province_of_postal_code(code: str) -> str | None:
    """The Canadian province that a postal code is in, or nothing where there is none."""
    return _POSTAL_LETTERS.get(code.strip()[:1].upper())
