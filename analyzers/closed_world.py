"""What a task needs and a program cannot do, whatever it computes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from tpdebug.domain import Domain, shorten
from tpdebug.errors import counted
from tpdebug.findings import Gap
from tpdebug.nodes import (
    CategoricalHead,
    LookupTable,
    NumericalHead,
    Preference,
    Value,
)
from tpdebug.oracles import Oracle
from tpdebug.program import Program
from tpdebug.tally import Tally


def gaps(
    program: Program,
    oracle: Oracle,
    found: Tally,
    needed: Domain | None,
    proved: bool,
) -> Iterator[Gap]:
    """Everything that a task needs and a program cannot do.

    Args:
        program: the program.
        oracle: the right answers.
        found: how its answers compare with them.
        needed: the domain of the task, where it is known.
        proved: whether all inputs of the program's domain were looked at.
    """
    if needed is not None:
        yield from domain_gaps(program.domain, needed)
    yield from label_gaps(program, oracle, found, proved)
    yield from case_gaps(program, found.most)
    yield from row_gaps(program)


def label_gaps(
    program: Program, oracle: Oracle, found: Tally, proved: bool
) -> Iterator[Gap]:
    """Labels that are needed and never answered."""
    classes = program.classifier.classes
    counts = found.confusion
    answered = dict(zip(classes, counts.sum(axis=0).tolist(), strict=True))
    for label, row in zip(oracle.labels, counts.tolist(), strict=False):
        needed = sum(row)
        if not needed:
            continue
        unit = "input" if program.classifier.pooled else "letter"
        need = f"{counted(needed, unit)} {'needs' if needed == 1 else 'need'}"
        if label not in classes:
            says = f'it can never answer "{label}", which {need}'
            yield Gap("label", label, f"{says}: no class of that name")
        elif not answered[label] and proved:
            says = f'it never answers "{label}" on its domain, which {need}'
            yield Gap("label", label, says)


def domain_gaps(program: Domain, task: Domain) -> Iterator[Gap]:
    """Letters and lengths of a task that a program does not take."""
    unknown = [a for a in task.alphabet if a not in program.letter_index]
    for letter in unknown:
        yield Gap("letter", letter, f'it does not know the letter "{letter}"')
    for length in range(task.lengths[0], task.lengths[1] + 1):
        if not program.lengths[0] <= length <= program.lengths[1]:
            count = task.count_of_length(length)
            inputs = f"inputs of {counted(length, 'letter')}"
            says = f"it does not take {inputs} ({counted(count, 'input')})"
            yield Gap("length", str(length), says)


def case_gaps(program: Program, most: Mapping[str, int]) -> Iterator[Gap]:
    """Where a head looks for nothing, and counts that a table treats like any other.

    Args:
        program: the program.
        most: the largest count of each numerical variable that was met.
    """
    inputs = _inputs(program.domain)
    for node in program.nodes:
        if isinstance(node, CategoricalHead | NumericalHead):
            if isinstance(node.predicate, Preference):
                continue  # whatever key there is, it has a score
            cases = {query for query, _ in node.predicate.cases}
            missing = [v for v in inputs.get(node.query, ()) if v not in cases]
            if missing:
                listed = _listed(node.query, missing)
                does = "counts nothing"
                if isinstance(node, CategoricalHead):
                    does = "looks for nothing, so it reads position 0"
                says = f"{node.name} {does} at {listed}"
                yield Gap("case", listed, says)
        elif isinstance(node, LookupTable) and node.entries:
            yield from _count_gaps(node, most)


def _count_gaps(table: LookupTable, most: Mapping[str, int]) -> Iterator[Gap]:
    for column, name in enumerate(table.inputs):
        if name not in most:
            continue
        named = max(int(key[column]) for key, _ in table.entries)
        if named < most[name]:
            span = f" to {most[name]}" if named + 1 < most[name] else ""
            listed = f"{name} {named + 1}{span}"
            says = f"{table.name} gives its default {table.default!r} for {listed}"
            yield Gap("case", listed, says)


def row_gaps(program: Program) -> Iterator[Gap]:
    """Letters and positions without scores, where others have some."""
    rows = {(row.variable, row.value) for row in program.classifier.rows}
    for name, values in _inputs(program.domain).items():
        missing = [value for value in values if (name, value) not in rows]
        if missing and len(missing) < len(values):
            listed = _listed(name, missing)
            verb = "adds" if len(missing) == 1 else "add"
            yield Gap("score", listed, f"{listed} {verb} nothing to the scores")


def _listed(variable: str, values: Sequence[Value]) -> str:
    """Values of an input variable; one value is no plural."""
    name = variable.removesuffix("s") if len(values) == 1 else variable
    return f"{name} {shorten(values)}"


def _inputs(domain: Domain) -> dict[str, tuple[Value, ...]]:
    """The letters, and the positions that they may stand at."""
    first, last = domain.offset, domain.offset + domain.lengths[1]
    return {"tokens": domain.alphabet, "positions": tuple(range(first, last))}
