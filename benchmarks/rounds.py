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


def take_turns(
    contenders: Mapping[str, Callable[[], int]],
    rounds: int = ROUNDS,
    rest: Callable[[str], object] = lambda name: None,
) -> list[Outcome]:
    """Run every contender *rounds* times, in turn.

    :param contenders: what does the work, by name; it returns how many things it did
    :param rest: called after each turn with the contender's name: what it left to do must not take the next one's time
    """
    rates: dict[str, list[float]] = {name: [] for name in contenders}
    for name, work in contenders.items():
        work()  # warm up
        rest(name)
    for _ in range(rounds):
        for name, work in contenders.items():
            started = time.perf_counter()
            done = work()
            rates[name].append(done / (time.perf_counter() - started))
            rest(name)
    return [
        Outcome(name, statistics.median(each), min(each), max(each)) for name, each in rates.items()
    ]


def report(title: str, outcomes: list[Outcome], reference: str | None = None) -> None:
    """Print the medians, and their ratios to one of them.

    :param reference: whose rate the others are measured by; the first one's, where it was left out or is not named
    """
    print(f"\n{title}")
    base = next((each for each in outcomes if each.name == reference), outcomes[0])
    for outcome in outcomes:
        ratio = "" if outcome is base else f"   {outcome.rate / base.rate:.2f} of {base.name}"
        print(
            f"  {outcome.name:<26} {outcome.rate:9.0f}/s  "
            f"({outcome.lowest:.0f} to {outcome.highest:.0f}){ratio}"
        )


def report_times(title: str, times: Mapping[str, list[float]]) -> None:
    """Print medians of times in seconds, and what one in twenty exceeds."""
    print(f"\n{title}")
    for name, each in times.items():
        median, slow = statistics.median(each), statistics.quantiles(each, n=20)[-1]
        print(f"  {name:<26} {median * 1e3:9.2f} ms  (one in twenty over {slow * 1e3:.2f} ms)")
