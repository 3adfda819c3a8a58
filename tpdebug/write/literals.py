"""Values and text as a formatter leaves them."""

from __future__ import annotations

import unicodedata

from tpdebug.nodes import Value


def literal(value: Value) -> str:
    """Write a value: strings in double quotes, unless single ones need fewer escapes.

    >>> print(literal("a"), literal('"'), literal(3))
    "a" '"' 3
    """
    if isinstance(value, int):
        return repr(value)
    quote = "'" if value.count('"') > value.count("'") else '"'
    body = "".join(f"\\{c}" if c == quote else escape(c) for c in value)
    return f"{quote}{body}{quote}"


def escape(character: str) -> str:
    """A character inside quotes; quotes themselves are left alone."""
    return character if character in "'\"" else repr(character)[1:-1]


def width(text: str) -> int:
    """How many columns a text takes: wide letters two, combining ones none."""
    if text.isascii():
        return len(text)
    wide = sum(unicodedata.east_asian_width(c) in "WF" for c in text)
    return len(text) + wide - sum(map(bool, map(unicodedata.combining, text)))
