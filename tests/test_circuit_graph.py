"""What a picture shows: the circuit, in ranks, without crossings or overlap."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from analyzers.circuits import slice_answer
from tests.drawing import drawn, sort_circuit, wide
from tests.strategies import programs
from tpdebug.domain import Domain
from tpdebug.findings import Circuit
from tpdebug.nodes import Classifier, LookupTable, inputs_of
from tpdebug.program import Program
from tpdebug.render.circuit_graph import circuit_graph
from tpdebug.render.circuit_svg import circuit_svg
from tpdebug.render.geometry import Geometry
from tpdebug.render.placing import cut, ordered, placed
from tpdebug.render.ranks import levels


@given(drawn())
@settings(max_examples=60)
def test_the_graph_is_the_circuit(found: tuple[Program, Circuit]) -> None:
    program, circuit = found
    graph = circuit_graph(program, circuit)
    shown = [box.title.split("\n")[0] for box in graph.boxes]
    given = ("input", "unread", "answer")
    values = [s for s, b in zip(shown, graph.boxes, strict=True) if b.kind not in given]
    assert len(values) == len(set(values))
    assert len(values) <= sum(
        s.place.variable in program.writers for s in circuit.steps
    )
    if circuit.reach == "full":
        computed = {
            s.place for s in circuit.steps if s.place.variable in program.writers
        }
        assert len(values) == len(computed)
        for place in computed:
            at = f"position {place.position}"
            assert any(
                s.startswith(f"{place.variable} = ") and s.endswith(at) for s in shown
            )
    scores = [arrow for arrow in graph.arrows if arrow.kind == "score"]
    assert sum(len(arrow.label) for arrow in scores) == len(circuit.kept)
    assert all(arrow.target == len(graph.boxes) - 1 for arrow in scores)


@given(drawn())
@settings(max_examples=60)
def test_ranks_go_strictly_up(found: tuple[Program, Circuit]) -> None:
    graph = circuit_graph(*found)
    assert {box.rank for box in graph.boxes} == set(range(len(graph.ranks)))
    for arrow in graph.arrows:
        assert graph.boxes[arrow.source].rank < graph.boxes[arrow.target].rank
    ends = [(a.source, a.target, a.kind) for a in graph.arrows]
    assert len(ends) == len(set(ends))
    place = Geometry(graph)
    for arrow in graph.arrows:
        assert place.rows[arrow.source] < place.rows[arrow.target]


@given(programs())
def test_a_variable_is_above_what_it_reads(program: Program) -> None:
    found = levels(program)
    for name, node in program.writers.items():
        assert found[name] > max(found[read] for read in inputs_of(node))
        if isinstance(node, LookupTable):
            assert found[name] % 2 == 1


def test_data_leaves_out_what_made_heads_look_there() -> None:
    assert {a.kind for a in circuit_graph(*sort_circuit()).arrows} == {
        *("attention", "query", "score")
    }
    data = circuit_graph(*sort_circuit(reach="data"))
    assert {a.kind for a in data.arrows} == {"attention", "score"}


def test_the_rule_of_a_head_is_on_an_edge() -> None:
    graph = circuit_graph(*sort_circuit())
    says = {graph.boxes[a.target].lines[0]: a.label for a in graph.arrows if a.label}
    assert says["num_attn_0_3 = 1"] == (
        *('token "3" looks for', 'token "0" or "1"', "sort.py:34"),
    )


def test_counted_keys_are_edges_and_ones_are_not() -> None:
    graph = circuit_graph(*wide())
    counted = [
        i for i, b in enumerate(graph.boxes) if b.lines[0] == "num_attn_0_0 = 20"
    ]
    assert len(counted) == 20
    for box in counted:
        into = [a for a in graph.arrows if a.target == box and a.kind == "attention"]
        assert len(into) == 20
        assert sum(bool(arrow.label) for arrow in into) == 1


def test_a_pooled_answer_has_no_position() -> None:
    scores = {("tokens", "b"): [0, 1]}
    classifier = Classifier.of("ny", scores, pooled=True)
    program = Program(Domain(("a", "b"), (1, 3)), (), classifier)
    graph = circuit_graph(program, slice_answer(program, ["a", "b"]))
    assert graph.boxes[-1].lines == ("answer y", "whole input")
    assert [a.label for a in graph.arrows] == [("token +1",)]


def test_where_nothing_is_needed_there_are_no_edges() -> None:
    program = Program(Domain(("a",), (1, 2)), (), Classifier.of("ny", {}))
    graph = circuit_graph(program, slice_answer(program, ["a"]))
    assert not graph.arrows
    assert [box.kind for box in graph.boxes] == ["unread", "answer"]
    assert circuit_svg(program, slice_answer(program, ["a"]))


@st.composite
def layered(
    draw: st.DrawFn,
) -> tuple[list[int], list[tuple[int, int, str]], list[float]]:
    """Ranks without a hole, edges that go up, widths."""
    ranks = [0, *draw(st.lists(st.integers(0, 4), max_size=20))]
    used = sorted(set(ranks))
    ranks = [used.index(rank) for rank in ranks]
    pairs = [
        (a, b)
        for a in range(len(ranks))
        for b in range(len(ranks))
        if ranks[a] < ranks[b]
    ]
    ends = draw(st.lists(st.sampled_from(pairs), max_size=40)) if pairs else []
    widths = draw(st.lists(st.floats(1, 300), min_size=len(ranks), max_size=len(ranks)))
    return ranks, [(a, b, "") for a, b in ends], widths


@given(layered())
def test_boxes_keep_their_distance(
    found: tuple[list[int], list[tuple[int, int, str]], list[float]],
) -> None:
    ranks, edges, widths = found
    graph = cut(ranks, edges)
    rows = ordered(graph)
    assert sorted(n for row in rows for n in row) == list(range(len(graph.ranks)))
    assert rows[0] == sorted(rows[0])
    at = placed(graph, rows, widths, 10)
    width = [*widths, *[0.0] * (len(graph.ranks) - len(ranks))]
    for row in rows:
        for left, right in pairwise(row):
            room = (width[left] + width[right]) / 2 + 10
            assert at[right] - at[left] >= room - 0.11
    for (source, target, _), way in zip(edges, graph.ways, strict=True):
        assert (way[0], way[-1]) == (source, target)
        assert [graph.ranks[n] for n in way] == list(
            range(ranks[source], ranks[target] + 1)
        )


def test_what_can_be_drawn_without_crossings_is() -> None:
    ranks = [0, 0, 0, 0, 1, 1, 1, 1]
    edges = [(0, 7, ""), (1, 6, ""), (2, 5, ""), (3, 4, "")]
    graph = cut(ranks, edges)
    rows = ordered(graph)
    assert rows == [[0, 1, 2, 3], [7, 6, 5, 4]]
    at = placed(graph, rows, [50.0] * 8, 10)
    assert [at[a] for a, _, _ in edges] == [at[b] for _, b, _ in edges]
