"""One search: grow a program, make it short, fit its read-out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from trainers.discrete import Discrete
from trainers.search.assemble import assemble, terms_of
from trainers.search.grow import Grower, variables
from trainers.search.limits import Limits
from trainers.search.merge import merged
from trainers.search.plain import Says, plain_answer, plain_readout
from trainers.search.sample import Sample
from trainers.search.shrink import shrink
from trainers.search.terms import Term, effort


@dataclass(frozen=True, eq=False, slots=True)
class Problem:
    """What is searched for.

    Attributes:
        train: the inputs to learn from.
        valid: the inputs to pick by.
        tokens: how many tokens there are.
        classes: how many classes there are.
        says: which class the values of a variable name.
        limits: how much is searched.
        price: the share of labels that a line of code less may cost.
        start: a network to begin with; its variables are there from the start.
    """

    train: Sample
    valid: Sample
    tokens: int
    classes: int
    says: Says
    limits: Limits
    price: float = 1e-5
    start: Discrete | None = None


@dataclass(frozen=True, slots=True)
class Growing:
    """A search that goes on.

    Attributes:
        nodes: how many heads and tables there are.
        accuracy: the share of labels of the inputs looked at that are right.
        looked: how many candidates were looked at.
    """

    nodes: int
    accuracy: float
    looked: int


@dataclass(frozen=True, eq=False, slots=True)
class Found:
    """A program.

    Attributes:
        seed: which inputs were looked at first.
        nodes: how many heads and tables it has.
        accuracy: the share of labels that are right, of the training inputs looked at
            or of the validation inputs, whichever is smaller.
        looked: how many candidates were looked at.
        effort: how long it is, in lines.
        network: the program itself.
    """

    seed: int
    nodes: int
    accuracy: float
    looked: int
    effort: float
    network: Discrete


def find(problem: Problem, seed: int) -> Iterator[Growing | Found]:
    """Search once; yields after each round, and at the end what was found."""
    train, valid, says = problem.train, problem.valid, problem.says
    classes = problem.classes
    limits = problem.limits
    if seed % 2:  # every other search looks further in each round
        limits = replace(limits, enough=1.0)
    grower = Grower(train, problem.tokens, classes, limits, says, seed)
    start: list[Term] = []
    if problem.start is not None:
        start = terms_of(problem.start, grower.inputs, grower.ones)
    for grown in grower.run(start):
        yield Growing(_nodes(grown.read), grown.accuracy, grower.looked)

    def worth(read: Sequence[Term]) -> float:
        fitted = grower.fit(read, grower.trial)
        answers = fitted.scores(variables(read, valid)).argmax(1)
        return min(fitted.accuracy, float((answers == valid.cases).mean()))

    plain = plain_answer(grown.read, says, (train, valid))
    if plain is not None:
        read: tuple[Term, ...] = (plain,)
        readout, accuracy = plain_readout(plain, says, classes), 1.0
    else:
        left = shrink(grown.read, worth, problem.price, many=bool(start))
        read = merged(left, train)
        readout, accuracy = grower.fit(read, train, quick=False), worth(read)
    network = assemble(read, readout, classes, train.causal)
    length = effort(read)
    yield Found(seed, _nodes(read), accuracy, grower.looked, length, network)


def _nodes(read: Sequence[Term]) -> int:
    return len({part for term in read for part in term.needs})
