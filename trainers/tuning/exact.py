"""What other rules for one node do to the loss of a network: exactly.

Only nodes behind it are computed again, and only for the examples in which what they
read has changed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import torch
from torch import Tensor
from torch.nn import functional

from trainers.data import PAD, UNSCORED, Data
from trainers.discrete import INPUTS, Discrete
from trainers.discrete import Node as Made
from trainers.network import Network, apply, keys_of, reads

_PRIOR = 1.0  # of the curvature, so that what is rare says little


@dataclass(frozen=True, eq=False, slots=True)
class Missing:
    """What the scores lack without one variable, at each label.

    Attributes:
        codes: the value of each variable there, `[labels]`.
        slope: what each class lacks in probability, `[labels, classes]`.
        spread: how fast that changes with the score, of the same size.
        loss: the loss without the variable.
    """

    codes: list[Tensor]
    slope: Tensor
    spread: Tensor
    loss: float


class Exact:
    """A network on some examples, whose rules can be exchanged.

    Args:
        network: where it begins.
        data: the examples.
        fitting: whether scores may follow the rules.

    Attributes:
        network: as it is by now.
        values: every variable at each position.
        loss: the cross-entropy of all labels, summed up, in nats.
    """

    def __init__(self, network: Discrete, data: Data, *, fitting: bool) -> None:
        self.data = data
        self.fitting = fitting and not network.pooled
        self._keys = keys_of(data.tokens, network.causal)
        self._targets = data.targets[data.scored]
        self.restore(network, Network(network).values(data.tokens))

    def restore(self, network: Discrete, values: list[Tensor]) -> None:
        """Go on from a network, given its variables."""
        self.network, self.values = network, values
        self._model = Network(network)
        self._each = self._model.scores(values, self.data.tokens)
        self.loss = self._cost(self._each)

    @property
    def done(self) -> bool:
        """Whether no label is answered wrong: there is nothing left to learn."""
        found = self._each[self.data.scored].argmax(1)
        return bool((found == self._targets).all())

    def guess(self, place: int, node: Made, missing: Missing | None) -> float:
        """About what the loss would be with another node; takes a fifth of the time.

        What the node does for the scores by itself is computed to second order, what it
        does through others exactly, and the two are added up.

        Args:
            place, node: which node, and the other.
            missing: what the scores lack without it.
        """
        number = INPUTS + place
        found, rows = self._changed(place, node)
        own = found[number]
        if missing is not None:
            del found[number]
        cost = self.loss if missing is None else missing.loss
        scored = self.data.scored
        if found and len(rows):
            some = scored[rows]
            each, targets = self._each[rows], self.data.targets[rows][some]
            other = each + self._more(found, rows)
            for sign, scores in ((-1, each), (1, other)):
                cost += sign * _cost(scores[some], targets)
        if missing is None:
            return cost
        new = self.values[number].clone()
        new[rows] = own
        gain = self._gain(number, new[scored], missing)
        return cost - gain

    def outcome(self, place: int, node: Made) -> float:
        """What the loss would be with another node, at most.

        If scores may follow, those of the variable that the node writes take one step
        of Newton's, from where they are or from zero: whichever is better.
        """
        number = INPUTS + place
        found, rows = self._changed(place, node)
        each = self._each.clone()
        each[rows] += self._more(found, rows)
        cost = self._cost(each)
        if not self.fitting or self.network.scores[number] is None:
            return cost
        new = self.values[number].clone()
        new[rows] = found[number]
        added = self._model.added(number, new)
        assert added is not None
        scored = self.data.scored
        codes, given = new[scored], each[scored]
        for start in (given, given - added[scored]):
            step = self._step(number, codes, start)
            cost = min(cost, self._cost_at(start + step))
        return cost

    def exchanged(self, place: int, node: Made) -> tuple[Discrete, list[Tensor]]:
        """The network with another node, and its variables."""
        found, rows = self._changed(place, node)
        values = list(self.values)
        for number, new in found.items():
            values[number] = values[number].clone()
            values[number][rows] = new
        nodes = list(self.network.nodes)
        nodes[place] = node
        return replace(self.network, nodes=tuple(nodes)), values

    def written(self, node: Made) -> Tensor:
        """What a node would write, `[examples, positions]`."""
        return apply(node, self.values, self._keys)

    def missing(self, place: int) -> Missing | None:
        """What the scores lack without what a node writes; None if they do not read it.

        None as well where scores may not follow.
        """
        number = INPUTS + place
        added = self._model.added(number, self.values[number])
        if added is None or not self.fitting:
            return None
        scored = self.data.scored
        without = (self._each - added)[scored]
        codes = [value[scored] for value in self.values]
        return Missing(codes, *self._slopes(without), self._cost_at(without))

    def _changed(self, place: int, node: Made) -> tuple[dict[int, Tensor], Tensor]:
        """What is written anew, in the examples where something changes; and these."""
        number = INPUTS + place
        new = self.written(node)
        real = self.data.tokens != PAD
        rows = ((new != self.values[number]) & real).any(1).nonzero().flatten()
        found = {number: new[rows]}
        keys, values = self._keys[rows], list(self.values)
        values[number] = found[number]
        cut = {number}
        for behind, other in self._behind(place) if len(rows) else ():
            for read in {*reads(other)} - cut:
                values[read] = values[read][rows]
                cut.add(read)
            values[behind] = found[behind] = apply(other, values, keys)
            cut.add(behind)
        return found, rows

    def _more(self, found: dict[int, Tensor], rows: Tensor) -> Tensor:
        """What is added to the scores of some examples by what is written anew."""
        total = torch.zeros(())
        for number, new in found.items():
            added = self._model.added(number, new)
            before = self._model.added(number, self.values[number][rows])
            if added is not None and before is not None:
                total = total + added - before
        if self.network.pooled and total.dim():
            real = self.data.tokens[rows] != PAD
            total = (total * real.unsqueeze(2)).sum(1, keepdim=True)
        return total

    def _behind(self, place: int) -> Iterator[tuple[int, Made]]:
        """The nodes behind one that matter, with the numbers of what they write."""
        changed, network = {INPUTS + place}, self.network
        needed = {i for i, rows in enumerate(network.scores) if rows is not None}
        for number in range(len(network.nodes) + INPUTS - 1, INPUTS + place, -1):
            if number in needed:
                needed.update(reads(network.nodes[number - INPUTS]))
        for number, node in enumerate(network.nodes[place + 1 :], INPUTS + place + 1):
            if number in needed and changed.intersection(reads(node)):
                changed.add(number)
                yield number, node

    def _cost(self, each: Tensor) -> float:
        return self._cost_at(each[self.data.scored])

    def _cost_at(self, scores: Tensor) -> float:
        """The cross-entropy of all labels, given scores `[labels, classes]`."""
        return _cost(scores, self._targets)

    def _slopes(self, scores: Tensor) -> tuple[Tensor, Tensor]:
        chances = scores.softmax(1)
        right = functional.one_hot(self._targets, scores.shape[1])
        return right - chances, chances * (1 - chances)

    def _gain(self, number: int, codes: Tensor, missing: Missing) -> float:
        """What the best scores of a variable would save, to second order."""
        if self.network.numerical[number]:
            times = codes.double().unsqueeze(1)
            slope = (times * missing.slope).sum(0)
            curve = (times**2 * missing.spread).sum(0) + _PRIOR
        else:
            size = int(codes.max()) + 1
            slope = sums(codes, missing.slope, size)
            curve = sums(codes, missing.spread, size) + _PRIOR
        return float((slope**2 / curve).sum()) / 2

    def _step(self, number: int, codes: Tensor, scores: Tensor) -> Tensor:
        """What a step of Newton's in the rows of a variable adds at each label."""
        slope, spread = self._slopes(scores)
        if self.network.numerical[number]:
            times = codes.double().unsqueeze(1)
            curve = (times**2 * spread).sum(0) + _PRIOR
            return times * ((times * slope).sum(0) / curve)
        size = int(codes.max()) + 1
        rows = sums(codes, slope, size) / (sums(codes, spread, size) + _PRIOR)
        return rows[codes]


def _cost(scores: Tensor, targets: Tensor) -> float:
    return float(functional.cross_entropy(scores, targets, reduction="sum"))


def sums(codes: Tensor, each: Tensor, size: int) -> Tensor:
    """Rows `[labels, classes]` added up by the code they have: `[size, classes]`."""
    total = torch.zeros(size, each.shape[1], dtype=each.dtype)
    return total.index_add_(0, codes, each)


def known(data: Data, classes: int) -> Data:
    """The examples without the labels that are no class."""
    return Data(
        data.tokens, data.targets.masked_fill(data.targets >= classes, UNSCORED)
    )
