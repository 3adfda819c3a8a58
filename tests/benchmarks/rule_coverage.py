"""Measures whether test suites that cover more rules find more faults.

    python tests/benchmarks/rule_coverage.py [PROGRAM ...]

In each program (by default those of examples/) faults are planted: in each copy one
rule is wrong (a table entry, a case of a predicate, or a score row). Test suites of
several sizes are drawn, and a suite finds a fault if one of its inputs is answered
differently. Printed is Spearman's rank correlation of the number of faults that a suite
finds with its size, and with how many rules, pairs of rules, rules that answers depend
on ("checked", Schuler and Zeller, ICST 2011) and lines it covers: over all suites,
where its size tells as much, and among suites of one size (the mean over sizes), as
Inozemtsev and Holmes (ICSE 2014) ask for.

If the program fails at the task that its file names, the number of its own failing
inputs is compared in the same way ("own failures"). Lines are those of coverage.py,
told from the rules; a test compares the two.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.stats import spearmanr

from analyzers.coverage.edges import Pairs
from analyzers.coverage.lines import RuleLines
from analyzers.spectra import Spectra
from tpdebug.errors import ProgramError, UserError
from tpdebug.evaluate import Evaluator
from tpdebug.inputs import Letters, columns_of, sample
from tpdebug.nodes import (
    CategoricalHead,
    LookupTable,
    NumericalHead,
    Predicate,
    Rule,
)
from tpdebug.parts import Listed
from tpdebug.program import Program
from tpdebug.read import read

ROOT = Path(__file__).resolve().parent.parent.parent
EXAMPLES = sorted(ROOT.glob("examples/*.py")) + sorted(ROOT.glob("examples/*/*.py"))
SIZES = (1, 2, 4, 8, 16, 32, 64)

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Pool:
    """What each input of a pool covers and finds, `[inputs, things]`."""

    covered: dict[str, Bools]
    found: dict[str, Bools]


def faulty(program: Program, rule: Rule, chance: random.Random) -> Program | None:
    """The program with one rule wrong; None if there is no other way it could be."""
    if rule.kind == "score":
        return _other_scores(program, rule, chance)
    node = program.writers[rule.node]
    if isinstance(node, LookupTable):
        outputs = list(program.variables[rule.node].values)
        others = [value for value in outputs if value != node.output(rule.key)]
        if not others:
            return None
        entries = dict(node.entries) | {rule.key: chance.choice(others)}
        wrong = LookupTable.of(node.name, node.inputs, entries, node.default)
    else:
        assert isinstance(node, CategoricalHead | NumericalHead)
        if not isinstance(node.predicate, Predicate):
            return None
        cases = {q: set(keys) for q, keys in node.predicate.cases}
        (query,) = rule.key
        key = chance.choice(list(program.variables[node.key].values))
        cases[query] = cases.get(query, set()) ^ {key}
        wrong = replace(node, predicate=Predicate.of(cases))
    nodes = [wrong if n is node else n for n in program.nodes]
    try:
        return replace(program, nodes=tuple(nodes))
    except ProgramError:  # a value that is needed later would be gone
        return None


def _other_scores(
    program: Program, rule: Rule, chance: random.Random
) -> Program | None:
    """One row with its scores in another order."""
    value = rule.key[0] if rule.key else None
    rows = list(program.classifier.rows)
    place = next(
        i for i, r in enumerate(rows) if (r.variable, r.value) == (rule.node, value)
    )
    scores = list(rows[place].scores)
    chance.shuffle(scores)
    if tuple(scores) == rows[place].scores:
        return None
    rows[place] = replace(rows[place], scores=tuple(scores))
    return replace(program, classifier=replace(program.classifier, rows=tuple(rows)))


def answers(program: Program, blocks: Sequence[Letters]) -> list[NDArray[np.int64]]:
    """The class at each letter, block by block."""
    evaluator = Evaluator(program)
    return [evaluator.answers(block) for block in blocks]


def differs(first: Sequence[Letters], second: Sequence[Letters]) -> Bools:
    """Which inputs are answered differently."""
    pairs = zip(first, second, strict=True)
    return np.concatenate([(a != b).any(axis=1) for a, b in pairs])


def covered(path: Path, blocks: Sequence[Letters]) -> dict[str, Bools]:
    """What each input covers: rules, pairs, rules behind answers, lines."""
    source = read(path)
    program, spectra = source.program, Spectra(source.program)
    pairs, lines = Pairs(spectra), RuleLines(source, path.read_bytes())
    evaluator = Evaluator(program)
    found: dict[str, list[Bools]] = {"rules": [], "checked": []}
    seen: list[tuple[NDArray[np.int64], NDArray[np.int64]]] = []
    start = 0
    for block in blocks:
        trace = evaluator.trace(block)
        seen += [(inputs + start, numbers) for inputs, numbers in pairs.taken(trace)]
        start += len(block)
        found["rules"].append(spectra.executed(trace))
        found["checked"].append(spectra.behind(trace))
    rules, checked = (np.concatenate(rows) for rows in found.values())
    numbers, at = np.unique(np.concatenate([n for _, n in seen]), return_inverse=True)
    taken = np.zeros((start, len(numbers)), bool)
    taken[np.concatenate([inputs for inputs, _ in seen]), at] = True
    told = lines.executed(rules)
    return {"rules": rules, "pairs": taken, "checked": checked, "lines": told}


def planted(
    program: Program, blocks: Sequence[Letters], taken: Bools, count: int, seed: int
) -> Bools:
    """Which inputs show which faults, `[inputs, faults]`; each shows on some input."""
    chance = random.Random(seed)
    right = answers(program, blocks)
    rules = [r for r, some in zip(program.rules(), taken.any(0), strict=True) if some]
    chance.shuffle(rules)
    shown: list[Bools] = []
    for rule in rules * 3:
        wrong = faulty(program, rule, chance)
        if wrong is not None:
            differing = differs(answers(wrong, blocks), right)
            if differing.any():
                shown.append(differing)
        if len(shown) == count:
            break
    return np.stack(shown, axis=1)


def own_failures(program: Program, blocks: Sequence[Letters]) -> Bools | None:
    """Which inputs the program itself gets wrong, if its task is known and it does."""
    from trainers.tasks import task

    try:
        oracle = task(str(program.task)).oracle.on(program.domain)
    except (UserError, KeyError, ValueError):
        return None
    wrong = []
    for block, got in zip(blocks, answers(program, blocks), strict=True):
        part = Listed(program.domain, block.shape[1], len(block), block)
        labels = [*oracle.labels, "?"]
        right = np.stack(
            [
                np.broadcast_to(c, len(block))
                for c in oracle.right(part, columns_of(block))
            ],
            axis=1,
        )
        names = np.array(program.classifier.classes)[got]
        expected = np.array(labels)[right]
        wrong.append(((names != expected) & (right >= 0)).any(axis=1))
    failing = np.concatenate(wrong)
    return failing if failing.any() else None


def pool(path: Path, inputs: int, faults: int, seed: int) -> Pool:
    """Draw inputs, and see what each covers and finds."""
    program = read(path).program
    blocks = sample(program.domain, inputs, seed)
    cover = covered(path, blocks)
    shown = {"planted faults": planted(program, blocks, cover["rules"], faults, seed)}
    failing = own_failures(program, blocks)
    if failing is not None:  # each failing input is a failure of its own
        own = np.zeros((inputs, int(failing.sum())), bool)
        own[np.flatnonzero(failing), np.arange(own.shape[1])] = True
        shown["own failures"] = own
    return Pool(cover, shown)


def correlation(first: Floats, second: Floats) -> float | None:
    """Spearman's; None if one of them is the same for all."""
    if len(set(first)) < 2 or len(set(second)) < 2:
        return None
    return float(spearmanr(first, second).statistic)


def rows(name: str, drawn: Pool, suites: int, seed: int) -> Iterator[list[str]]:
    """A row of the table for each kind of failure."""
    chance = np.random.default_rng(seed)
    count = len(drawn.covered["rules"])
    chosen = [
        (size, chance.choice(count, size, replace=False))
        for size in SIZES
        for _ in range(suites)
    ]
    sizes = np.array([size for size, _ in chosen], float)

    def totals(table: Bools) -> Floats:
        table = table[:, table.any(axis=0)]
        return np.array([table[some].any(axis=0).sum() for _, some in chosen], float)

    measured = {what: totals(table) for what, table in drawn.covered.items()}
    for kind, table in drawn.found.items():
        found = totals(table)
        row = [name, f"{table.shape[1]} {kind}", _shown(correlation(sizes, found))]
        for values in measured.values():
            inside = [
                correlation(values[sizes == size], found[sizes == size])
                for size in SIZES
            ]
            known = [one for one in inside if one is not None]
            mean = float(np.mean(known)) if known else None
            row.append(f"{_shown(correlation(values, found))} / {_shown(mean)}")
        yield row


def _shown(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("programs", nargs="*", type=Path, default=EXAMPLES)
    parser.add_argument("--inputs", type=int, default=2000, help="in the pool")
    parser.add_argument("--faults", type=int, default=100)
    parser.add_argument("--suites", type=int, default=200, help="of each size")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    heading = ["program", "finds", "size", "rules", "pairs", "checked", "lines"]
    print(f"| {' | '.join(heading)} |")
    print("| --- | --- |" + " --- |" * 5)
    for path in given.programs:
        drawn = pool(path, given.inputs, given.faults, given.seed)
        name = (
            path.stem if path.parent.name == "examples" else "/".join(path.parts[-2:])
        )
        for row in rows(name, drawn, given.suites, given.seed):
            print(f"| {' | '.join(row)} |", flush=True)


if __name__ == "__main__":
    main()
