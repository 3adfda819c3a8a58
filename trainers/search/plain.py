"""The plainest read-out: the answer is the value of one variable.

A variable whose values name classes (a letter, a count) may be the answer itself. If it
is so on all inputs that were seen, it is said so: that is shorter than scores that were
fitted, and true as well for classes that training never showed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from trainers.readout import Readout
from trainers.search.sample import Ints, Sample
from trainers.search.terms import Kind, Term, effort

Says = Mapping[Kind, Ints]
"""The class that a value of each kind names, by the value; -1 if it names none."""


def plain_answer(
    read: Sequence[Term], says: Says, samples: Sequence[Sample]
) -> Term | None:
    """The shortest term that is always the answer, if there is one.

    Args:
        read: what the read-out sees; all that it is made of is tried.
        says: which class the values of a term name.
        samples: where it has to be the answer.
    """
    terms = dict.fromkeys(part for term in read for part in (*term.needs, term))
    for term in sorted(terms, key=lambda term: effort([term])):
        if not term.numerical and all(_answers(term, says, s) for s in samples):
            return term
    return None


def plain_readout(term: Term, says: Says, classes: int) -> Readout:
    """The read-out that answers with the value of a term."""
    rows = np.zeros((term.size, classes))
    classes_of = named(term, says, np.arange(term.size))
    known = np.flatnonzero(classes_of >= 0)
    rows[known, classes_of[known]] = 1.0
    weights = np.concatenate([rows, np.zeros((1, classes))])
    return Readout((rows,), 0.0, 1.0, np.zeros((0, classes)), weights)


def _answers(term: Term, says: Says, sample: Sample) -> bool:
    return bool((named(term, says, sample.at_cases(term)) == sample.cases).all())


def named(term: Term, says: Says, values: Ints) -> Ints:
    """The classes that values of a term name; -1 where they name none."""
    classes = says.get(term.kind, np.empty(0, np.int64))
    padded = np.append(classes, -1)
    found: Ints = padded[np.minimum(values, len(classes))]
    return found
