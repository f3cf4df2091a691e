"""One-time codes in a mail: what a person would type into the page that is waiting for it.

There is no standard for them, so this reads as a person does. Numbers of a code's shape are looked at; what they are
is told by the words in their sentence, or, for a number that stands alone, by those in the lines around it. The
likeliest comes first.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from localstack_mailhog.content.decoded import Decoded
from localstack_mailhog.content.html_scan import visible_text

MOST = 20
MOST_TEXT = 100_000
"""How many characters are looked at."""

MOST_CANDIDATES = 2_000
LONGEST_LINE = 2_000
"""In characters; what is behind them is left out."""

NEAR = 100
"""How many characters a telling word may be away."""

LINES_BEFORE, LINES_AFTER = 4, 2
"""How many lines around a number that stands alone tell what it is."""

WRAPPED = 50
"""A line of plain text that is longer, and ends no sentence, goes on in the next one."""

_CONCEIVABLE = re.compile(r"[A-Z0-9](?:[A-Z0-9]{3}|[0-9]{2}[\s-]\s*[0-9]{3}|(?:\s+[0-9]){3})")
"""What a text has that has a code, however its lines are wrapped."""

_WIDE_DIGITS = str.maketrans("０１２３４５６７８９", "0123456789")
_LETTER = "0-9A-Za-z\u00aa-\u04ff_"  # not those of scripts without blanks between words
_CANDIDATE = re.compile(
    # Not within a word, an address, an amount, a date, a time, a colour; nor one of several groups of digits.
    rf"(?<![{_LETTER}./:=&?%#@+$€£¥§\\-])(?<![0-9][ ,(])(?<![0-9]\) )(?<![$€£¥#+] )(?<![(])(?:"
    r"(?P<digits>(?:[A-Z]{1,3}-)?(?:[0-9]{3}[ -][0-9]{3}|[0-9]{4}[ -][0-9]{4}|[0-9]{4,8}))"
    r"|(?P<spaced>[0-9](?: [0-9]){3,7})"
    r"|(?P<mixed>(?=[A-Z-]*[0-9])(?=[0-9-]*[A-Z])[A-Z0-9]{4,10}(?:-[A-Z0-9]{4,8}){0,3}))"
    rf"(?![{_LETTER}/:=&?%#@€£¥+-]|[.,'][0-9]|[ (][0-9]|\)[ ]?[0-9]| ?[$€£¥%])"
)
_BRACKETED = re.compile(r"\(([0-9]{4,8})\)")

_OTHER = (
    r"(?:zip|post(?:al)?|country|area|dial(?:ing|ling)?|source|error|status|response|promo(?:tion(?:al)?)?|discount"
    r"|coupon|voucher|gift|bar|qr|track(?:ing)?|swift|sort|tax|product|item|referral|booking|reservation)[ -]?codes?"
    r"|(?:gutschein|rabatt|aktions|fehler|länder|strich|promo)-?codes?"
    r"|code (?:postal|promo|barre)|c[óo]digo (?:postal|promocional|de descuento)|codice (?:postale|sconto|fiscale)"
    r"|orders?|invoices?|receipts?|bookings?|reservations?|customer|account|ref(?:erence|\.)?|case|tickets?|parcel"
    r"|shipment|article|item|model|phone|tel(?:efon|ephone)?|fax|call|mobile|handy|zip|plz|suite|room|flight|ending in"
    r"|vat|iban|hrb|since|copyright|version|build|page|from|until|in|on|by|of|over|about|error|http|port|street|no"
    r"|bestell\w*|rechnung\w*|kunden\w*|auftrag\w*|sendung\w*|paket\w*|seit|konto\w*|vorgang\w*|ticketnummer"
    r"|commande|facture|client|pedido|factura|cliente|ordine|fattura|заказа?|注文番号|订单号?"
)
_CODE = (
    r"\w*codes?|otp|pin|tan|passcodes?|one[- ]time[- ]pass(?:word|code)|einmal(?:passwort|kennwort)|pr[üu]fziffer"
    r"|verification number|mot de passe|\w*kode[nr]?|\w*kod(?:u|unuz|et|en)?|\w*koodi\w*|c[óo]digos?|codic[ei]|clave"
    r"|senha|код\w*|пароль|κωδικ\w*|קוד|رمز"
)
_LABEL = re.compile(
    rf"(?<![{_LETTER}])(?:(?P<other>{_OTHER})|(?P<code>{_CODE}))(?![{_LETTER}])"
    r"|(?P<unspaced>コード|認証番号|確認番号|验证码|驗證碼|校验码|动态码|인증번호|인증 ?코드|코드)",
    re.IGNORECASE,
)
_HINT = re.compile(
    r"verif|confirm|sign[ -]?in|log[ -]?in|2fa|mfa|two[- ]factor|authenti|security|activat|bestätig|anmeld|sicherheit"
    r"|connexion|confirma|vérifi|verific|iniciar sesión|accesso|подтвер|вход|確認|登录|登入|로그인|인증",
    re.IGNORECASE,
)
"""What a number that stands alone may be for."""

_DIRECT = re.compile(
    r"(?:[\s:：=\-–—>*\"'»„“(\[]|\b(?:is|are|ist|lautet|sind|no|nr|number|nummer|numéro|num|est|es|é|è|este|er|är|id)\b\.?"
    r"|[是为為はが는은])*",
    re.IGNORECASE,
)
"""What may stand between a word and the number that it tells of."""

_UNIT = re.compile(
    r"[ -]?(?:(?:min(?:ute|uto|uti|uut)?|hour|hr|sec(?:ond)?|day|week|month|year|time|point|user|item|mile|people|digit"
    r"|stelligen?|character|letter|word|heure|jour|hora|día|giorn|percent|step)[a-zA-Zé]*|stunden?|sekunden?|tagen?|uhr"
    r"|punkte|zeichen|prozent|ore|h|am|pm|px|pt|km|m|kg|[kmg]b|eur|euro|usd|gbp|chf|dollars?|kr|zł|円|分|元|원)(?![a-zA-Z])",
    re.IGNORECASE,
)
_SELLING = re.compile(
    r"promo|coupon|discount|voucher|gutschein|rabatt|checkout|% off|remise|descuento|sconto|sale\b",
    re.IGNORECASE,
)
_GLUED = re.compile(
    r"(code|pin|otp|tan|kode?|c[óo]digo|codice|コード|验证码)[:：](?=[0-9A-Z])", re.IGNORECASE
)
_INTRODUCED = re.compile(r"(?:[:：]|\b(?:is|ist|lautet|est|es|è|é))\s*$")
_NAMED_AFTER = re.compile(
    r"\s*(?:[,:–—-]|(?:is|as|into|in the|ist|als|est|es|como|è|é|är|er)\b|[是为為がは])",
    re.IGNORECASE,
)
"""What stands between a number and the word for it that comes later."""
_DIGIT = re.compile("[0-9]")
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
_SENTENCE_END = re.compile(r"[.!?](?=\s)|[。！？;；]")


@dataclass(frozen=True, slots=True)
class _Candidate:
    code: str
    begin: int
    end: int
    is_mixed: bool


def codes_of(mail: Decoded) -> tuple[str, ...]:
    """The codes of a mail, of its text and else of its HTML, each once, the likeliest first."""
    subject = mail.header("Subject")
    if mail.text and mail.text.strip():
        whole = f"{subject}\n\n{mail.text[:MOST_TEXT]}".translate(_WIDE_DIGITS)
        if not _CONCEIVABLE.search(whole):
            return ()  # putting lines together takes longer
        return codes_in(f"{subject}\n\n{_unwrapped(mail.text[:MOST_TEXT])}")
    return codes_in(f"{subject}\n\n{visible_text((mail.html or '')[: 4 * MOST_TEXT])}")


def codes_in(text: str) -> tuple[str, ...]:
    """The codes in a text whose lines are not wrapped."""
    plain = text[:MOST_TEXT].translate(_WIDE_DIGITS)
    if not _DIGIT.search(plain):
        return ()
    lines = [line for each in plain.splitlines() if (line := " ".join(each.split())[:LONGEST_LINE])]
    # Only where there is a digit: most lines have none, and looking for words takes longer.
    lines = [_GLUED.sub(r"\1: ", line) if _DIGIT.search(line) else line for line in lines]
    scores: dict[str, int] = {}
    looked_at = 0
    for number, line in enumerate(lines):
        if not _DIGIT.search(line):
            continue
        for candidate in _candidates(line):
            looked_at += 1
            score = _score(lines, number, candidate)
            if score > 0:
                scores[candidate.code] = max(score, scores.get(candidate.code, 0))
        if looked_at > MOST_CANDIDATES:
            break
    return tuple(sorted(scores, key=lambda code: -scores[code]))[:MOST]


def _unwrapped(text: str) -> str:
    """Plain text with each paragraph's lines put together where they were only cut for their length."""
    lines: list[str] = []
    goes_on = False
    for line in text.splitlines():
        words = line.strip()
        if goes_on and words:
            lines[-1] += f" {words}"
        else:
            lines.append(line)
        goes_on = len(line) > WRAPPED and not words.endswith((".", ":", "!", "?"))
    return "\n".join(lines)


def _candidates(line: str) -> Iterator[_Candidate]:
    for found in _CANDIDATE.finditer(line):
        is_mixed = found["mixed"] is not None
        yield _Candidate(found[0].replace(" ", ""), found.start(), found.end(), is_mixed)
    for found in _BRACKETED.finditer(line):
        yield _Candidate(found[1], found.start(1), found.end(1), False)


def _score(lines: list[str], number: int, candidate: _Candidate) -> int:
    """How likely it is a code; 0 for not at all."""
    line = lines[number]
    shape = 15 if len(candidate.code) == 6 else 5 if len(candidate.code) == 8 else 0
    if line.strip(" \t*#:>-–_.[]()\"'»«„“|") == line[candidate.begin : candidate.end]:
        near = [*lines[max(0, number - LINES_BEFORE) : number], *lines[number + 1 :][:LINES_AFTER]]
        score = _score_alone(near, lines[number - 1] if number else "", candidate)
        return score + shape if score else 0
    if _UNIT.match(line, candidate.end):
        return 0
    begin, end = _sentence(line, candidate)
    before = line[begin : candidate.begin]
    after = line[candidate.end : min(end, candidate.end + NEAR)]
    if _SELLING.search(before) or _SELLING.search(after):
        return 0
    told = _score_by(before, candidate)
    if (
        told is None
        and not candidate.is_mixed
        and not _YEAR.fullmatch(candidate.code)
        and _NAMED_AFTER.match(after)
    ):
        told = next(
            (50 - label.start() // 2 for label in _LABEL.finditer(after) if not label["other"]),
            None,
        )
    return told + shape if told else 0


def _score_by(before: str, candidate: _Candidate) -> int | None:
    """What the words before it in its sentence say; none where they say nothing."""
    for label in reversed(list(_LABEL.finditer(before[-NEAR - 40 :]))):
        between = before[-NEAR - 40 :][label.end() :]
        is_direct = _DIRECT.fullmatch(between) is not None
        if label["other"]:
            if is_direct:
                return 0
            continue
        if is_direct:
            return 100
        if candidate.is_mixed and _INTRODUCED.search(between):
            return 70
        if candidate.is_mixed or _YEAR.fullmatch(candidate.code):
            continue
        # A word tells of the first number behind it, unless it is about several.
        if _untold(between) and not label[0].lower().endswith("s"):
            continue
        return max(80 - len(between) // 2, 1)
    return None


def _untold(text: str) -> bool:
    """Whether there is a number in *text* that is not told to be something else."""
    return any(
        not (
            (labels := [*_LABEL.finditer(text, 0, found.start())])
            and labels[-1]["other"]
            and _DIRECT.fullmatch(text, labels[-1].end(), found.start())
        )
        for found in _CANDIDATE.finditer(text)
    )


def _score_alone(near: list[str], previous: str, candidate: _Candidate) -> int:
    """A number that has a line to itself, between other lines."""
    labels = [label for line in near for label in _LABEL.finditer(line[-3 * NEAR :])]
    if any(label["other"] is None for label in labels):
        last = [*_LABEL.finditer(previous)][-1:]
        if last and last[0]["other"] and _DIRECT.fullmatch(previous[last[0].end() :]):
            return 0  # "Order number:", and the number in the next line
        return 0 if _SELLING.search(" ".join(near)) and candidate.is_mixed else 90
    if not candidate.is_mixed and len(candidate.code) >= 6 and _HINT.search(" ".join(near)):
        return 40
    return 0


def _sentence(line: str, candidate: _Candidate) -> tuple[int, int]:
    begin = 0
    for end in _SENTENCE_END.finditer(line, max(0, candidate.begin - 3 * NEAR), candidate.begin):
        begin = end.end()
    after = _SENTENCE_END.search(line, candidate.end, candidate.end + 3 * NEAR)
    return begin, after.start() if after else len(line)
