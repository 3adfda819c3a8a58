"""What can be taken out of a program, in which ways, and how that is said."""

from __future__ import annotations

from collections.abc import Iterator

from analyzers.lint.seen import Seen
from analyzers.lint.variables import computed, without
from analyzers.maximal import Candidate
from analyzers.simplify.sizes import cells_of
from tpdebug.errors import counted
from tpdebug.findings import Copied, Edit, Fixed, Replaced, Unscored
from tpdebug.nodes import Embedding
from tpdebug.program import Program


def candidates(seen: Seen) -> Iterator[Candidate]:
    """What can go: variables, the largest first, then scores, then single rows."""
    program = seen.program
    names = computed(seen)[::-1]
    names.sort(key=lambda name: -_weight(program, name))
    for name in names:
        yield [*without(seen, name), *_replacements(seen, name)]
    for name in program.scored[::-1]:
        yield [(Unscored(name),)]
    for row in program.classifier.rows[::-1]:
        if row.value is not None:
            yield [(Unscored(row.variable, (row.value,)),)]


def _replacements(seen: Seen, name: str) -> Iterator[tuple[Edit, ...]]:
    """What could stand in place of a variable: a value, or one before it."""
    known = seen.program.variables
    variable, values = known[name], set(known[name].values)
    before = list(known)[: list(known).index(name)]
    sources = [
        other
        for other in before
        if known[other].numerical == variable.numerical
        and (values & set(known[other].values))
        and not (variable.numerical and len(known[other].values) > len(variable.values))
    ]
    copies = [Copied(name, source) for source in sources]
    scored = name in seen.program.scored
    if scored:
        yield from ((copy, Unscored(name)) for copy in copies)
        yield from ((edits[0],) for edits in without(seen, name))
    yield from ((copy,) for copy in copies)


def _weight(program: Program, name: str) -> int:
    node = program.writers[name]
    assert not isinstance(node, Embedding)
    return cells_of(program, node)


def in_words(edits: list[Edit]) -> str:
    """What was removed, and what is said more shortly."""
    nodes = [e for e in edits if isinstance(e, Fixed | Copied)]
    gone = {e.variable for e in nodes}
    rows = [e for e in edits if isinstance(e, Unscored) and e.variable not in gone]
    some = sum(len(e.values) for e in rows if e.values is not None)
    whole = [e.variable for e in rows if e.values is None]
    says = [f"took out {counted(len(nodes), 'variable')}"] if nodes else []
    says += [f"dropped all scores of {', '.join(whole)}"] if whole else []
    says += [f"dropped {counted(some, 'score row')}"] if some else []
    said = {e.node.name for e in edits if isinstance(e, Replaced)} - gone
    says += [f"said {counted(len(said), 'function')} more shortly"] if said else []
    return " and ".join(says) or "took out what no answer needs"
