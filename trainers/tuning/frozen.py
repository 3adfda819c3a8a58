"""Which parts of a program stay as they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tpdebug.domain import shorten
from tpdebug.errors import UserError
from tpdebug.nodes import (
    CategoricalHead,
    Embedding,
    LookupTable,
    Node,
    NumericalHead,
    inputs_of,
    outputs_of,
)
from tpdebug.program import Program

GROUPS = {
    "heads": (CategoricalHead, NumericalHead),
    "tables": (LookupTable, Embedding),
}
SCORES = "scores"


@dataclass(frozen=True, slots=True)
class Frozen:
    """What stays.

    Attributes:
        nodes: the nodes that keep their rules.
        scores: whether the scores are kept.
    """

    nodes: tuple[Node, ...]
    scores: bool

    def kept(self, program: Program, classifier: object) -> bool:
        """Whether another program has these parts as they are."""
        if self.scores and program.classifier != classifier:
            return False
        return all(node in program.nodes for node in self.nodes)


def frozen(program: Program, names: Sequence[str]) -> Frozen:
    """Find what is to stay.

    Args:
        program: the program.
        names: names of nodes, or `heads`, `tables` or `scores` for all of these.

    Raises:
        UserError: there is no such node, or nothing is left to train.
    """
    unknown = [n for n in names if n not in {SCORES, *GROUPS, *program.writers}]
    if unknown:
        nodes = shorten(list(program.writers)) if program.writers else "none"
        raise UserError(
            f"there is no {unknown[0]!r} to freeze: name scores, heads, tables or a "
            f"node ({nodes})"
        )
    kinds = tuple(kind for name in names for kind in GROUPS.get(name, ()))
    found = Frozen(
        tuple(
            node
            for node in program.nodes
            if isinstance(node, kinds) or {*outputs_of(node)} & {*names}
        ),
        SCORES in names,
    )
    if not program.scored:
        raise UserError("the program has no scores: nothing that it does matters")
    if found.scores and not free_places(program, found):
        raise UserError("everything that matters is frozen: nothing is left to train")
    return found


def free_places(program: Program, kept: Frozen) -> list[int]:
    """The places in its network of what may change, and that the answer depends on."""
    needed = set(program.scored)
    for node in reversed(program.nodes):
        if needed & {*outputs_of(node)}:
            needed.update(inputs_of(node))
    stays = {name for node in kept.nodes for name in outputs_of(node)}
    names = [name for node in program.nodes for name in outputs_of(node)]
    return [i for i, name in enumerate(names) if name in needed and name not in stays]
