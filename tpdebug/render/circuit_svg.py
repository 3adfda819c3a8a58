"""A circuit as an SVG picture: no scripts, no fonts to load, light and dark."""

from __future__ import annotations

from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

from tpdebug.findings import Circuit
from tpdebug.program import Program
from tpdebug.render.circuit_graph import circuit_graph
from tpdebug.render.geometry import (
    CAPTION,
    LARGE,
    LINE,
    MARGIN,
    PAD,
    SMALL,
    STUB,
    Geometry,
    Spot,
    width_of,
)
from tpdebug.render.graph import EDGE_KINDS, Box, Graph

SAMPLE = 26
"""How long the lines of the legend are."""

FORMS = """
.circuit text { font: 10px Menlo, Consolas, "DejaVu Sans Mono", monospace }
.circuit .name { font-size: 12px } .circuit .answer .name { font-weight: 700 }
.circuit .unread rect { stroke-dasharray: 2 3 }
.circuit .answer rect { stroke-width: 2 }
.circuit .edge path, .circuit .trunk { fill: none }
.circuit .attention path, .circuit .trunk { stroke-width: 1.6 }
.circuit .key path { stroke-dasharray: 1.5 3 }
.circuit .query path { stroke-dasharray: 5 3 }
.circuit .edge:hover path { stroke-width: 3 } .circuit .edge .tip { stroke: none }
"""
GREY, BLUE = ("#8c959f", "#6e7681"), ("#0969da", "#58a6ff")
BROWN, GREEN = ("#9a6700", "#d29922"), ("#1a7f37", "#3fb950")
COLOURS = (
    ("text, .tip", "fill", ("#24292f", "#e6edf3")),
    (".dim, .unread text", "fill", ("#6e7781", "#8d96a0")),
    (".page", "fill", ("#ffffff", "#0d1117")),
    (".box rect", "fill", ("#f6f8fa", "#161b22")),
    (".head rect, .count rect", "fill", ("#ddf4ff", "#0c2d4a")),
    (".table rect, .embedding rect", "fill", ("#fff1d6", "#3a2a06")),
    (".answer rect", "fill", ("#dafbe1", "#0f3319")),
    (".box rect, .edge path", "stroke", GREY),
    (".head rect, .count rect", "stroke", BLUE),
    (".attention path, .key path, .trunk", "stroke", BLUE),
    (".table rect, .embedding rect, .input path", "stroke", BROWN),
    (".answer rect, .score path", "stroke", GREEN),
    (".query .tip", "fill", GREY),
    (".attention .tip, .key .tip, .head .tip, .count .tip", "fill", BLUE),
    (".input .tip", "fill", BROWN),
    (".score .tip, .adds", "fill", GREEN),
)
"""Selectors, a property, and its value where the page is light and where it is dark."""


def _style() -> str:
    """All rules, for this picture only: it may stand in a page with others."""
    light, dark = (
        "\n".join(
            f".circuit {selectors.replace(', ', ', .circuit ')} "
            f"{{ {name}: {values[which]} }}"
            for selectors, name, values in COLOURS
        )
        for which in (0, 1)
    )
    return f"{FORMS}{light}\n@media (prefers-color-scheme: dark) {{\n{dark}\n}}\n"


def circuit_svg(program: Program, circuit: Circuit) -> str:
    """Draw a circuit as SVG, in ASCII characters.

    Boxes are the answer, values at positions and the input; edges go up, from what was
    read to what read it. Whoever points at one reads the rule in full.
    """
    text = "\n".join(_picture(circuit_graph(program, circuit)))
    return text.encode("ascii", "xmlcharrefreplace").decode() + "\n"


def _picture(graph: Graph) -> Iterator[str]:
    place = Geometry(graph)
    legend, right, lower = _legend(graph, place.lower + 2 * LINE, place.right)
    width, height = round(right + MARGIN), round(lower + MARGIN)
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="circuit" '
        f'width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" role="img" '
        f"aria-label={quoteattr(graph.title)}>"
    )
    yield f"<style>{_style()}</style>"
    yield f'<rect class="page" width="{width}" height="{height}"/>'
    for (_, y, _), caption in zip(place.bands, place.captions, strict=True):
        yield _text(MARGIN, y + LINE, caption, "dim")
    for number, arrow in enumerate(graph.arrows):
        path = f'<path d="{place.path(number)}"/>'
        spot = place.spots[arrow.target]
        through = arrow.kind in ("attention", "key") and spot.rule
        tip = "" if through else _tip(*place.port(arrow))
        yield (
            f'<g class="edge {arrow.kind}" data-from="{arrow.source}" '
            f'data-to="{arrow.target}"><title>{escape(arrow.title)}</title>'
            f"{path}{tip}</g>"
        )
    for number, (box, spot) in enumerate(zip(graph.boxes, place.spots, strict=True)):
        yield from _box(number, box, spot)
    yield from legend
    yield "</svg>"


def _box(number: int, box: Box, spot: Spot) -> Iterator[str]:
    """A box, what stands in it, above it and below it."""
    yield f'<g class="box {box.kind}" id="n{number}"><title>{escape(box.title)}</title>'
    corner = 10 if box.kind in ("input", "unread", "answer") else 3
    yield (
        f'<rect x="{spot.x:.1f}" y="{spot.y:.1f}" width="{spot.width:.1f}" '
        f'height="{spot.height:.1f}" rx="{corner}"/>'
    )
    first, *others = box.lines
    y = spot.y + PAD / 2 + LARGE
    yield _text(spot.middle, y, first, "name", middle=True)
    for line in others:
        y += LINE
        yield _text(spot.middle, y, line, "dim", middle=True)
    y = spot.bottom + STUB
    if spot.rule:
        stub = f"M{spot.trunk:.1f} {y + 2:.1f} V{spot.bottom:.1f}"
        yield f'<path class="trunk" d="{stub}"/>{_tip(spot.trunk, spot.bottom)}'
    for line in spot.rule:
        y += LINE
        yield _text(spot.trunk, y - 1, line, "rule", middle=True)
    y = spot.y - 5 - LINE * (len(spot.adds) - 1)
    for line in spot.adds:
        yield _text(spot.middle + 5, y, line, "adds")
        y += LINE
    yield "</g>"


def _text(x: float, y: float, text: str, style: str, *, middle: bool = False) -> str:
    anchor = ' text-anchor="middle"' if middle else ""
    return (
        f'<text class="{style}" x="{x:.1f}" y="{y:.1f}"{anchor}'
        f' xml:space="preserve">{escape(text)}</text>'
    )


def _tip(x: float, y: float) -> str:
    """The head of an arrow that points up."""
    return f'<path class="tip" d="M{x:.1f} {y:.1f} l-3.5 7 h7 z"/>'


def _legend(graph: Graph, top: float, right: float) -> tuple[list[str], float, float]:
    """What the edges mean; also how far to the right and down it goes."""
    used = {arrow.kind for arrow in graph.arrows}
    x, y, parts = float(MARGIN), top, list[str]()
    right = max(right, CAPTION + MARGIN + 300.0)
    for kind, says in EDGE_KINDS.items():
        if kind not in used:
            continue
        room = SAMPLE + 6 + width_of([says], SMALL) + 18
        if x > MARGIN and x + room > right:
            x, y = float(MARGIN), y + LINE + 2
        parts.append(
            f'<g class="edge {kind}"><path d="M{x:.1f} {y - 3:.1f} h{SAMPLE}"/></g>'
        )
        parts.append(_text(x + SAMPLE + 6, y, says, "dim"))
        x += room
    return parts, right, y
