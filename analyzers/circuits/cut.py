"""A slice as a program: it says the answer where the kept values are seen, else not.

The read-out is a conjunction in integers. Each value that is seen gives the answer two
points, and the other class always has two less one for each value, so the answer leads,
by one point, only where all of them are seen.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from math import prod

from analyzers.circuits.about import about
from analyzers.circuits.wiring import computing
from tpdebug.errors import ProgramError
from tpdebug.findings import Circuit, Contribution
from tpdebug.nodes import Classifier, Key, LookupTable, Value
from tpdebug.normal import RESERVED
from tpdebug.program import Program
from tpdebug.read.cells import MAX_APPLIED

OTHER = "?"
"""What a circuit says where it does not speak; longer if a class is called so."""

_LONGEST = 40


def cut(
    program: Program,
    circuit: Circuit,
    *,
    name: str = "the program",
    taken: Collection[str] = (),
) -> Program:
    """Make a program of a circuit: what computes its values, and a read-out of these.

    It answers with the class of the circuit where all of its values are seen, and with
    `other_class` everywhere else. For a pooled program the values belong to positions,
    and are seen or not on the input as a whole. The domain is that of the program; it
    is no longer a program for a task.

    Args:
        program: the program.
        circuit: what `slice_answer` found in it.
        name: what to call the program in the description.
        taken: names that new variables must not have.

    Raises:
        ProgramError: a variable has too many values for a table that asks for one.

    >>> from tpdebug.domain import Domain
    >>> from analyzers.circuits.one import slice_answer
    >>> scores = {("tokens", "b"): [0, 1], ("positions", 1): [0, 9]}
    >>> whole = Program(Domain(("a", "b"), (1, 3)), (), Classifier.of("ny", scores))
    >>> part = cut(whole, slice_answer(whole, ["a", "a", "b"], position=2))
    >>> part.classifier.classes, [(r.value, r.scores) for r in part.classifier.rows]
    (('y', '?'), [('b', (2, 0)), (None, (0, 1))])
    """
    names = {*program.variables, *RESERVED, *taken}
    pooled = program.classifier.pooled
    rows: dict[tuple[str, Value | None], list[int]] = {}
    tables: list[LookupTable] = []
    if pooled:
        tables += _places(program, circuit.kept, names)
        rows |= {(table.name, 1): [2, 0] for table in tables}
    else:
        for value in circuit.kept:
            variable = value.place.variable
            if program.variables[variable].numerical:
                table = _count(program, variable, value.value, names)
                tables.append(table)
                rows[table.name, 1] = [2, 0]
            else:
                rows[variable, value.value] = [2, 0]
    count = len(circuit.kept)
    always: tuple[str, Value | None] = ("positions", 0) if pooled else ("ones", None)
    rows[always] = [0, 2 * count - 1] if count else [1, 0]
    nodes = computing(program, (value.place.variable for value in circuit.kept))
    other = other_class(program.classifier.classes)
    classifier = Classifier.of([circuit.chosen.answer, other], rows, pooled=pooled)
    found = Program(program.domain, (*nodes, *tables), classifier)
    return found.with_about(about(found, circuit, name))


def other_class(classes: Collection[str]) -> str:
    """The name of "not this circuit": question marks, as many as it takes.

    >>> other_class(["0", "?"])
    '??'
    """
    name = OTHER
    while name in classes:
        name += OTHER
    return name


def _count(
    program: Program, variable: str, value: Value, names: set[str]
) -> LookupTable:
    """A table that is 1 where a variable counts so many."""
    name = _free(f"{variable}_is_{value}", names)
    return _table(program, name, (variable,), [(value,)])


def _places(
    program: Program, kept: Sequence[Contribution], names: set[str]
) -> Iterator[LookupTable]:
    """For each variable a table that is 1 at the positions where a value is seen."""
    seen: dict[str, list[Contribution]] = {}
    for value in kept:
        seen.setdefault(value.place.variable, []).append(value)
    for variable in (v for v in program.variables if v in seen):
        name = _free(f"seen_{variable}", names)
        if variable == "positions":
            inputs: tuple[str, ...] = (variable,)
            keys: list[Key] = [(v.value,) for v in seen[variable]]
        else:
            inputs = ("positions", variable)
            keys = [(v.place.position, v.value) for v in seen[variable]]
        yield _table(program, name, inputs, keys)


def _table(
    program: Program, name: str, inputs: tuple[str, ...], keys: Sequence[Key]
) -> LookupTable:
    size = prod(len(program.variables[variable].values) for variable in inputs)
    if size > MAX_APPLIED:
        raise ProgramError(
            "the circuit cannot be written: a table that asks for the value of "
            f"{inputs[-1]} has {size:,} entries, at most {MAX_APPLIED:,}"
        )
    return LookupTable.of(name, inputs, dict.fromkeys(keys, 1), 0)


def _free(name: str, names: set[str]) -> str:
    """A variable name that is not taken; it is from now on."""
    number, wanted = 0, name[:_LONGEST]
    while wanted in names:
        number += 1
        end = f"_{number}"
        wanted = name[: _LONGEST - len(end)] + end
    names.add(wanted)
    return wanted
