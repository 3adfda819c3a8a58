"""Property tests of programs with Hypothesis: inputs to draw, and what to hold true.

Importing this loads Hypothesis and the standard library; numpy and the rest are loaded
by the first check.

>>> from hypothesis import given
>>> from tpdebug.testing import Checker, inputs
>>> right = Checker("examples/sort.py", task="sort")
>>> @given(inputs(right))
... def test_sort(letters):
...     right(letters)
>>> test_sort()
"""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st

from tpdebug.domain import Domain
from tpdebug.program import Program

Input = tuple[str, ...]


def tokens(program: Program | Domain) -> st.SearchStrategy[str]:
    """The letters of a program, the first of the alphabet being the simplest."""
    return st.sampled_from(domain_of(program).alphabet)


@st.composite
def inputs(draw: st.DrawFn, program: Program | Domain) -> Input:
    """x."""
    domain = domain_of(program)
    length = draw(st.integers(*domain.lengths))
    return tuple(draw(tokens(domain)) for _ in range(length))


def domain_of(program: Program | Domain) -> Domain:
    """D."""
    return program if isinstance(program, Domain) else program.domain
