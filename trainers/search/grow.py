"""Growing a program: add what helps the read-out most, one term at a time.

Each round looks at the heads and tables that could be computed next (`look.py`). A
quick gain screens them; the best are tried with a read-out of their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from trainers.readout import Readout, Variable, fit, softmax
from trainers.search.events import Events
from trainers.search.gain import Gain
from trainers.search.keys import Answering
from trainers.search.limits import Limits
from trainers.search.look import Look
from trainers.search.plain import Says
from trainers.search.ranking import Ranking
from trainers.search.sample import Sample
from trainers.search.tables import Codes
from trainers.search.terms import Input, Term, effort

_L2 = 1e-6
_MOSTLY_RIGHT = 0.95
_QUICK = 100  # iterations of a read-out that is only compared with others


@dataclass(frozen=True, slots=True)
class Grown:
    """A program as far as it has grown: what the read-out sees, and how good it is."""

    read: tuple[Term, ...]
    loss: float
    accuracy: float


class Grower:
    """Grows a program on training inputs.

    Args:
        train: the inputs.
        tokens: how many tokens there are.
        classes: how many classes there are.
        limits: how much is searched.
        says: which class the values of a variable name.
        seed: which inputs are looked at.
    """

    def __init__(
        self,
        train: Sample,
        tokens: int,
        classes: int,
        limits: Limits,
        says: Says,
        seed: int,
    ) -> None:
        self.train, self.classes, self.limits = train, classes, limits
        self._says = says
        self._random = np.random.default_rng(seed)
        self._each = len(train.cases) / train.inputs
        rows = self._random.permutation(train.inputs)
        self.trial = train.part(rows[: int(limits.trial / self._each) + 1])
        self.heat = train.part(rows[: int(limits.heat / self._each) + 1])
        self.tokens = Term(Input("tokens"), "token", tokens)
        self.positions = Term(Input("positions"), "number", train.positions)
        self.ones = Term(Input("ones"), "number", 2, numerical=True)
        self._codes = Codes(limits.codes)
        self.looked = 0

    @property
    def inputs(self) -> list[Term]:
        """The variables that heads can read at the start."""
        return [self.tokens, self.positions]

    def fit(self, read: Sequence[Term], sample: Sample, quick: bool = True) -> Readout:
        """The best read-out of some terms, or nearly that."""
        seen = variables(read, sample)
        if quick:
            return fit(seen, sample.cases, self.classes, iterations=_QUICK, l2=_L2)
        return fit(seen, sample.cases, self.classes)

    def run(self, start: Sequence[Term] = ()) -> Iterator[Grown]:
        """Grow until nothing is wrong, or nothing helps; yields after each round.

        Args:
            start: terms that the read-out sees already.
        """
        read = [*self.inputs, *start]
        now = self.fit(read, self.trial)
        yield Grown(tuple(read), now.loss, now.accuracy)
        for _ in range(self.limits.rounds):
            found = None if now.accuracy == 1 else self._round(read, now)
            if found is None:
                return
            term, now = found
            read.append(term)
            yield Grown(tuple(read), now.loss, now.accuracy)

    def _round(self, read: list[Term], now: Readout) -> tuple[Term, Readout] | None:
        """The term to add, and the read-out with it; None if nothing helps."""
        program = list(dict.fromkeys(part for term in read for part in term.needs))
        screen = self._screen(now)
        chances = softmax(now.scores(variables(read, screen)))
        active = program[-self.limits.active :]
        numbers = dict.fromkeys(self._codes.of(t) for t in active if t.kind == "number")
        beside = [self.positions, *[*numbers][-self.limits.latest :]]
        gain = Gain.of(screen.cases, chances)
        left = Gain.of(self.trial.cases, now.chances)
        look = Look(
            sample=screen,
            fitting=self.train,
            classes=self.classes,
            gain=gain,
            ranking=Ranking(self.limits.keep),
            events=Events(screen, gain, self.trial, left, self.limits.events),
            answering=Answering(
                screen, self.positions, self.tokens, beside, self._says
            ),
            codes=self._codes,
            limits=self.limits,
            inputs=self.inputs,
            ones=self.ones,
            active=active,
            read=read,
        )
        bank = look.near()
        found = self._try(read, now, program, look.ranking)
        if found is None or found[1].loss > now.loss * (1 - self.limits.enough):
            look.far(bank)
            found = self._try(read, now, program, look.ranking)
        self.looked += look.ranking.looked
        new = () if found is None else found[0].needs
        self._codes.forget(self._codes.numbers, {*program, *new})
        kept = {*self.inputs, self.ones, *program, *new, *self._codes.known}
        for sample in (self.heat, self.trial, self.train):
            sample.forget(kept)
        if found is None or found[1].loss > now.loss * (1 - self.limits.least):
            return None
        return found

    def _screen(self, now: Readout) -> Sample:
        """Some inputs, at random; once few answers are wrong, half of them by that."""
        trial = self.trial
        size = min(int(self.limits.screen / self._each) + 1, trial.inputs)
        missed = np.zeros(trial.scored.shape)
        missed[trial.scored] = 1 - now.chances[np.arange(len(trial.cases)), trial.cases]
        share = missed.sum(1) + 1e-6
        few = size // 2 if now.accuracy > _MOSTLY_RIGHT else 0
        hard = self._random.choice(
            trial.inputs, few, replace=False, p=share / share.sum()
        )
        others = self._random.permutation(trial.inputs)
        others = others[~np.isin(others, hard)][: size - len(hard)]
        return trial.part(np.concatenate([hard, others]))

    def _try(
        self,
        read: Sequence[Term],
        now: Readout,
        program: Sequence[Term],
        ranking: Ranking,
    ) -> tuple[Term, Readout] | None:
        """Of the best candidates, the one that helps most for its length.

        All have a heat on a few inputs; the finalists are those that do best there.
        """

        def worth(found: Readout, before: Readout, term: Term) -> float:
            saved = before.loss - found.loss + before.loss * (found.accuracy == 1)
            return float(saved / (effort([term], program) + 4) ** 0.5)

        before = self.fit(read, self.heat)
        terms = [entry.make() for entry in ranking.best()]
        heats = [
            (worth(self.fit([*read, term], self.heat), before, term), -i, term)
            for i, term in enumerate(terms)
            if term is not None
        ]
        picked, most = None, 0.0
        for _, _, term in sorted(heats, reverse=True)[: self.limits.finalists]:
            found = self.fit([*read, term], self.trial)
            if worth(found, now, term) > most:
                picked, most = (term, found), worth(found, now, term)
        return picked


def variables(read: Sequence[Term], sample: Sample) -> list[Variable]:
    """What the read-out sees of some terms."""
    return [Variable(sample.at_cases(t), None if t.numerical else t.size) for t in read]
