"""Precision and recall of `local/heuristic` on the labelled sentences; run `python -m benchmarks.extraction`."""

import argparse
import asyncio
import time

from rich.console import Console
from rich.table import Table

from server.memory.extraction.heuristic.extractor import HeuristicExtractor
from tests.memory.extraction.scoring import FACTS, FAMILIES, Case, Half, Outcome, load, outcomes, total

HALVES: tuple[Half | None, ...] = (None, "development", "held-out")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--misses", type=int, default=20, help="how many of the worst sentences to list")
    parser.add_argument("--half", choices=("development", "held-out"), help="list misses of this half only")
    arguments = parser.parse_args()
    cases = load()
    extractor = HeuristicExtractor()
    started = time.perf_counter()
    results = asyncio.run(outcomes(extractor, cases))
    elapsed = time.perf_counter() - started
    console = Console(width=150)
    for half in HALVES:
        console.print(_table(total(results, half), half, sum(1 for case in cases if half in {None, case.half})))
    console.print(f"{len(cases)} sentences in {elapsed:.2f} s, {1000 * elapsed / len(cases):.2f} ms each")
    shown = [result for result in results if arguments.half in {None, result[0].half} and result[1].mistakes]
    for case, outcome in sorted(shown, key=lambda result: -result[1].mistakes)[: arguments.misses]:
        _print_misses(console, case, outcome)


def _table(outcome: Outcome, half: Half | None, count: int) -> Table:
    table = Table(title=f"{half or 'all'}: {count} sentences")
    for heading in ("family", "right", "missed", "made up", "precision", "recall"):
        table.add_column(heading, justify="left" if heading == "family" else "right")
    rows = [(family, (family,)) for family in FAMILIES]
    for name, families in (*rows, ("facts (attributes, relations)", FACTS), ("all", FAMILIES)):
        table.add_row(
            name,
            str(sum(outcome.hits[family] for family in families)),
            str(sum(len(outcome.missed[family]) for family in families)),
            str(sum(len(outcome.extra[family]) for family in families)),
            f"{outcome.precision(families):.3f}",
            f"{outcome.recall(families):.3f}",
        )
    return table


def _print_misses(console: Console, case: Case, outcome: Outcome) -> None:
    console.print(f"\n{case.text}", markup=False, style="bold")
    for family in FAMILIES:
        for item in outcome.missed[family]:
            console.print(f"  missed  {family}: {' | '.join(item)}", markup=False)
        for item in outcome.extra[family]:
            console.print(f"  made up {family}: {' | '.join(item)}", markup=False)


if __name__ == "__main__":
    main()
