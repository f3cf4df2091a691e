"""One-time codes in a mail: what a person would type into the page that is waiting for it.

There is no standard for them, so this is a reader's judgement: a short run of digits, or of digits and capitals, near
a word such as "code", or on a line of its own. The likeliest comes first.
"""

import bisect
import re

from localstack_mailhog.content.decoded import Decoded
from localstack_mailhog.content.html_scan import visible_text

MOST = 20
MOST_TEXT = 100_000
"""How many characters are looked at."""
NEAR = 80
"""How many characters a word such as "code" may be away."""

_CANDIDATE = re.compile(
    r"(?<![\w.,/:=&?%#@+$€£-])"
    r"(?:(?P<prefix>[A-Z]{1,3}-)?(?P<digits>\d{4,10}|\d{3}[- ]\d{3}|\d{4}[- ]\d{4})"
    r"|(?P<mixed>(?=[A-Z0-9-]*\d)(?=[A-Z0-9-]*[A-Z])[A-Z0-9]{4,8}(?:-[A-Z0-9]{4,8})?))"
    r"(?![\w/:=&?%#@€£-]|[.,]\d)"
)
_WORD = re.compile(
    r"\b(?:code|codes|otp|pin|passcode|password|token|verification|verify|confirmation|security"
    r"|one[- ]time|2fa|mfa|log[- ]?in|sign[- ]?in|kode|c[oó]digo|codice|bestätigungscode|sicherheitscode"
    r"|einmalcode|einmalpasswort|mot de passe|код|コード|验证码|인증)\b",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?:19|20)\d\d")


def codes_of(mail: Decoded) -> tuple[str, ...]:
    """The codes of a mail, of its text and else of its HTML, each once, the likeliest first."""
    text = mail.text if mail.text and mail.text.strip() else visible_text(mail.html or "")
    return codes_in(f"{mail.header('Subject')}\n{text[:MOST_TEXT]}")


def codes_in(text: str) -> tuple[str, ...]:
    """The codes in a text."""
    scores: dict[str, int] = {}
    candidates = list(_CANDIDATE.finditer(text))
    words = [word.span() for word in (_WORD.finditer(text) if candidates else ())]
    begins, ends = [begin for begin, _ in words], [end for _, end in words]
    for found in candidates:
        before = bisect.bisect_right(ends, found.start())
        after = bisect.bisect_left(begins, found.end())
        score = _score(
            text,
            found,
            before=found.start() - ends[before - 1] if before else NEAR,
            after=begins[after] - found.end() if after < len(begins) else NEAR,
        )
        code = found[0].replace(" ", "")
        if score > 0:
            scores[code] = max(score, scores.get(code, 0))
    return tuple(sorted(scores, key=lambda code: -scores[code]))[:MOST]


def _score(text: str, found: re.Match[str], *, before: int, after: int) -> int:
    """How likely *found* is a code; 0 for not at all.

    :param before: how many characters the nearest telling word before it is away
    :param after: and the one after it
    """
    line_begin = text.rfind("\n", 0, found.start()) + 1
    line_end = text.find("\n", found.end())
    line_end = len(text) if line_end < 0 else line_end
    is_short = line_end - line_begin < len(found[0]) + 20
    alone = is_short and text[line_begin:line_end].strip(" \t*#:>-–") == found[0]
    # What stands before a code says what it is more often than what comes after it.
    near = max(NEAR - before, (NEAR - after) // 2, 0)
    if not near and not alone:
        return 0
    if _YEAR.fullmatch(found[0]) and not alone and near < NEAR - 12:
        return 0
    length = len(found[0].replace(" ", "").replace("-", ""))
    return 1 + near + (60 if alone else 0) + (20 if length in (6, 8) else 0)
