"""Search over discrete programs: grow one on the training inputs, then shrink it.

Gradient training has to find all parts of a program at once, through choices that are
blurred. This builds it step by step from parts that are discrete and short from the
start, and fits the read-out exactly after each. No torch.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from trainers.discrete import Discrete
from trainers.search.assemble import assemble, terms_of
from trainers.search.grow import Grower, variables
from trainers.search.limits import Limits
from trainers.search.plain import Says, plain_answer, plain_readout
from trainers.search.sample import Sample
from trainers.search.shrink import shrink
from trainers.search.terms import Term

__all__ = ["Limits", "Sample", "Says", "Step", "search"]

PRICE = 1e-5
"""The share of labels that a line of code less may cost."""


@dataclass(frozen=True, slots=True)
class Step:
    """How the search stands.

    Attributes:
        phase: what was done last.
        looked: how many candidates were looked at so far.
        nodes: how many heads and tables the program has.
        loss: its cross-entropy on the inputs that it is tried on, in nats.
        accuracy: the share of their labels that it gets right.
        network: the program, at the end of the search.
    """

    phase: str
    looked: int
    nodes: int
    loss: float
    accuracy: float
    network: Discrete | None = None


def search(
    train: Sample,
    valid: Sample,
    tokens: int,
    classes: int,
    limits: Limits,
    seed: int,
    says: Says,
    start: Discrete | None = None,
) -> Iterator[Step]:
    """Find a program.

    Args:
        train: the inputs to learn from.
        valid: the inputs to pick by.
        tokens: how many tokens there are.
        classes: how many classes there are.
        limits: how much is searched.
        seed: which inputs are looked at first.
        says: which class the values of a variable name.
        start: a network to begin with; its variables are there from the start.

    Yields:
        A step after each round; the last one holds the network.
    """
    grower = Grower(train, tokens, classes, limits, seed)
    first = [] if start is None else terms_of(start, grower.inputs, grower.ones)
    for grown in grower.run(first):
        size = nodes_of(grown.read)
        yield Step("growing", grower.looked, size, grown.loss, grown.accuracy)

    def worth(read: Sequence[Term]) -> float:
        fitted = grower.fit(read, grower.trial)
        answers = fitted.scores(variables(read, valid)).argmax(1)
        return min(fitted.accuracy, float((answers == valid.cases).mean()))

    plain = plain_answer(grown.read, says, (train, valid))
    if plain is not None:
        read: tuple[Term, ...] = (plain,)
        fitted = plain_readout(plain, says, classes)
    else:
        read = shrink(grown.read, worth, PRICE)
        fitted = grower.fit(read, train, quick=False)
    network = assemble(read, fitted, classes, train.causal)
    size = nodes_of(read)
    yield Step("shrunk", grower.looked, size, fitted.loss, fitted.accuracy, network)


def nodes_of(read: Sequence[Term]) -> int:
    """How many heads and tables some terms are made of, with themselves."""
    return len({part for term in read for part in term.needs})
