"""Line breaking, in the places where a formatter (ruff, black) breaks lines too.

Programs are written formatted: 88 columns, one item a line with a trailing comma where
a collection does not fit, call arguments on one indented line where they do.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tpdebug.write.conditions import Condition, Decision
from tpdebug.write.literals import width

WIDTH = 88


def fits(line: str) -> bool:
    """Whether a line is short enough."""
    return width(line) <= WIDTH


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
    if fits(line):
        return [line]
    indent = _indent(prefix)
    inner = indent + "    "
    together = inner + ", ".join(map(str, call.arguments))
    if fits(together):
        body = [together]
    else:
        body = []
        for argument in call.arguments:
            if isinstance(argument, Call):
                body += call_lines(inner, argument, ",")
            else:
                body.append(f"{inner}{argument},")
    return [f"{prefix}{call.function}(", *body, f"{indent}){suffix}"]


def collection_lines(
    prefix: str, items: Sequence[str], brackets: str, suffix: str = ""
) -> list[str]:
    """Lay out `prefix (items) suffix`: on one line, or one item a line.

    >>> collection_lines("A = ", ['"a"'], "()")
    ['A = ("a",)']
    """
    comma = "," if len(items) == 1 and brackets == "()" else ""
    line = f"{prefix}{brackets[0]}{', '.join(items)}{comma}{brackets[1]}{suffix}"
    if fits(line):
        return [line]
    indent = _indent(prefix)
    body = [f"{indent}    {item}," for item in items]
    return [f"{prefix}{brackets[0]}", *body, f"{indent}{brackets[1]}{suffix}"]


def decision_lines(indent: str, decision: Decision) -> list[str]:
    """Lay out `if all conditions: return result`.

    Conditions that do not fit side by side stand below each other; where one does not
    fit by itself, the `if`s are nested, which says the same.
    """
    conditions = decision.when
    if not conditions:
        return condition_lines(f"{indent}return ", decision.result)
    alone = len(conditions) == 1
    texts = [f"({c.text})" if c.joined and not alone else c.text for c in conditions]
    line = f"{indent}if {' and '.join(texts)}:"
    inner = indent + "    "
    body = condition_lines(f"{inner}return ", decision.result)
    if fits(line):
        return [line, *body]
    below = [inner + texts[0], *(f"{inner}and {text}" for text in texts[1:])]
    if not alone and all(map(fits, below)):
        return [f"{indent}if (", *below, f"{indent}):", *body]
    rest = Decision(conditions[1:], decision.result)
    start = condition_lines(f"{indent}if ", conditions[0], ":")
    return [*start, *decision_lines(inner, rest)]


def condition_lines(prefix: str, condition: Condition, suffix: str = "") -> list[str]:
    """Lay out `prefix condition suffix`, broken inside its set if it is too long."""
    line = f"{prefix}{condition.text}{suffix}"
    if fits(line) or not condition.items:
        return [line]
    return collection_lines(prefix + condition.start, condition.items, "{}", suffix)


def aligned_lines(
    start: str, cells: Sequence[str], widths: Sequence[int], end: str, between: str
) -> Iterator[str]:
    """Right-align cells under each other, going on below where a line is full.

    >>> list(aligned_lines("a: (", ["1", "22"], [2, 3], "),", ","))
    ['a: ( 1,  22),']
    """
    line = start
    for i, (cell, columns) in enumerate(zip(cells, widths, strict=True)):
        piece = " " * (columns - width(cell)) + cell
        piece += between + " " if i < len(cells) - 1 else end
        if not fits((line + piece).rstrip()) and line.strip():
            yield line.rstrip()
            comment = "#" if start.lstrip().startswith("#") else " "
            line = f"    {comment}".ljust(width(start))
        line += piece
    yield line.rstrip()


def _indent(prefix: str) -> str:
    return " " * (len(prefix) - len(prefix.lstrip(" ")))
