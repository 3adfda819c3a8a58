"""Changes that were found on some inputs of a program, made in the whole program."""

from __future__ import annotations

from collections.abc import Iterable

from analyzers.alter import alter, current
from tpdebug.errors import UserError
from tpdebug.findings import Alteration, Groups, Keys
from tpdebug.nodes import CategoricalHead, NumericalHead, order
from tpdebug.program import Program


def lifted(
    program: Program, part: Program, alterations: Iterable[Alteration]
) -> tuple[Program, tuple[Alteration, ...]]:
    """Change a program as it was found for a part of its inputs.

    What it does with values that the part does not have stays.

    Args:
        program: the whole program.
        part: the same on some inputs.
        alterations: rules of the part.

    Returns:
        The changed program, and the changes as they are there.

    Raises:
        UserError: a preference is about keys that the part does not have.
    """
    found: list[Alteration] = []
    for each in alterations:
        to = _in_whole(program, part, each)
        program = alter(program, to)
        found.append(to)
    return program, tuple(found)


def _in_whole(program: Program, part: Program, to: Alteration) -> Alteration:
    if not isinstance(to, Keys | Groups):
        return to
    whole, some = program.writers[to.rule.node], part.writers[to.rule.node]
    assert isinstance(whole, CategoricalHead | NumericalHead)
    assert isinstance(some, CategoricalHead | NumericalHead)
    known = set(part.variables[some.key].values)
    others = [k for k in program.variables[whole.key].values if k not in known]
    if not others:
        return to
    if isinstance(to, Groups):
        raise UserError(
            f"{to.rule} tells apart keys that these inputs do not have, such as "
            f"{others[0]!r}: repair it on all inputs of the program"
        )
    now = current(program, to.rule)
    assert isinstance(now, Keys)
    kept = {key for key in now.keys if key not in known}
    return Keys(to.rule, tuple(sorted(kept.union(to.keys), key=order)))
