"""Writes ``docs/stripe-coverage.md``: what people wrote of each resource, and what the generic engine answers.

usage: python -m tools.stripe_coverage [--check]
"""

import sys
from collections import defaultdict
from pathlib import Path

import localstack_stripe.resources  # noqa: F401 - registers the behaviours
from localstack_stripe.contract.loader import Contract, Operation, load_contract
from localstack_stripe.engine.behaviours import BEHAVIOURS

PAGE = Path(__file__).parents[1] / "docs" / "stripe-coverage.md"

INTRODUCTION = """\
# What the Stripe emulator does

Every operation of API version {version} answers: {total} of them, with Stripe's validation and errors. Of
**{behaved}** people wrote what they do, in the words of Stripe's documentation; they are listed below. All others are
worked by the generic engine: records are created, read, changed, deleted, listed, searched and expanded, well-formed
and kept, but what Stripe does *besides* does not happen: no state changes by itself, no money moves, no other record
is touched.

This page is written by `python -m tools.stripe_coverage`, and a test compares it with the code.
"""


def has_behaviour(operation: Operation) -> bool:
    """Whether somebody wrote code for an operation, or for the resource that it creates, changes or deletes."""
    if (operation.alias_of or operation.key) in BEHAVIOURS.operations:
        return True
    if any(key == operation.key for key, _ in BEHAVIOURS.filters):
        return True
    if operation.verb == "POST" and "{" not in operation.path:
        hooks = set(BEHAVIOURS.before_create)
    elif operation.verb == "POST" and operation.path.endswith("}"):
        hooks = set(BEHAVIOURS.before_update)
    elif operation.verb == "DELETE":
        hooks = set(BEHAVIOURS.before_delete)
    else:
        return False
    returned = getattr(operation.returns, "resource", None)
    return returned in hooks


def page(contract: Contract) -> str:
    """The page's text."""
    behaved = defaultdict(list)
    for operation in contract.operations.values():
        if has_behaviour(operation):
            behaved[_section(operation)].append(operation)
    count = sum(map(len, behaved.values()))
    parts = [
        INTRODUCTION.format(
            version=contract.versions["api"], total=len(contract.operations), behaved=count
        )
    ]
    for section, operations in sorted(behaved.items()):
        parts.append(f"\n## {section}\n\n")
        parts.extend(f"- `{operation.key}`\n" for operation in operations)
    return "".join(parts)


def _section(operation: Operation) -> str:
    segments = operation.path.strip("/").split("/")[1:]
    nested = [segment for segment in segments if not segment.startswith("{")]
    return nested[1] if nested[0] == "test_helpers" else nested[0]


def main(arguments: list[str]) -> int:
    """Write the page, or with ``--check`` say whether it is up to date."""
    text = page(load_contract())
    if "--check" in arguments:
        return int(PAGE.read_text() != text)
    PAGE.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
