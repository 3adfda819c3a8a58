"""Text in pictures: printable, of a known width, and short enough to stand there."""

from __future__ import annotations

from textwrap import wrap

from rich.cells import cell_len, chop_cells

MOST_CELLS = 26
MOST_LINES = 2
ELLIPSIS = "…"


def printable(text: str) -> str:
    r"""A text in which all that cannot be seen, or moves others, is written out.

    >>> printable("a\nb\u202e\ud800é")
    'a\\nb\\u202e\\ud800é'
    """
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def shorten(text: str, cells: int = MOST_CELLS) -> str:
    """A text that takes up no more cells; an ellipsis says that some is left out.

    >>> shorten("attn_0_0 = 3", 9), shorten("日本", 3)
    ('attn_0_0…', '日…')
    """
    if cell_len(text) <= cells:
        return text
    return chop_cells(text, cells - 1)[0] + ELLIPSIS


def lines(text: str, cells: int = MOST_CELLS, most: int = MOST_LINES) -> list[str]:
    """A text broken between words into few lines, each of them short, all about alike.

    >>> lines('attn_0_0 = "3" looks for token "1"')
    ['attn_0_0 = "3"', 'looks for token "1"']
    """
    found = _broken(text, cells)
    least = next(c for c in range(1, cells + 1) if len(_broken(text, c)) <= len(found))
    found = _broken(text, least)
    kept = [*found[: most - 1], " ".join(found[most - 1 :])]
    return [shorten(line, cells) for line in kept if line]


def _broken(text: str, cells: int) -> list[str]:
    return wrap(text, cells, break_long_words=False, break_on_hyphens=False)
