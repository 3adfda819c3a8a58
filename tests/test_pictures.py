"""Pictures of circuits: complete, in order, without overlap, safe with any name."""

from __future__ import annotations

import re
import runpy
from collections.abc import Iterator
from itertools import combinations
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from analyzers.circuits import slice_answer
from tests.drawing import ROOT, SORT, drawn, sort_circuit, wide
from tpdebug.cli import main
from tpdebug.domain import Domain
from tpdebug.findings import Circuit
from tpdebug.nodes import Classifier, LookupTable
from tpdebug.program import Program
from tpdebug.render.circuit_dot import circuit_dot
from tpdebug.render.circuit_dot import quoted as dot_quoted
from tpdebug.render.circuit_graph import circuit_graph
from tpdebug.render.circuit_mermaid import JOINER, circuit_mermaid
from tpdebug.render.circuit_mermaid import quoted as mermaid_quoted
from tpdebug.render.circuit_svg import circuit_svg
from tpdebug.render.geometry import CELL
from tpdebug.render.graph import Graph
from tpdebug.render.wording import printable

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = (
    *('"', "'", "<s>", "</svg>", "]]>", "<!--", "--", "&amp;", "&", "\\", "\\N", "\\n"),
    *("#quot;", "%%{init:{}}%%", "`x`", "end", ":::x", "__x__", "*x*", "]", "}", ");"),
    *("|", "x\ny", "\x00", "\ud800", "\u202e", "\ufffe", "style:#x;", "1. x", "$$x$$"),
    *("fa:fa-bell", "<br/>", "- x", "# x", "[a](b)", "~~x~~", "![a](b)", "http://a.b"),
    *("1) x", "> x", "+ x", "<b>x</b>", "&lt;b&gt;", "#9829;", "$$$$", "\\\\n", "a  b"),
)


# SVG.


def elements(svg: str, kind: str) -> Iterator[ElementTree.Element]:
    """The groups of a class."""
    for group in ElementTree.fromstring(svg).iter(f"{SVG}g"):
        if group.get("class", "").split()[0] == kind:
            yield group


def rectangles(svg: str) -> dict[str, tuple[float, float, float, float]]:
    """The left, upper, right and lower side of each box."""
    found = {}
    for group in elements(svg, "box"):
        rect = group.find(f"{SVG}rect")
        assert rect is not None
        x, y, w, h = (float(rect.attrib[k]) for k in ("x", "y", "width", "height"))
        found[group.attrib["id"]] = (x, y, x + w, y + h)
    return found


def texts(svg: str) -> Iterator[tuple[str, tuple[float, float, float, float]]]:
    """Texts of boxes, and the room that each needs."""
    for group in elements(svg, "box"):
        for text in group.findall(f"{SVG}text"):
            size = 12 if text.get("class") == "name" else 10
            width = cell_len(text.text or "") * size * CELL
            x, y = float(text.attrib["x"]), float(text.attrib["y"])
            left = x - width / 2 if text.get("text-anchor") else x
            yield group.attrib["id"], (left, y - size + 2, left + width, y)


def overlap(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    across = one[0] < other[2] and other[0] < one[2]
    return across and one[1] < other[3] and other[1] < one[3]


def check_svg(svg: str, graph: Graph) -> None:
    """Everything is there once, inside, and nothing covers anything."""
    assert svg.isascii()
    root = ElementTree.fromstring(svg)
    boxes = rectangles(svg)
    assert list(boxes) == [f"n{i}" for i in range(len(graph.boxes))]
    edges = [
        (
            int(g.attrib["data-from"]),
            int(g.attrib["data-to"]),
            g.attrib["class"].split()[1],
        )
        for g in elements(svg, "edge")
        if "data-from" in g.attrib
    ]
    assert edges == [(a.source, a.target, a.kind) for a in graph.arrows]
    right, lower = float(root.attrib["width"]), float(root.attrib["height"])
    rooms = list(texts(svg))
    for x, y, x2, y2 in [*boxes.values(), *(room for _, room in rooms)]:
        assert min(x, y) >= 0
        assert x2 <= right
        assert y2 <= lower
    for one, other in combinations(boxes.values(), 2):
        assert not overlap(one, other)
    for name, room in rooms:
        assert not any(overlap(room, box) for n, box in boxes.items() if n != name)
    for (_, one), (_, other) in combinations(rooms, 2):
        assert not overlap(one, other)
    for source, target, _ in edges:
        assert boxes[f"n{source}"][1] > boxes[f"n{target}"][3]
    titles = [group.findtext(f"{SVG}title") for group in elements(svg, "box")]
    assert titles == [box.title for box in graph.boxes]


@given(drawn())
@settings(max_examples=100)
def test_svg_shows_everything_and_covers_nothing(
    found: tuple[Program, Circuit],
) -> None:
    svg = circuit_svg(*found)
    check_svg(svg, circuit_graph(*found))
    assert svg == circuit_svg(*found)


def test_a_wide_circuit_stays_narrow() -> None:
    svg = circuit_svg(*wide())
    check_svg(svg, circuit_graph(*wide()))
    # In one row its 20 heads and the gaps between them need as much.
    assert float(ElementTree.fromstring(svg).attrib["width"]) < 20 * (140 + 22)


def test_svg_loads_and_runs_nothing() -> None:
    svg = circuit_svg(*sort_circuit())
    tags = {e.tag.removeprefix(SVG) for e in ElementTree.fromstring(svg).iter()}
    assert tags == {"svg", "style", "rect", "g", "title", "text", "path"}
    assert not re.search(r"url\(|@import|href|font-face", svg)
    assert "prefers-color-scheme: dark" in svg


# Names.


def hostile(name: str) -> tuple[Program, Circuit]:
    """A program in which a letter, a value of a table and a class have a bad name."""
    letter = "".join(name.split()) or "x"
    domain = Domain((letter, "other"), (1, 2))
    table = LookupTable.of("mlp_0_0", ["tokens"], {(letter,): name}, "rest")
    scores = {("mlp_0_0", name): [9, 0], ("mlp_0_0", "rest"): [0, 1]}
    program = Program(domain, (table,), Classifier.of([name, "no"], scores))
    return program, slice_answer(program, [letter])


@pytest.mark.parametrize("name", HOSTILE)
def test_svg_says_names_as_they_are(name: str) -> None:
    svg = circuit_svg(*hostile(name))
    says = [e.text for e in ElementTree.fromstring(svg).iter(f"{SVG}text")]
    assert f'mlp_0_0 = "{printable(name)}"' in says
    assert f"answer {printable(name)}" in says


def dot_strings(line: str) -> list[str]:
    """The quoted strings of a line of DOT, as Graphviz shows them."""
    found = re.findall(r'"((?:[^"\\]|\\.)*)"', line)
    return [
        re.sub(r"\\(.)", lambda m: "\n" if m[1] == "n" else m[1], text).replace(
            "&amp;", "&"
        )
        for text in found
    ]


@given(st.lists(st.text() | st.sampled_from(HOSTILE), min_size=1, max_size=3))
def test_dot_says_names_as_they_are(names: list[str]) -> None:
    lines = [printable(name) for name in names]
    assert dot_strings(dot_quoted(lines)) == ["\n".join(lines)]


@given(st.lists(st.text() | st.sampled_from(HOSTILE), min_size=1, max_size=3))
def test_mermaid_says_names_as_they_are(names: list[str]) -> None:
    lines = [printable(name) for name in names]
    text = mermaid_quoted(lines)
    assert re.fullmatch(r'"(<br>|#\d+;|[A-Za-z0-9 _=+,/-])*"', text)
    shown = re.sub(
        r"#(\d+);", lambda m: chr(int(m[1])), text[1:-1].replace("<br>", "\n")
    )
    assert shown.replace(JOINER, "") == "\n".join(lines).replace(JOINER, "")
    # What Mermaid reads after it has read the entities.
    assert not re.search(r"\\n|\$\$|:fa-", shown)


QUOTED = r'"(?:[^"\\]|\\.)*"'
DOT_LINE = re.compile(
    rf"digraph circuit \{{|\}}|  tooltip={QUOTED}|  rankdir=.*|  edge \[.*\]"
    r"|  \{ rank=same // \w+|  \}|  n\d+( -> n\d+)+ \[style=invis\]"
    rf"|    n\d+ \[label={QUOTED} tooltip={QUOTED}( \w+=(\w+|{QUOTED}))+\]"
    rf"|  n\d+ -> n\d+ \[(label={QUOTED} )?tooltip={QUOTED}( \w+=(\w+|{QUOTED}))+\]"
)
MERMAID_LINE = re.compile(
    r"flowchart BT|  classDef \w+ [-\w:#, ]+|  class n\d+ \w+"
    r'|  n\d+\["(<br>|#\d+;|[A-Za-z0-9 _=+,/-])*"\]'
    r'|  n\d+ [-.=>]+(\|"(<br>|#\d+;|[A-Za-z0-9 _=+,/-])*"\|)? n\d+'
)


@given(drawn())
@settings(max_examples=60)
def test_dot_and_mermaid_are_well_formed(found: tuple[Program, Circuit]) -> None:
    graph = circuit_graph(*found)
    dot, mermaid = circuit_dot(*found), circuit_mermaid(*found)
    for text, line in ((dot, DOT_LINE), (mermaid, MERMAID_LINE)):
        assert text.isascii()
        for each in text.splitlines():
            assert line.fullmatch(each), each
    assert len(re.findall(r"^    n\d+ \[", dot, re.M)) == len(graph.boxes)
    assert len(re.findall(r"^  n\d+ -> n\d+ \[.*tooltip", dot, re.M)) == len(
        graph.arrows
    )
    assert len(re.findall(r"^  n\d+\[", mermaid, re.M)) == len(graph.boxes)
    assert len(re.findall(r"^  n\d+ [-.=]+>", mermaid, re.M)) == len(graph.arrows)
    assert (dot, mermaid) == (circuit_dot(*found), circuit_mermaid(*found))


# The command.


@pytest.mark.parametrize(
    ("form", "start"),
    [("svg", "<svg "), ("dot", "digraph circuit {\n"), ("mermaid", "flowchart BT\n")],
)
def test_the_command_prints_pictures(form: str, start: str) -> None:
    options = ["slice", str(SORT), "--input", "3 1 4 2", "--format", form]
    result = CliRunner().invoke(main, options)
    assert result.exit_code == 0
    assert result.stdout.startswith(start)
    of_class = CliRunner().invoke(
        main, ["slice", str(SORT), "--output", "4", "--format", form]
    )
    assert of_class.stdout.startswith(start)
    for more, says in (
        (["--position", "1"], "belongs to --input"),
        (["--why-not", "any"], "does not show --why-not"),
    ):
        options = ["slice", str(SORT), "--format", form, *more]
        if more[0] != "--position":
            options += ["--input", "3 1 4 2"]
        result = CliRunner().invoke(main, options)
        assert result.exit_code == 2
        assert says in result.stderr
        assert len(result.stderr.splitlines()) == 1


def test_the_picture_in_the_documentation_is_up_to_date() -> None:
    """Run `python docs/circuit_picture.py` if it is not."""
    picture = runpy.run_path(str(ROOT / "docs" / "circuit_picture.py"))["picture"]
    assert (ROOT / "docs" / "circuit.svg").read_text(encoding="utf-8") == picture()
