"""A circuit in the language of Graphviz, for `dot -Tpdf`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tpdebug.findings import Circuit
from tpdebug.program import Program
from tpdebug.render.circuit_graph import circuit_graph
from tpdebug.render.graph import Graph

NODES = {
    "unread": "style=dotted",
    "input": "style=rounded",
    "embedding": 'style=filled fillcolor="#fff1d6"',
    "head": 'style=filled fillcolor="#ddf4ff"',
    "count": 'style=filled fillcolor="#ddf4ff"',
    "table": 'style=filled fillcolor="#fff1d6"',
    "answer": 'style="rounded,filled" fillcolor="#dafbe1"',
}
EDGES = {
    "attention": 'color="#0969da"',
    "key": 'color="#0969da" style=dotted',
    "query": 'color="#8c959f" style=dashed',
    "input": 'color="#9a6700"',
    "score": 'color="#1a7f37" fontcolor="#1a7f37"',
}


def circuit_dot(program: Program, circuit: Circuit) -> str:
    """Write a circuit in the DOT language, in ASCII characters."""
    text = "\n".join(_lines(circuit_graph(program, circuit)))
    return text.encode("ascii", "xmlcharrefreplace").decode() + "\n"


def _lines(graph: Graph) -> Iterator[str]:
    yield "digraph circuit {"
    yield f"  tooltip={quoted([graph.title])}"
    yield '  rankdir=BT; node [shape=box fontname="monospace" fontsize=11]'
    yield '  edge [fontname="monospace" fontsize=9]'
    for rank, caption in enumerate(graph.ranks):
        yield f"  {{ rank=same // {caption}"
        boxes = [i for i, box in enumerate(graph.boxes) if box.rank == rank]
        for i in boxes:
            box = graph.boxes[i]
            tip = quoted(box.title.split("\n"))
            label = quoted(box.lines)
            yield f"    n{i} [label={label} tooltip={tip} {NODES[box.kind]}]"
        yield "  }"
        if rank == 0 and len(boxes) > 1:
            order = " -> ".join(f"n{i}" for i in boxes)
            yield f"  {order} [style=invis]"
    for arrow in graph.arrows:
        tip = quoted(arrow.title.split("\n"))
        label = f"label={quoted(arrow.label)} " if arrow.label else ""
        style = f"{label}tooltip={tip} {EDGES[arrow.kind]}"
        yield f"  n{arrow.source} -> n{arrow.target} [{style}]"
    yield "}"


def quoted(lines: Iterable[str]) -> str:
    r"""Lines of text as one quoted string; Graphviz reads entities and escapes in it.

    >>> print(quoted(['say "&"', r"a\n"]))
    "say \"&amp;\"\na\\n"
    """
    entities = (line.replace("&", "&amp;") for line in lines)
    safe = (line.replace("\\", "\\\\").replace('"', '\\"') for line in entities)
    return '"' + "\\n".join(safe) + '"'
