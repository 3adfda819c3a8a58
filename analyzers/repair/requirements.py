"""What scores have to meet so that answers are right: linear inequalities over changes.

A requirement is (answer, rival): the right class leads before the rival. There are
many, so they are taken in as they are needed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array

from analyzers.repair.features import Features, Ints

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
ADDED = 400
"""Requirements that are added in a round, the most violated ones."""


@dataclass(frozen=True, eq=False)
class Wanted:
    """Answers that have to be right.

    The right class has to lead by a unit of the scores where it comes after the rival
    in class order; elsewhere a tie is enough.

    Attributes:
        features: what the answers see.
        answers: which of them have to be right `[states]`.
    """

    features: Features
    answers: Mask

    def slack(self, changes: Ints | Floats) -> Floats | Ints:
        """How far each requirement is from failing, by changes `[rules, classes]`.

        Less than 0 is violated. `[states, classes]`; very much where there is none.
        """
        found = self.features
        kind = changes.dtype
        totals = found.totals.astype(kind) + found.counts.astype(kind) @ changes
        places = np.arange(len(totals))
        label = np.maximum(found.label, 0)
        own = totals[places, label][:, None]
        after = np.arange(totals.shape[1]) < label[:, None]
        needed = after.astype(kind)
        most = np.iinfo(np.int64).max if kind == np.int64 else np.inf
        slack: Floats | Ints = own - totals - needed
        slack[places, label] = most
        slack[~self.answers] = most
        return slack


class Requirements:
    """Some of the requirements, as rows of a matrix over the changes of scores.

    Changes are in points, one column a (rule, class). A point is so many units of the
    scores that they are of a size that solvers can compute with.
    """

    def __init__(self, wanted: Wanted) -> None:
        self.wanted = wanted
        self.features = wanted.features
        self.scale = unit_of(self.features)
        self.classes = self.features.totals.shape[1]
        self.states = np.zeros(0, np.int64)
        self.rivals = np.zeros(0, np.int64)
        self._have: set[tuple[int, int]] = set()

    def add(self, slack: Floats | Ints, most: int = ADDED, below: float = 0) -> int:
        """Take in the requirements with the least slack; return how many are new.

        Of each answer only its worst one is taken at a time, so that they differ.
        """
        worst = slack.min(axis=1)
        states = np.flatnonzero(self.wanted.answers & (worst < below))
        order = states[np.argsort(worst[states], kind="stable")][:most]
        pairs = [(int(s), int(slack[s].argmin())) for s in order]
        fresh = [pair for pair in pairs if pair not in self._have]
        self._have.update(fresh)
        states, rivals = np.array(fresh, np.int64).reshape(-1, 2).T
        self.states = np.concatenate([self.states, states])
        self.rivals = np.concatenate([self.rivals, rivals])
        return len(fresh)

    def matrix(self) -> csr_array:
        """What each change adds to the lead `[requirements, rules * classes]`."""
        count = len(self.states)
        seen = self.features.counts[self.states].tocoo()
        row, rule = seen.row.astype(np.int64), seen.col.astype(np.int64)
        label = self.features.label[self.states]
        columns = (
            rule * self.classes + label[row],
            rule * self.classes + self.rivals[row],
        )
        size = len(self.features.rules) * self.classes
        data = np.concatenate([seen.data, -seen.data]).astype(float)
        where = (np.concatenate([row, row]), np.concatenate(columns))
        return csr_array(coo_array((data, where), (count, size)))

    def needed(self, more: float = 0.0) -> Floats:
        """How much has to be added to each lead, in points.

        Args:
            more: that much on top of what makes the answer right.
        """
        totals = self.features.totals[self.states]
        label = self.features.label[self.states]
        places = np.arange(len(label))
        lead = totals[places, label] - totals[places, self.rivals]
        least = (self.rivals < label).astype(np.int64)
        return np.asarray((least - lead) / self.scale + more, np.float64)


def unit_of(found: Features) -> int:
    """A power of ten, such that most scores are ten to a hundred times as much."""
    sizes = np.abs(found.points[found.points != 0])
    middle = int(np.median(sizes)) if len(sizes) else 1
    return int(10 ** max(0, len(str(middle)) - 2))
