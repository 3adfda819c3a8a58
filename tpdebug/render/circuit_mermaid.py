"""A circuit for Mermaid, which GitHub and many notebooks draw in a Markdown file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from tpdebug.findings import Circuit
from tpdebug.program import Program
from tpdebug.render.circuit_graph import circuit_graph
from tpdebug.render.graph import Graph

ARROWS = {
    "attention": "-->",
    "key": "-.->",
    "query": "-.->",
    "input": "-->",
    "score": "==>",
}
UNSAFE = re.compile(
    r"[^A-Za-z0-9 _=+,/-]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])|(?<![0-9])-|  +"
)
"""All but what Mermaid takes as it is: it reads entities, Markdown and brackets."""

MEANT = re.compile(r"(?<=\\)(?=n)|(?<=\$)(?=\$)|(?<=:)(?=fa-)")
"""Inside what it reads even when written as entities: new lines, formulas, icons."""
JOINER = "\u2060"

CLASSES = """\
  classDef unread stroke-dasharray:2 3
  classDef head fill:#ddf4ff,stroke:#0969da,color:#24292f
  classDef table fill:#fff1d6,stroke:#9a6700,color:#24292f
  classDef answer fill:#dafbe1,stroke:#1a7f37,color:#24292f"""
CLASS = {"count": "head", "embedding": "table", "input": ""}


def circuit_mermaid(program: Program, circuit: Circuit) -> str:
    """Write a circuit as a Mermaid flowchart, in ASCII characters."""
    return "\n".join(_lines(circuit_graph(program, circuit))) + "\n"


def _lines(graph: Graph) -> Iterator[str]:
    yield "flowchart BT"
    for number, box in enumerate(graph.boxes):
        yield f"  n{number}[{quoted(box.lines)}]"
    for arrow in graph.arrows:
        says = arrow.label or (("query",) if arrow.kind == "query" else ())
        label = f"|{quoted(says)}|" if says else ""
        yield f"  n{arrow.source} {ARROWS[arrow.kind]}{label} n{arrow.target}"
    yield CLASSES
    for number, box in enumerate(graph.boxes):
        name = CLASS.get(box.kind, box.kind)
        if name:
            yield f"  class n{number} {name}"


def quoted(lines: Iterable[str]) -> str:
    """Lines of text as one quoted string, with all that could mean more as entities.

    >>> print(quoted(['t_0 = "#"', "at 1"]))
    "t_0 = #34;#35;#34;<br>at 1"
    """
    return '"' + "<br>".join(map(_safe, lines)) + '"'


def _safe(line: str) -> str:
    return UNSAFE.sub(_entities, MEANT.sub(JOINER, line))


def _entities(found: re.Match[str]) -> str:
    return "".join(f"#{ord(c)};" for c in found[0])
