"""Looking for inputs on which a program fails: all of them, or the likeliest first.

A small domain is enumerated: then the result is a proof, or all failing inputs. In a
large one they are searched for (`search.py`), and made as small as possible
(`smallest.py`). Failures of one kind (`kinds.py`) are reported once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from analyzers.falsify.checks import Check
from analyzers.falsify.found import Found
from analyzers.falsify.memory import Memory
from analyzers.falsify.properties import PROPERTIES, Property, PropertyCheck
from analyzers.falsify.search import Search
from analyzers.falsify.smallest import index_of, look_at, shrink, sweep
from analyzers.survey import Progress
from tpdebug.cases import Cases
from tpdebug.findings import Evidence, Failure, FailureKind, Falsification
from tpdebug.inputs import encode
from tpdebug.nodes import Rule
from tpdebug.oracles import Function, Oracle
from tpdebug.parts import all_parts
from tpdebug.program import Program

__all__ = [
    "PROPERTIES",
    "Check",
    "Memory",
    "Property",
    "PropertyCheck",
    "Settings",
    "falsify",
    "falsify_check",
]

MOST, INPUTS, SWEEP = 5_000_000, 200_000, 500_000
MOST_SHRUNK = 30
"""So many kinds that a sweep does not settle are made smaller by trying."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How failing inputs are looked for; see `falsify`."""

    most: int = MOST
    inputs: int = INPUTS
    sweep: int = SWEEP
    seed: int = 0


def falsify(
    program: Program,
    oracle: Oracle | Function | str,
    *,
    name: str = "the oracle",
    most: int = MOST,
    inputs: int = INPUTS,
    sweep: int = SWEEP,
    seed: int = 0,
    memory: Memory | None = None,
    jobs: int | None = None,
) -> Falsification:
    """Look for inputs that a program does not answer right.

    Args:
        program: the program.
        oracle: the right answers, as for `verify`: an oracle or a function; or the name
            of a property, such as "permutation" (see `PROPERTIES`).
        name: what the oracle is called in the result.
        most: a domain of at most so many inputs is enumerated; 0: always search.
        inputs: how many inputs a search looks at.
        sweep: how many of the smallest inputs are looked at after a search, to find the
            smallest of each kind.
        seed: everything random depends on it.
        memory: inputs that failed before, and where to keep those that fail now.
        jobs: how many parts to look at at a time; default: one for each core.

    Raises:
        UserError: the oracle fails, or the program cannot have the property.

    >>> from tpdebug.domain import Domain
    >>> from tpdebug.nodes import Classifier
    >>> same = {("tokens", a): [int(a == b) for b in "xyz"] for a in "xyz"}
    >>> program = Program(Domain(tuple("xyz"), (1, 4)), (), Classifier.of("xyz", same))
    >>> [kind.smallest.input for kind in falsify(program, sorted).kinds][:2]
    [('y', 'x'), ('z', 'x')]
    """
    if isinstance(oracle, str):
        check: Check = PropertyCheck(program, oracle)
    else:
        check = Check(program, oracle, name)
    settings = Settings(most, inputs, sweep, seed)
    return falsify_check(check, settings, memory=memory, jobs=jobs)


def falsify_check(
    check: Check,
    settings: Settings | None = None,
    *,
    memory: Memory | None = None,
    jobs: int | None = None,
    progress: Progress | None = None,
) -> Falsification:
    """The same for a check that is there already.

    Args:
        check: what the answers are held against.
        settings, memory, jobs: how to look, as for `falsify`.
        progress: is told how many inputs are done, and how many there are.

    Raises:
        UserError: the oracle fails.
    """
    settings = settings or Settings()
    domain, found = check.program.domain, Found(check)
    listed = isinstance(check.oracle, Cases)
    before = [] if memory is None or listed else memory.recall(domain)
    again = _replay(found, before)
    if isinstance(check.oracle, Cases):
        look_at(found, check.oracle.parts(), jobs=jobs, progress=progress)
        evidence, swept = Evidence("listed", len(check.oracle.cases)), domain.count
    elif domain.count <= settings.most:
        found = Found(check)
        parts = list(all_parts(domain, check.oracle.part))
        look_at(found, parts, jobs=jobs, progress=progress)
        evidence, swept = Evidence("proved", domain.count), domain.count
    else:
        swept = _searched(found, settings, jobs, progress)
        evidence = Evidence("searched", found.looked, settings.seed)
    kinds = tuple(_kinds(found, swept, proved=not listed))
    if memory is not None and not listed:
        memory.keep(kind.smallest.input for kind in kinds)
    return Falsification(
        check.name, evidence, domain.count, kinds, again, len(before) - again
    )


def _replay(found: Found, inputs: Iterable[tuple[str, ...]]) -> int:
    """Look at inputs that failed before; return how many still do."""
    domain = found.check.program.domain
    for letters in inputs:
        found.look(encode(domain, [letters]))
    return found.failing


def _searched(
    found: Found, settings: Settings, jobs: int | None, progress: Progress | None
) -> int:
    """Search, then look for smaller failures; return how many inputs were swept."""
    budget = min(settings.inputs, found.check.program.domain.count)
    for _ in Search(found, settings.seed).run(budget, progress):
        pass
    if not found.groups:
        return 0
    swept = sweep(found, settings.sweep, jobs=jobs, progress=progress)
    domain = found.check.program.domain
    by_size = sorted(found.groups, key=lambda kind: found.groups[kind].smallest)
    beyond = [k for k in by_size if index_of(domain, found.groups[k].smallest) >= swept]
    for kind in beyond[:MOST_SHRUNK]:
        shrink(found, kind)
    return swept


def _kinds(found: Found, swept: int, proved: bool) -> Iterator[FailureKind]:
    """The kinds of failures in words, the one with the smallest input first."""
    program = found.check.program
    domain, classes = program.domain, program.classifier.classes
    labels = (*found.check.oracle.labels, None)  # -1, the last, is not scored
    in_order = sorted(found.groups.items(), key=lambda pair: pair[1].smallest)
    for kind, group in in_order:
        label, answer, row = found.kinds.read(kind)
        one = group.smallest
        failure = Failure(
            tuple(domain.alphabet[i] for i in one.letters),
            tuple(labels[i] for i in one.labels),
            tuple(classes[i] for i in one.answers),
        )
        yield FailureKind(
            str(labels[label]),
            classes[answer],
            None if row is None else _rule(program, row),
            group.count,
            failure,
            None if program.classifier.pooled else one.place + domain.offset,
            proved and index_of(domain, one) < swept,
        )


def _rule(program: Program, number: int) -> Rule:
    row = program.classifier.rows[number]
    return Rule("score", row.variable, () if row.value is None else (row.value,))
