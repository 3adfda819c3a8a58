"""Tests of sort.py, a learned program: some inputs by hand, and any at random."""

from pathlib import Path

import pytest
from hypothesis import given
from tpdebug.testing import Checker, inputs

CHECK = Checker(Path(__file__).parent.parent / "sort.py", task="sort")


@pytest.mark.tpdebug("sort.py", task="sort")
@pytest.mark.parametrize("text", ["2 1", "3 0 2", "4 0 0 0", "4 3 2 1 0"])
def test_by_hand(tpdebug_program, text):
    assert tpdebug_program.answers(text) == tuple(sorted(text.split()))


@given(inputs(CHECK))
def test_any(letters):
    CHECK(letters)
