"""Sequences that belong together, letter above letter: an input and what is answered.

Short ones stand in a table, a row for each input. Where that is too wide, each input
gets a block of lines, in which letters that belong together stand in a column. Of what
would take more than a few lines the middle is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderableType
from rich.table import Table
from rich.text import Text

from tpdebug.render.words import GAP as LEFT_OUT
from tpdebug.render.words import MOST_LINES, kept, padded, show_word

GAP = 3


@dataclass(frozen=True, slots=True)
class Words:
    """A sequence of letters, some of them marked.

    Attributes:
        words: the letters.
        marked: the places of those that are marked, counted from 0.
    """

    words: Sequence[str]
    marked: Sequence[int] = ()

    def text(self) -> Text:
        """The letters in a line."""
        return self.columns(range(len(self.words)), [0] * len(self.words))

    def columns(self, places: Sequence[int | None], widths: Sequence[int]) -> Text:
        """Some letters in a line, each as wide as its column; None is a gap."""
        text = Text()
        for place in places:
            shown, style = LEFT_OUT, "dim"
            if place is not None:
                shown = show_word(self.words[place]) if place < len(self) else ""
                style = "bold red" if place in self.marked else ""
            width = len(LEFT_OUT) if place is None else widths[place]
            text.append(padded(shown, width), style).append(" ")
        text.rstrip()
        return text

    def __len__(self) -> int:
        """How many letters there are."""
        return len(self.words)


@dataclass(frozen=True)
class Sequences:
    """Several inputs, each with the sequences that belong to it.

    Attributes:
        headings: what the sequences are.
        rows: for each input one sequence a heading.
        stacked: whether each input gets a block, however short they are.
    """

    headings: Sequence[str]
    rows: Sequence[Sequence[Words]]
    stacked: bool = False

    def __rich_console__(
        self, console: Console, options: ConsoleOptions
    ) -> Iterator[RenderableType]:
        columns = zip(self.headings, *self._lengths(), strict=True)
        width = sum(max(column[1:], default=0) + GAP for column in columns)
        if not self.stacked and width - GAP <= options.max_width:
            yield self._table()
            return
        for number, row in enumerate(self.rows):
            if number:
                yield ""
            yield from self._block(row, options.max_width)

    def _lengths(self) -> Iterator[list[int]]:
        yield [len(heading) for heading in self.headings]
        for row in self.rows:
            yield [words.text().cell_len for words in row]

    def _table(self) -> Table:
        table = Table(box=None, pad_edge=False, padding=(0, GAP, 0, 0))
        for heading in self.headings:
            table.add_column(heading, no_wrap=True)
        for row in self.rows:
            table.add_row(*(words.text() for words in row))
        return table

    def _block(self, row: Sequence[Words], width: int) -> Iterator[Text]:
        """Sequences below each other, in a few pieces."""
        label = max(map(len, self.headings)) + 2
        count = max(map(len, row))
        widths = [
            max(cell_len(show_word(words.words[i])) for words in row if i < len(words))
            for i in range(count)
        ]
        marked = sorted({place for words in row for place in words.marked})
        room = MOST_LINES * (width - label)
        lost = max([len(LEFT_OUT), *widths])  # where a line ends
        shown = kept(widths, room - lost, marked)
        for piece in pieces(shown, widths, width - label):
            for heading, words in zip(self.headings, row, strict=True):
                line = Text(f"{heading:<{label}}", "dim")
                line.append_text(words.columns(piece, widths))
                line.rstrip()
                yield line
        if None in shown:
            yield Text(f"{'':<{label}}({count} letters)", "dim")


def pieces(
    places: Sequence[int | None], widths: Sequence[int], room: int
) -> Iterator[Sequence[int | None]]:
    """Columns in lines of so many cells.

    Args:
        places: of the columns, as `kept` gives them.
        widths: how wide the column at each place is.
        room: how wide a line may be.

    >>> list(pieces([0, 1, 2, None, 9], [1] * 10, 7))
    [[0, 1, 2], [None, 9]]
    """
    line: list[int | None] = []
    used = -1
    for place in places:
        size = 1 + (len(LEFT_OUT) if place is None else widths[place])
        if line and used + size > room:
            yield line
            line, used = [], -1
        line.append(place)
        used += size
    if line:
        yield line
