"""Trains standard Transformers of the programs' size, and prints how good they get.

    python tests/benchmarks/standard.py TASK... [--layers 2 3] [--rates 1e-3 3e-3]

For each task the best of the grid by validation accuracy, as in the paper; the test
examples are looked at once.
"""

from __future__ import annotations

import argparse
import itertools

from tpdebug.findings import percent
from trainers.standard import Standard, StandardResult, StandardTrainer
from trainers.tasks import task


def best(name: str, configs: list[Standard]) -> tuple[Standard, StandardResult, float]:
    """The best on validation, its result, and the seconds that all took."""
    found, chosen, seconds = None, task(name), 0.0
    for config in configs:
        trainer = StandardTrainer(chosen, config)
        last = list(trainer.run())[-1]
        seconds += trainer.seconds
        if found is None or last.accuracy > found[0]:
            found = last.accuracy, config, trainer
        if last.accuracy == 1:
            break
    assert found is not None
    return found[1], found[2].result(), seconds


def main() -> None:
    """Train, measure, and print a table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tasks", nargs="+")
    parser.add_argument("--layers", type=int, nargs="+", default=[3])
    parser.add_argument("--heads", type=int, nargs="+", default=[8])
    parser.add_argument("--rates", type=float, nargs="+", default=[1e-3])
    parser.add_argument("--steps", type=int, default=Standard.steps)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    grid = itertools.product(options.layers, options.heads, options.rates)
    configs = [
        Standard(
            layers=layers,
            heads=heads,
            learning_rate=rate,
            steps=options.steps,
            seed=options.seed,
        )
        for layers, heads, rate in grid
    ]
    print(
        "| task | layers, heads | rate | letters, held out | inputs, held out ", end=""
    )
    print("| steps | time | time of the grid |")
    print("|---|---|---|---|---|---|---|---|")
    for name in options.tasks:
        config, result, seconds = best(name, configs)
        row = [
            name,
            f"{config.layers}, {config.heads}",
            f"{config.learning_rate:g}",
            percent(result.test),
            percent(result.sequences),
            f"{result.steps:,}",
            f"{result.seconds:.0f} s",
            f"{seconds:.0f} s",
        ]
        print(f"| {' | '.join(row)} |", flush=True)


if __name__ == "__main__":
    main()
