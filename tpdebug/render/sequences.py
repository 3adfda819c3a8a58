"""Sequences that belong together, letter above letter: an input and what is answered.

Short ones stand in a table, a row for each input. Where that is too wide, each input
gets a block of lines, in which letters that belong together stand in a column.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderableType
from rich.table import Table
from rich.text import Text

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

    def text(self, widths: Sequence[int] = (), start: int = 0) -> Text:
        """The letters in a line, those from `start` on padded to some widths."""
        text = Text()
        some = self.words[start : start + len(widths)] if widths else self.words
        for place, word in enumerate(some, start):
            text.append(" " if place > start else "")
            text.append(word, "bold red" if place in self.marked else "")
            if widths:
                text.append(" " * (widths[place - start] - cell_len(word)))
        text.rstrip()
        return text


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
        """Sequences below each other, in as many pieces as it takes."""
        label = max(map(len, self.headings)) + 2
        count = max(len(words.words) for words in row)
        widths = [
            max(cell_len(words.words[i]) for words in row if i < len(words.words))
            for i in range(count)
        ]
        start = 0
        while start < count:
            stop = start + 1
            while stop < count and _total(widths[start : stop + 1]) <= width - label:
                stop += 1
            for heading, words in zip(self.headings, row, strict=True):
                line = Text(f"{heading:<{label}}", "dim")
                line.append_text(words.text(widths[start:stop], start))
                line.rstrip()
                yield line
            start = stop


def _total(widths: Sequence[int]) -> int:
    return sum(widths) + len(widths) - 1
