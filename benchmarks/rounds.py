"""Taking turns: each contender runs once a round, and the medians are compared."""

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

ROUNDS = 5


@dataclass(frozen=True)
class Outcome:
    """One contender's rate, in things a second: the median of its rounds."""

    name: str
    rate: float
    lowest: float
    highest: float


def take_turns(contenders: Mapping[str, Callable[[], int]], rounds: int = ROUNDS) -> list[Outcome]:
    """Run every contender *rounds* times, in turn.

    :param contenders: what does the work, by name; it returns how many things it did
    """
    rates: dict[str, list[float]] = {name: [] for name in contenders}
    for work in contenders.values():
        work()  # warm up
    for _ in range(rounds):
        for name, work in contenders.items():
            started = time.perf_counter()
            done = work()
            rates[name].append(done / (time.perf_counter() - started))
    return [
        Outcome(name, statistics.median(each), min(each), max(each)) for name, each in rates.items()
    ]


def report(title: str, outcomes: list[Outcome]) -> None:
    """Print the medians, and each peer's as a ratio of the first."""
    print(f"\n{title}")
    ours = outcomes[0]
    for outcome in outcomes:
        ratio = "" if outcome is ours else f"   we are {ours.rate / outcome.rate:.2f} times as fast"
        print(
            f"  {outcome.name:<26} {outcome.rate:9.0f}/s  "
            f"({outcome.lowest:.0f} to {outcome.highest:.0f}){ratio}"
        )
