"""Blocks of a page that scripts write: what stands between two marks, in comments."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass(frozen=True)
class Block:
    """A place on a page.

    Attributes:
        page: the file, from the root of the project.
        start: the mark before it, which is there once.
        end: the mark after it.
    """

    page: str
    start: str
    end: str = "<!-- end of figures -->"

    @property
    def path(self) -> Path:
        """The file."""
        return ROOT / self.page

    def lines(self) -> list[str]:
        """What stands there."""
        _, said, _ = self._parts()
        return said.splitlines()[1:]

    def around(self, lines: Iterable[str]) -> str:
        """Lines with the marks before and after them."""
        return "\n".join([self.start, *lines, self.end])

    def put(self, lines: Iterable[str]) -> None:
        """Put lines in place of what stands there; all else stays as it is."""
        before, _, after = self._parts()
        self.path.write_text(before + self.around(lines) + after, encoding="utf-8")

    def _parts(self) -> tuple[str, str, str]:
        """The text up to the mark before, between the marks, and from the second on.

        Raises:
            ValueError: a mark is missing, or the first one is there twice.
        """
        before, rest = self.path.read_text(encoding="utf-8").split(self.start)
        said, after = rest.split(self.end, 1)
        return before, said, after
