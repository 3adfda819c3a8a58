"""Values in the sentences of findings."""

from __future__ import annotations

import json
from collections.abc import Sequence

from tpdebug.nodes import Key, Value

MOST = 8


def show_value(value: Value | None) -> str:
    """A value as the file has it: a string in quotes.

    >>> show_value("3"), show_value(3)
    ('"3"', '3')
    """
    return json.dumps(value, ensure_ascii=False)


def shown(keys: Sequence[Key], most: int = MOST) -> str:
    """Values, or combinations of them, the first few.

    >>> shown([("a",), ("b",)]), shown([(0, "a")])
    ('"a", "b"', '(0, "a")')
    """
    parts = []
    for key in keys[:most]:
        inside = ", ".join(map(show_value, key))
        parts.append(inside if len(key) == 1 else f"({inside})")
    more = len(keys) - most
    return ", ".join(parts) + (f" and {more:,} more" if more > 0 else "")
