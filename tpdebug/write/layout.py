"""Line breaking, in the places where a formatter (ruff, black) breaks lines too.

Programs are written formatted: 88 columns, one item a line with a trailing comma where
a collection does not fit, call arguments on one indented line where they do.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

WIDTH = 88


@dataclass(frozen=True, slots=True)
class Call:
    """A function call whose arguments may have to be broken over lines."""

    function: str
    arguments: tuple[str | Call, ...]

    def __str__(self) -> str:
        return f"{self.function}({', '.join(map(str, self.arguments))})"


def call_lines(prefix: str, call: Call, suffix: str = "") -> list[str]:
    """Lay out `prefix call suffix`; the prefix carries the indentation.

    >>> call_lines("x = ", Call("f", ("a", "b")))
    ['x = f(a, b)']
    """
    line = f"{prefix}{call}{suffix}"
    if len(line) <= WIDTH:
        return [line]
    indent = " " * (len(prefix) - len(prefix.lstrip()))
    inner = indent + "    "
    together = inner + ", ".join(map(str, call.arguments))
    if len(together) <= WIDTH:
        body = [together]
    else:
        body = []
        for argument in call.arguments:
            if isinstance(argument, Call):
                body += call_lines(inner, argument, ",")
            else:
                body.append(f"{inner}{argument},")
    return [f"{prefix}{call.function}(", *body, f"{indent}){suffix}"]


def collection_lines(prefix: str, items: Sequence[str], brackets: str) -> list[str]:
    """Lay out `prefix (items)` with any brackets: on one line, or one item a line.

    >>> collection_lines("A = ", ['"a"'], "()")
    ['A = ("a",)']
    """
    comma = "," if len(items) == 1 and brackets == "()" else ""
    line = f"{prefix}{brackets[0]}{', '.join(items)}{comma}{brackets[1]}"
    if len(line) <= WIDTH:
        return [line]
    indent = " " * (len(prefix) - len(prefix.lstrip()))
    body = [f"{indent}    {item}," for item in items]
    return [f"{prefix}{brackets[0]}", *body, f"{indent}{brackets[1]}"]


def condition_lines(prefix: str, text: str, suffix: str = "") -> list[str]:
    """Lay out `prefix condition suffix`, breaking at `and`, `or`, or a set.

    >>> condition_lines("    if ", "x == 3", ":")
    ['    if x == 3:']
    """
    line = f"{prefix}{text}{suffix}"
    if len(line) <= WIDTH:
        return [line]
    indent = " " * (len(prefix) - len(prefix.lstrip()))
    operator = "and" if " and " in text else "or"
    parts = text.split(f" {operator} ")
    if len(parts) == 1:
        head, inside = text.rstrip("}").split("{")
        lines = collection_lines(prefix + head, inside.split(", "), "{}")
        return [*lines[:-1], lines[-1] + suffix]
    inner = indent + "    "
    body = [inner + parts[0], *(f"{inner}{operator} {part}" for part in parts[1:])]
    return [f"{prefix}(", *body, f"{indent}){suffix}"]


def aligned_lines(
    start: str, cells: Sequence[str], widths: Sequence[int], end: str, between: str
) -> Iterator[str]:
    """Right-align cells under each other, going on below where a line is full.

    >>> list(aligned_lines("a: (", ["1", "22"], [2, 3], "),", ","))
    ['a: ( 1,  22),']
    """
    line = start
    for i, (cell, width) in enumerate(zip(cells, widths, strict=True)):
        piece = f"{cell:>{width}}" + (between + " " if i < len(cells) - 1 else end)
        if len(line) + len(piece.rstrip()) > WIDTH and line.strip():
            yield line.rstrip()
            comment = "#" if start.lstrip().startswith("#") else " "
            line = f"    {comment}".ljust(len(start))
        line += piece
    yield line.rstrip()
