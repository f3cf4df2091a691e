"""The rows: start, create, retrieve, a page, a subscription, memory; on fresh stores and on filled ones."""

import compileall
import os
import statistics
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import localstack_shared
import localstack_stripe
from benchmarks.processes import resident
from benchmarks.stripe.contenders import (
    CONSTANT,
    EMULATE,
    INSIDE,
    OURS,
    Api,
    Contender,
    constant_answers,
    contenders,
    inside_localstack,
)
from benchmarks.stripe.load import CREATE, PAGE, Requests, rate, retrieve, subscription_rate

SECONDS = float(os.environ.get("BENCH_SECONDS", "2"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
FILLED, MANY = 10_000, 100_000
MEMORY = (10_000, 50_000)
CONNECTIONS = (1, 16)

Measure = Callable[[Contender], float]


def main() -> None:
    """Measure, and print a table in Markdown."""
    # Peers that were installed have their byte code; so that starts can be compared, we need ours.
    for package in (localstack_stripe, localstack_shared):
        compileall.compile_dir(package.__path__[0], quiet=2)
    everyone = contenders()
    names = [*(each.name for each in everyone), INSIDE, CONSTANT]
    print(f"\n| | {' | '.join(names)} |\n|---|{'---:|' * len(names)}")
    _row("start to first answer, ms", everyone, _start, names)
    _fresh(everyone, names)
    _filled(everyone, names)
    # localstripe takes a quarter of an hour to be filled.
    _memory([each for each in everyone if each.name in (OURS, EMULATE)], names)


def _fresh(everyone: list[Contender], names: list[str]) -> None:
    with ExitStack() as running:
        inside = inside_localstack(Path(running.enter_context(TemporaryDirectory())))
        everyone = [*everyone, inside] if inside is not None else everyone
        everyone = [*everyone, constant_answers()]
        for each in everyone:
            running.enter_context(each.running())
        known = {each.name: Api(each.port).fill(range(20)) for each in everyone}
        for each in everyone:
            each.as_it_comes()
        _rows("", everyone, everyone, known, names)


def _filled(everyone: list[Contender], names: list[str]) -> None:
    with ExitStack() as running:
        for each in everyone:
            running.enter_context(each.running())
        known = {each.name: Api(each.port).fill(range(FILLED)) for each in everyone}
        for each in everyone:
            each.as_it_comes()
        # One that writes everything to disk takes seconds for a request then, so it is only in the row that says so.
        quick = [each for each in everyone if each.dumps is None]
        _rows(f", {FILLED:,} stored", quick, everyone, known, names)
    ours = [each for each in everyone if each.name == OURS]
    with ours[0].running():
        Api(ours[0].port).fill(range(MANY))
        for connections in CONNECTIONS:
            title = f"page of 10, {MANY:,} stored, {connections} connections, /s"
            _row(title, ours, _rate(PAGE, connections), names)


def _rows(
    state: str,
    everyone: list[Contender],
    subscribing: list[Contender],
    known: Mapping[str, str],
    columns: list[str],
) -> None:
    """The rows of requests.

    :param subscribing: who is in the row of subscriptions
    :param known: a customer's id, by contender
    """
    for connections in CONNECTIONS:
        of = f"{state}, {connections} connections, /s"

        def retrieved(contender: Contender, connections: int = connections) -> float:
            return rate(contender, retrieve(known[contender.name]), connections, SECONDS)

        _row(f"retrieve{of}", everyone, retrieved, columns)
        _row(f"page of 10{of}", everyone, _rate(PAGE, connections), columns)
    able = [each for each in subscribing if each.can_subscribe]
    _row(f"subscription with invoice{state}, /s", able, _subscriptions, columns)
    # What creates comes last: it fills the store.
    for connections in CONNECTIONS:
        of = f"{state}, {connections} connections, /s"
        _row(f"create{of}", everyone, _rate(CREATE, connections), columns)


def _rate(requests: Requests, connections: int) -> Measure:
    return lambda contender: rate(contender, requests, connections, SECONDS)


def _subscriptions(contender: Contender) -> float:
    return subscription_rate(contender, SECONDS)


def _start(contender: Contender) -> float:
    started = time.perf_counter()
    with contender.running():
        return (time.perf_counter() - started) * 1e3


def _row(title: str, able: list[Contender], measure: Measure, columns: list[str]) -> None:
    """Measure in turn, and print the medians with the ratio of ours to each."""
    results: dict[str, list[float]] = {each.name: [] for each in able}
    for _ in range(ROUNDS):
        for each in able:
            results[each.name].append(measure(each))
    medians = {name: statistics.median(values) for name, values in results.items()}
    _print(title, medians, columns)


def _memory(able: list[Contender], names: list[str]) -> None:
    used: dict[tuple[str, int], float] = {}
    for each in able:
        with each.running() as pid:
            before, stored, api = resident(pid), 0, Api(each.port)
            for number in MEMORY:
                api.fill(range(stored, number))
                stored = number
                used[each.name, number] = (resident(pid) - before) / 1024 / number
    for number in MEMORY:
        figures = {each.name: used[each.name, number] for each in able}
        _print(f"memory a customer, {number:,} stored, KB", figures, names)


def _print(title: str, figures: Mapping[str, float], columns: list[str]) -> None:
    ours = figures[OURS]
    cells = []
    for name in columns:
        if name not in figures:
            cells.append("")
        elif name == OURS:
            cells.append(_figure(ours))
        else:
            cells.append(f"{_figure(figures[name])} (× {_figure(ours / figures[name])})")
    print(f"| {title} | {' | '.join(cells)} |", flush=True)


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 else f"{value:.2g}"
