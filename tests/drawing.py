"""Circuits to draw: of any program, of an example, and a wide one."""

from __future__ import annotations

from pathlib import Path

from hypothesis import strategies as st

from analyzers.circuits import slice_answer
from tests.strategies import inputs, programs
from tpdebug.domain import Domain
from tpdebug.findings import Circuit, Reach
from tpdebug.nodes import Classifier, LookupTable, NumericalHead, Predicate
from tpdebug.program import Program
from tpdebug.read import read

ROOT = Path(__file__).resolve().parent.parent
SORT = ROOT / "examples" / "sort.py"


@st.composite
def drawn(draw: st.DrawFn) -> tuple[Program, Circuit]:
    """A program of any shape and the circuit of one of its answers."""
    program = draw(programs())
    letters = draw(inputs(program.domain))
    reach = draw(st.sampled_from(["data", "full"]))
    return program, slice_answer(program, letters, reach=reach)


def sort_circuit(reach: Reach = "full") -> tuple[Program, Circuit]:
    source = read(SORT)
    letters = ["3", "1", "4", "2"]
    return source.program, slice_answer(
        source.program, letters, source=source.map, reach=reach
    )


def wide() -> tuple[Program, Circuit]:
    """A circuit in which a head counts what tables say at 20 positions."""
    places = range(20)
    all_places = Predicate.where(places, places, lambda q, k: True)
    ones = Predicate.of({i: [1] for i in places})
    heads = (
        NumericalHead("num_attn_0_0", "positions", "positions", "ones", all_places),
        LookupTable.of("mlp_0_0", ["tokens"], {("a",): 1}, 0),
        NumericalHead("num_attn_1_0", "positions", "mlp_0_0", "num_attn_0_0", ones),
    )
    scores = {("num_attn_1_0", None): [0, 1], ("ones", None): [390, 0]}
    program = Program(Domain(("a", "b"), (20, 20)), heads, Classifier.of("ny", scores))
    return program, slice_answer(program, "a" * 20, position=2)
