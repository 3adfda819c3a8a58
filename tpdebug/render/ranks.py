"""Where variables stand one above the other: inputs below, then layer by layer."""

from __future__ import annotations

from collections.abc import Mapping

from tpdebug.nodes import Embedding, LookupTable, inputs_of
from tpdebug.program import Program

INPUTS, EMBEDDINGS, FIRST_LAYER = 0, 1, 2


def levels(program: Program) -> Mapping[str, int]:
    """The level of every variable, by the longest path from the inputs.

    Inputs have level 0, embeddings 1, heads of layer l (from 0) level 2 + 2 l and
    tables 3 + 2 l, as attention comes before the MLP in a layer of a Transformer. What
    reads a variable has a higher level than the variable. The layer is the least that
    allows this: a name like `attn_2_0` does not count.

    >>> from tpdebug.nodes import Classifier, NumericalHead, Predicate
    >>> from tpdebug.domain import Domain
    >>> head = NumericalHead("n", "tokens", "tokens", "ones", Predicate(()))
    >>> table = LookupTable.of("t", ["n"], {(1,): "x"}, "y")
    >>> domain = Domain(("a", "b"), (1, 3))
    >>> found = levels(Program(domain, (head, table), Classifier.of("ab", {})))
    >>> found["tokens"], found["n"], found["t"]
    (0, 2, 3)
    """
    found = {name: INPUTS for name in program.variables if name not in program.writers}
    for name, node in program.writers.items():
        above = 1 + max(found[read] for read in inputs_of(node))
        if isinstance(node, Embedding):
            found[name] = EMBEDDINGS
        elif isinstance(node, LookupTable):
            found[name] = max(FIRST_LAYER + 1, above + 1 - above % 2)
        else:
            found[name] = max(FIRST_LAYER, above + above % 2)
    return found


def caption(level: int) -> str:
    """What stands at a level below the answer."""
    if level in (INPUTS, EMBEDDINGS):
        return "input" if level == INPUTS else "embedding"
    return "tables" if level % 2 else "heads"
