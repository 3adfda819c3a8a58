"""Plants faults in programs without errors, and measures how they are found.

    python tests/benchmarks/localize.py --write

Each mutant differs from an example in one rule: a head looks for another key, or for
nothing; a table gives another output; one score of a row is changed. Which mutants
answer as before on every input of the domain is found by looking at every input; they
are counted and left out. For each of the others `localize` looks at every input of the
domain (of dyck1 at a sample), and the place of the planted rule in its list is noted.

Equally suspicious rules share the mean of their ranks: a fault that is tied with one
other rule at the top has rank 1.5, which is not "rank 1". EXAM is the rank divided by
the number of rules (or lines): the share of the program that is read up to the fault.

Lines are what a line coverage would see at its best, with each score row and each case
on a line executed by itself: a line is taken by an input if one of its rules is,
anywhere; there is no backward slice, and an input fails as a whole. What coverage.py
really sees of the executed file is less (score rows are data, a predicate is one line);
it is measured on some of the faults, on 100 failing inputs and 100 others.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from analyzers.coverage.lines import line_spectra
from analyzers.judged import judge
from analyzers.localize import INTERVENTIONAL, localize
from analyzers.mutants import Mutant, mutants
from analyzers.spectra import Spectra
from analyzers.suspicion import FORMULAS
from tpdebug.evaluate import Evaluator
from tpdebug.inputs import decode
from tpdebug.oracles import FunctionOracle, Oracle
from tpdebug.parts import all_parts
from tpdebug.program import Program
from tpdebug.read import load, read
from tpdebug.restrict import inside, restrict
from tpdebug.write import save, write
from trainers.tasks import task_with

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))
from tests.benchmarks.pages import Block  # noqa: E402
from tests.cases import CASES  # noqa: E402

FIGURES = Block(
    "docs/localize.md",
    "<!-- figures: written by `python tests/benchmarks/localize.py --write` -->",
)
BY_HAND = ("balance", "record", "company")
EXAMPLES = ("hist", "reverse", "induction", "double_hist", "sort", "dyck1")
PROGRAMS = (*BY_HAND, *EXAMPLES)
"""Learned ones, and some of tests/cases.py: with large tables, with preferences."""

LENGTHS = {
    "sort": (1, 5),
    "hist": (1, 5),
    "double_hist": (1, 5),
    "induction": (1, 7),
    "company": (1, 5),
}
"""Of these programs only inputs of so many letters, all of them."""

MOST, SAMPLES = 20_000, 3_000
"""Of a domain with more inputs, faults are looked for in a sample."""

MINUTE = 60.0
EXECUTED = 100
"""Failing inputs, and others, on which a file is executed under coverage.py."""

PARTS = ("rules", "coverage", "both")


@dataclass(frozen=True)
class Place:
    """Where the planted fault stands in one list.

    Attributes:
        program, kind: of the mutant.
        unit: rules or lines.
        formula: what the list is ordered by.
        rank: the mean rank of those that are as suspicious.
        of: how many rules or lines the program has.
    """

    program: str
    kind: str
    unit: str
    formula: str
    rank: float
    of: int


def subject(name: str) -> tuple[Program, Oracle]:
    """A program on the inputs that are looked at, and the right answers."""
    if name in BY_HAND:
        (case,) = (case for case in CASES if case.name == name)
        known = lru_cache(maxsize=None)(lambda letters: tuple(case.expected(letters)))
        program = case.program
        oracle: Oracle = FunctionOracle(
            program.domain, lambda letters: known(tuple(letters))
        )
    else:
        program = load(ROOT / "examples" / f"{name}.py")
        whole = program.domain
        oracle = task_with(name, whole.alphabet, whole.lengths[1]).oracle
    if name in LENGTHS:
        part = inside(program.domain, lengths=LENGTHS[name])
        program = restrict(program, part)
    return program, oracle.on(program.domain)


def fails(program: Program, oracle: Oracle) -> bool:
    """Whether any input of the domain is answered wrong."""
    evaluator = Evaluator(program)
    parts = all_parts(program.domain, oracle.part)
    return any(judge(evaluator, oracle, part).counts[1] for part in parts)


def places(name: str, mutant: Mutant, oracle: Oracle) -> Iterator[Place]:
    """Where the fault stands in every list."""
    found = localize(mutant.program, oracle, jobs=1, most=MOST, samples=SAMPLES)
    fault = next((s for s in found.suspects if s.rule == mutant.rule), None)
    listed = len(found.suspects)
    rank = (listed + 1 + found.rules) / 2  # somewhere among those not in question
    if fault is not None:
        rank = fault.middle
    yield Place(name, mutant.kind, "rules", INTERVENTIONAL, rank, found.rules)
    for formula in FORMULAS:
        if fault is not None:
            scores = [s.scores[formula] for s in found.suspects]
            rank = middle(fault.scores[formula], scores)
        yield Place(name, mutant.kind, "rules", formula, rank, found.rules)
    failed, passed, failing, passing, line = line_counts(mutant, oracle)
    for formula, count in FORMULAS.items():
        scores = count(failed, passed, failing, passing).tolist()
        rank = middle(scores[line], scores)
        yield Place(name, mutant.kind, "lines", formula, rank, len(scores))


def executed_places(name: str, mutant: Mutant, oracle: Oracle) -> Iterator[Place]:
    """Where the line at fault stands among those that coverage.py sees."""
    program = mutant.program
    failing, passing = some_inputs(program, oracle)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "mutant.py"
        save(program, path)
        spans = read(path).map
        found = line_spectra(path, [*failing, *passing])
    fails = np.arange(len(found.executed)) < len(failing)
    failed = np.count_nonzero(found.executed[fails], axis=0)
    passed = np.count_nonzero(found.executed[~fails], axis=0)
    span = spans.span(mutant.rule)
    assert span is not None
    rows = {s.line for r, s in spans.rules.items() if r.kind == "score"}
    lines = [*found.lines, *sorted(rows)]  # a score row is run by every input
    failed = np.concatenate([failed, np.full(len(rows), len(failing))])
    passed = np.concatenate([passed, np.full(len(rows), len(passing))])
    for formula, count in FORMULAS.items():
        scores = count(failed, passed, len(failing), len(passing)).tolist()
        rank = middle(scores[lines.index(span.line)], scores)
        yield Place(name, mutant.kind, "coverage.py", formula, rank, len(lines))


def some_inputs(
    program: Program, oracle: Oracle
) -> tuple[list[tuple[str, ...]], list[tuple[str, ...]]]:
    """Some failing inputs, and some that do not fail."""
    evaluator, draw = Evaluator(program), np.random.default_rng(0)
    found: tuple[list[tuple[str, ...]], ...] = ([], [])
    for part in all_parts(program.domain, 8192):
        fails = judge(evaluator, oracle, part).failing
        for some, rows in zip(found, (fails, ~fails), strict=True):
            chosen = np.flatnonzero(rows)
            chosen = draw.permutation(chosen)[:EXECUTED]
            some.extend(decode(program.domain, part.letters(np.sort(chosen))))
    return draw_some(found[0]), draw_some(found[1])


def draw_some(inputs: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """At most so many as are executed."""
    rows = np.random.default_rng(0).permutation(len(inputs))[:EXECUTED]
    return [inputs[i] for i in sorted(rows.tolist())]


def middle(own: float, scores: Sequence[float]) -> float:
    """The mean rank of those that have a score, among all."""
    better = sum(score > own for score in scores)
    return better + (scores.count(own) + 1) / 2


def line_counts(
    mutant: Mutant, oracle: Oracle
) -> tuple[np.ndarray, np.ndarray, int, int, int]:
    """Failing and passing inputs with each line and in all, and the line at fault."""
    found = read(write(mutant.program))
    assert found.program == mutant.program
    spectra, evaluator = Spectra(found.program), Evaluator(found.program)
    spans = [found.map.span(rule) for rule in spectra.rules]
    lines = sorted({span.line for span in spans if span is not None})
    of = np.array([lines.index(span.line) for span in spans if span is not None])
    assert len(of) == len(spectra.rules)
    failed, passed = np.zeros(len(lines), np.int64), np.zeros(len(lines), np.int64)
    failing = passing = 0
    for part in all_parts(found.program.domain, 8192):
        fails = judge(evaluator, oracle, part).failing
        executed = spectra.executed(evaluator.trace(part.block()))
        taken = np.zeros((part.size, len(lines)), bool)
        for number, line in enumerate(of):
            taken[:, line] |= executed[:, number]
        failed += np.count_nonzero(taken[fails], axis=0)
        passed += np.count_nonzero(taken[~fails], axis=0)
        failing += int(np.count_nonzero(fails))
        passing += int(np.count_nonzero(~fails))
    line = int(of[spectra.rules.index(mutant.rule)])
    return failed, passed, failing, passing, line


@dataclass
class Measured:
    """Everything that was measured.

    Attributes:
        places: where each fault stands in each list.
        equal: how many mutants had no fault.
        seconds: how long it took.
    """

    places: list[Place] = field(default_factory=list)
    equal: int = 0
    seconds: float = 0.0

    def add(self, other: Measured) -> None:
        """Add what was measured elsewhere."""
        self.places += other.places
        self.equal += other.equal
        self.seconds += other.seconds


def measure(name: str, asked: argparse.Namespace) -> Measured:
    """The places of the faults of one program, and how many mutants had none."""
    program, oracle = subject(name)
    assert not fails(program, oracle)
    found, done, start = Measured(), 0, time.monotonic()
    rules, coverage = asked.parts != "coverage", asked.parts != "rules"
    count = asked.count if rules else min(asked.count, asked.executed)
    for mutant in mutants(program, 10 * asked.count, seed=asked.seed):
        if done == count:
            break
        if not fails(mutant.program, oracle):
            found.equal += rules
            continue
        found.places += places(name, mutant, oracle) if rules else ()
        if coverage and done < asked.executed:
            found.places += executed_places(name, mutant, oracle)
        done += 1
        if done % 10 == 0:
            took = time.monotonic() - start
            print(f"{name}: {done} of {count}, {took:.0f} s", file=sys.stderr)
    found.seconds = time.monotonic() - start
    says = f"{name}: {done} faults, {found.equal} equivalent, {found.seconds:.0f} s"
    print(says, file=sys.stderr)
    return found


def table(found: Sequence[Place]) -> list[str]:
    """How each list does on all faults, and on each program and kind."""
    heading = "faults | rank 1 | in the first 5 | mean rank | EXAM |"
    rows = [f"| ranked | by | {heading}", "|---|---|---:|---:|---:|---:|---:|"]
    for unit, formula in dict.fromkeys((p.unit, p.formula) for p in found):
        some = [p for p in found if (p.unit, p.formula) == (unit, formula)]
        rows.append(f"| {unit} | {formula} | {figures(some)} |")
    rows += ["", "`interventional` by program and by kind of fault:", ""]
    rows += [f"| | {heading}", "|---|---:|---:|---:|---:|---:|"]
    ours = [p for p in found if p.formula == INTERVENTIONAL]
    for key in ("program", "kind"):
        for value in dict.fromkeys(getattr(p, key) for p in ours):
            some = [p for p in ours if getattr(p, key) == value]
            rows.append(f"| {value} | {figures(some)} |")
    return rows


def figures(some: Sequence[Place]) -> str:
    """The figures of a row."""
    ranks = np.array([p.rank for p in some])
    exam = np.mean([p.rank / p.of for p in some])
    top, five = np.mean(ranks == 1), np.mean(ranks <= 5)
    shares = f"{top:.1%} | {five:.1%} | {ranks.mean():.2f} | {exam:.1%}"
    return f"{len(some):,} | {shares}".replace("%", " %")


def load_saved(path: Path) -> Measured:
    """What an earlier run saved."""
    data = json.loads(path.read_text(encoding="utf-8"))
    places = [Place(**place) for place in data["places"]]
    return Measured(places, data["equal"], data["seconds"])


def main() -> None:
    """Measure, print, and replace the block in the documentation."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=200, help="faults of each program")
    parser.add_argument("--executed", type=int, default=12, help="so many executed")
    parser.add_argument("--parts", choices=PARTS, default="both")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--programs", nargs="*", default=PROGRAMS)
    parser.add_argument("--save", type=Path, help="a file for every place, as JSON")
    parser.add_argument("--load", type=Path, nargs="*", help="do not measure these")
    parser.add_argument("--write", action="store_true", help=f"write {FIGURES.page}")
    asked = parser.parse_args()
    found = Measured()
    for path in asked.load or ():
        found.add(load_saved(path))
    for name in () if asked.load else asked.programs:
        found.add(measure(name, asked))
        if asked.save:
            asked.save.write_text(json.dumps(asdict(found)), encoding="utf-8")
    names = list(dict.fromkeys(p.program for p in found.places))
    faults = sum(p.formula == INTERVENTIONAL for p in found.places)
    says = (
        f"{faults:,} faults, planted with seed {asked.seed} in {len(names)} programs "
        f"({', '.join(names)}); {found.equal:,} mutants more answer as before on every "
        f"input. {found.seconds / MINUTE:.0f} minutes on one shared core."
    )
    block = ["", says, "", *table(found.places), ""]
    print(FIGURES.around(block))
    if asked.write:
        FIGURES.put(block)


if __name__ == "__main__":
    main()
