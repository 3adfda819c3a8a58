"""Hypothesis strategies for the inputs of a program; `tpdebug.testing` offers them."""

from __future__ import annotations

from typing import Protocol

from hypothesis import strategies as st

from tpdebug.domain import Domain
from tpdebug.errors import DomainError

Input = tuple[str, ...]


class HasDomain(Protocol):
    """A program, or something else that has a domain."""

    @property
    def domain(self) -> Domain:
        """The inputs."""


def tokens(of: HasDomain | Domain) -> st.SearchStrategy[str]:
    """Letters of a program, without begin and end tokens; simplest is the first.

    Args:
        of: a program, its domain, or a `Checker`.
    """
    return st.sampled_from(_domain(of).alphabet)


def inputs(
    of: HasDomain | Domain, *, wrapped: bool = False, foreign: bool = False
) -> st.SearchStrategy[Input]:
    """Inputs of a program: tuples of letters, of all the lengths that it takes.

    Where keys and values take turns, a key has the same value throughout an input.
    Simpler inputs are shorter, then earlier in the order of the alphabet.

    Args:
        of: a program, its domain, or a `Checker`.
        wrapped: put the begin and end tokens around the letters, where there are some,
            as files that the paper's converter made want it.
        foreign: also words that are not in the alphabet; the program reads them as its
            letter for unknown words.

    Raises:
        DomainError: foreign words are asked for, and the program takes none.

    >>> from hypothesis import find, settings
    >>> some = inputs(Domain(("a", "b"), (2, 4), "<s>"))
    >>> find(some, lambda letters: "b" in letters, settings=settings(database=None))
    ('a', 'b')
    """
    domain = _domain(of)
    letters = tokens(domain)
    if foreign:
        if domain.unknown is None:
            raise DomainError("the program has no letter for unknown words")
        letters |= _foreign(domain)
    found = _pairs(domain) if domain.keys is not None else _any(domain, letters)
    return found.map(domain.wrap) if wrapped else found


def _any(domain: Domain, letters: st.SearchStrategy[str]) -> st.SearchStrategy[Input]:
    """Any letters, as many as there may be."""
    least, most = domain.lengths

    def of_length(length: int) -> st.SearchStrategy[Input]:
        return st.tuples(*[letters] * length)

    return st.integers(least, most).flatmap(of_length)


@st.composite
def _pairs(draw: st.DrawFn, domain: Domain) -> Input:
    """Keys and values in turns."""
    assert domain.pairs is not None
    keys, values = domain.pairs.keys, domain.pairs.values
    given: dict[str, str] = {}
    letters: list[str] = []
    for place in range(draw(st.integers(*domain.lengths))):
        if place % 2 == 0:
            letters.append(draw(st.sampled_from(keys)))
        elif letters[-1] in given:
            letters.append(given[letters[-1]])
        else:
            given[letters[-1]] = draw(st.sampled_from(values))
            letters.append(given[letters[-1]])
    return tuple(letters)


def _foreign(domain: Domain) -> st.SearchStrategy[str]:
    """Words that are no tokens of the program."""
    anything = st.characters(exclude_categories=["Cs", "Cc", "Z"])
    words = st.text(anything, min_size=1, max_size=6)
    known = set(domain.vocabulary)
    return words.filter(lambda word: word not in known and word.split() == [word])


def _domain(of: HasDomain | Domain) -> Domain:
    return of if isinstance(of, Domain) else of.domain
