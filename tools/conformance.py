"""Prints how far the Stripe emulator follows Stripe in each operation, from the code itself, and the totals.

usage: python -m tools.conformance [--write | --check]

``--write`` makes ``docs/coverage.md`` of it, ``--check`` says whether that is up to date.
"""

import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import localstack_stripe.resources  # noqa: F401 - registers the behaviours
from localstack_stripe.contract.loader import Contract, Operation, load_contract
from localstack_stripe.engine.behaviours import BEHAVIOURS
from localstack_stripe.engine.levels import Level, Levels

PAGE = Path(__file__).parents[1] / "docs" / "coverage.md"

INTRODUCTION = """\
# What the Stripe emulator does

All {total} operations of Stripe's API, version {version}, answer, with Stripe's validation and errors. How far an
answer can be trusted beyond that is its level, which every answer also carries in the header `Stripe-Emulator-Level`:

- **behaviour** ({behaviour} operations): somebody wrote down what Stripe does there, or found that there is no more to
  it than keeping and finding records. Reading what such operations write is at this level, too.
- **generic** ({generic}): worked by the engine from the contract alone. What is sent is validated, kept, related,
  listed, searched, expanded and found again; what Stripe does *besides* does not happen: no money moves, no other
  record is touched.
- **shape** ({shape}): the answer is well-formed, and what Stripe would do is not done. `STRIPE_STRICT=1` makes an error
  of these.

What would have to be calculated is refused with the parameter that is named, and never answered with
invented figures. The first use of an operation below `behaviour` is logged, and
[`/_emulator/fidelity`](stripe-controls.md) lists what your tests have used of them.

This page is written by `make conformance`, and a test compares it with the code.
"""


@dataclass(frozen=True)
class Conformance:
    """One operation and what its answer is worth."""

    operation: Operation
    level: Level

    @property
    def section(self) -> str:
        """The part of the API that it belongs to: ``customers``, ``issuing``, ``v2 core``."""
        version, *segments = self.operation.path.strip("/").split("/")
        named = [segment for segment in segments if not segment.startswith("{")]
        if named[0] == "test_helpers" and len(named) > 1:
            named = named[1:]
        return f"v2 {named[0]}" if version == "v2" else named[0] if named else version

    @property
    def remark(self) -> str:
        """What is refused, or which operation it is an older path of."""
        key = self.operation.key
        refused = list(BEHAVIOURS.refused.get(self.operation.alias_of or key, ()))
        remarks = []
        if self.operation.alias_of:
            remarks.append(f"an older path of `{self.operation.alias_of}`")
        if refused:
            remarks.append(f"refuses {', '.join(f'`{each}`' for each in sorted(set(refused)))}")
        return "; ".join(remarks)


def conformance(contract: Contract) -> list[Conformance]:
    """Every operation with its level, by section."""
    levels = Levels(contract)
    found = [
        Conformance(operation, levels.of(operation)) for operation in contract.operations.values()
    ]
    return sorted(found, key=lambda each: each.section)


def page(contract: Contract) -> str:
    """The text of ``docs/coverage.md``."""
    found = conformance(contract)
    totals = Counter(each.level for each in found)
    return INTRODUCTION.format(
        version=contract.versions["api"],
        total=len(found),
        **{level.value: totals[level] for level in Level},
    ) + "".join(f"{line}\n" for line in _body(found))


def _body(found: Iterable[Conformance]) -> Iterator[str]:
    sections = defaultdict(list)
    for each in found:
        sections[each.section].append(each)
    yield from ("", "## Totals", "", "| part of the API | behaviour | generic | shape |")
    yield "|---|---|---|---|"
    for section, operations in sections.items():
        counts = Counter(each.level for each in operations)
        yield f"| {section} | {' | '.join(str(counts[level]) for level in Level)} |"
    for section, operations in sections.items():
        yield from ("", f"## {section}", "", "| operation | level | remark |", "|---|---|---|")
        for each in operations:
            yield f"| `{each.operation.key}` | {each.level} | {each.remark} |"


def report(contract: Contract) -> str:
    """What is printed: a line an operation, and the totals."""
    found = conformance(contract)
    totals = Counter(each.level for each in found)
    lines = [f"{each.level:<10} {each.operation.key}" for each in found]
    sums = [f"{level:<10} {totals[level]}" for level in Level]
    return "\n".join([*lines, "", *sums, f"{'all':<10} {len(found)}"])


def main(arguments: list[str]) -> int:
    """Print the levels; with ``--write`` or ``--check``, see to the page."""
    contract = load_contract()
    if "--check" in arguments:
        return int(PAGE.read_text() != page(contract))
    print(report(contract))
    if "--write" in arguments:
        PAGE.write_text(page(contract))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
