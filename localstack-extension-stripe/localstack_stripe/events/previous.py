"""``previous_attributes``: what changed of an object, as it was (https://docs.stripe.com/api/events/object).

Only what changed is in it, with the old values. A hash that changed has only its changed keys, with null for one that
is new; an array that changed is whole.
"""

from typing import Any

from localstack_stripe.engine.store import Record


def previous_attributes(before: Record, now: Record) -> dict[str, Any]:
    """What is different of *now*, as it was *before*."""
    previous = {}
    for name in before.keys() | now.keys():
        old, new = before.get(name), now.get(name)
        if old == new:
            continue
        both = isinstance(old, dict) and isinstance(new, dict)
        previous[name] = previous_attributes(old, new) if both else old  # type: ignore[arg-type]
    return dict(sorted(previous.items()))
