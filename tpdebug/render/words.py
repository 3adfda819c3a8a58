"""Letters, answers and inputs in a terminal: what is blank is seen, long ones are cut.

JSON and files hold all letters.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, zip_longest

from rich.cells import cell_len
from rich.console import Console

from tpdebug.render.wording import printable

GAP = "..."
MOST_LINES = 2
MOST_MARKED = 3
"""So many marked letters are looked for when a long input is cut."""


def terminal_width() -> int:
    """How many columns there are."""
    return Console().width


def show_word(word: str) -> str:
    r"""A letter or an answer; one that could not be seen stands in quotes.

    >>> show_word("a"), show_word(""), show_word("  "), show_word("\u200b")
    ('a', '""', '"  "', '\\u200b')
    """
    return printable(word) if word.strip() else f'"{printable(word)}"'


def show_input(letters: Sequence[str], cells: int | None = None) -> str:
    """An input in a sentence, in quotes; of a long one the first letters and the last.

    Args:
        letters: the input.
        cells: how much room there is; default: two lines.

    >>> show_input(["a", "b"])
    '"a b"'
    """
    shown = cut(letters, cells or MOST_LINES * terminal_width() - 2)
    many = "" if len(shown) == len(letters) else f" ({len(letters)} letters)"
    return f'"{" ".join(shown)}"{many}'


def show_letters(letters: Sequence[str], cells: int) -> str:
    """An input in a table, of so many cells; how many letters there are, if it is cut.

    >>> show_letters("abcdefghijklmnopqrstuvwxyz", 34)
    'a b c d e ... w x y z (26 letters)'
    """
    shown = cut(letters, cells)
    if len(shown) == len(letters):
        return " ".join(shown)
    many = f" ({len(letters)} letters)"
    return " ".join(cut(letters, cells - len(many))) + many


def cut(letters: Sequence[str], cells: int) -> list[str]:
    """The words of an input; in a long one some of them are a gap.

    >>> cut("abcdefgh", 11)
    ['a', 'b', '...', 'g', 'h']
    """
    words = [show_word(letter) for letter in letters]
    return [
        GAP if place is None else words[place]
        for place in kept([cell_len(word) for word in words], cells)
    ]


def kept(
    widths: Sequence[int], cells: int, marked: Sequence[int] = ()
) -> list[int | None]:
    """Which of many words to show: the first, the last, and some around those marked.

    Args:
        widths: how wide each word is.
        cells: how much room there is, with a blank between two.
        marked: places that matter most.

    Returns:
        The places in order; None stands for those that are left out.

    >>> kept([1] * 9, 17), kept([1] * 9, 11)
    ([0, 1, 2, 3, 4, 5, 6, 7, 8], [0, 1, None, 7, 8])
    >>> kept([1] * 99, 20, marked=[50])
    [0, 1, None, 50, 51, None, 97, 98]
    """
    if sum(widths) + len(widths) - 1 <= cells:
        return list(range(len(widths)))
    count = len(widths)
    ways = [
        *(_around(place, count) for place in marked[:MOST_MARKED]),
        iter(range(count)),
        iter(reversed(range(count))),
    ]
    room = cells + 1 - (len(ways) - 1) * (len(GAP) + 1)
    taken: set[int] = set()
    for place in chain.from_iterable(zip_longest(*ways)):
        if place is None or place in taken:
            continue
        room -= widths[place] + 1
        if room < 0 and taken:
            break
        taken.add(place)
    found: list[int | None] = []
    for place in sorted(taken):
        before = found[-1] if found else -1
        if before is not None and place > before + 1:
            found.append(None)
        found.append(place)
    return found if max(taken) == count - 1 else [*found, None]


def padded(word: str, width: int) -> str:
    """A word, and blanks up to so many cells."""
    return word + " " * (width - cell_len(word))


def _around(place: int, count: int) -> Iterator[int]:
    """The places nearest to one, nearest first."""
    yield place
    for away in range(1, count):
        yield from (p for p in (place + away, place - away) if 0 <= p < count)
