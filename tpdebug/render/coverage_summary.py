"""Coverage of several programs as plain lines: what pytest prints after the tests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from tpdebug.findings import Coverage, Share, percent


def coverage_table(found: Mapping[str, Coverage], width: int) -> Iterator[str]:
    """One row for each program, and one for all.

    Args:
        found: what was exercised, by the name of each program.
        width: how many columns there are.
    """
    headings = (
        "Program",
        "Rules",
        "Never",
        "Missing",
        "Cover",
        "Tests",
        "Missing: line",
    )
    rows = [
        (
            name,
            f"{one.rules.total:,}",
            f"{one.rules.unreachable:,}" if one.reach.kind == "proved" else "?",
            f"{one.rules.missing:,}",
            percent(one.rules.share),
            f"{len(one.contexts):,}",
            ", ".join(_by_line(one)),
        )
        for name, one in found.items()
    ]
    total = sum((one.rules for one in found.values()), Share(0, 0, 0))
    tests = {context.name for one in found.values() for context in one.contexts}
    counts = (total.total, total.unreachable, total.missing)
    last = (*(f"{n:,}" for n in counts), percent(total.share), f"{len(tests):,}", "")
    table = [*rows, ("TOTAL", *last)]
    sizes = [max(map(len, column)) for column in zip(headings, *table, strict=True)]
    sizes[-1] = max(10, width - 1 - sum(sizes[:-1]) - 2 * (len(sizes) - 1))
    rule = "-" * min(width - 1, sum(sizes) + 2 * (len(sizes) - 1))
    yield _row(headings, sizes)
    yield rule
    yield from (_row(row, sizes) for row in rows)
    if len(rows) > 1:
        yield rule
        yield _row(table[-1], sizes)
    sampled = [name for name, one in found.items() if one.reach.kind != "proved"]
    if sampled:
        yield f"?: too many inputs to look at all of them ({', '.join(sampled)})."


def _row(row: Sequence[str], sizes: Sequence[int]) -> str:
    """The name and the list are left, the numbers right; what is too long is cut."""
    cells = zip(row[1:-1], sizes[1:-1], strict=True)
    numbers = "  ".join(f"{cell:>{size}}" for cell, size in cells)
    text = row[-1]
    if len(text) > sizes[-1]:
        text = text[: sizes[-1] - 3] + "..."
    return f"{row[0]:<{sizes[0]}}  {numbers}  {text}".rstrip()


def _by_line(found: Coverage) -> Iterator[str]:
    """The lines with missing rules, and how many if it is not one: `12 (3)`."""
    uses = sorted(found.with_status("missing"), key=lambda use: use.line or 0)
    for line, group in groupby(uses, key=lambda use: use.line):
        many = len(list(group))
        yield f"{line or '-'}" + (f" ({many})" if many > 1 else "")
