"""Unified diffs: made, read, applied and taken back, exactly or not at all.

A patch is applied only where every line that it names stands as it says. `patch -p1`
and `git apply` understand the same files.
"""

from __future__ import annotations

import difflib
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tpdebug.errors import UserError

NO_END = "\\ No newline at end of file"
HUNK = re.compile(r"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
CONTEXT = 3


@dataclass(frozen=True, slots=True)
class Hunk:
    """Lines that follow each other.

    Attributes:
        old, new: the lines before and after, with their ends.
        old_start, new_start: the number of the first of them, from 1; of none, the
            number of the line before them.
    """

    old_start: int
    old: tuple[str, ...]
    new_start: int
    new: tuple[str, ...]

    def reversed(self) -> Hunk:
        """The way back."""
        return Hunk(self.new_start, self.new, self.old_start, self.old)


@dataclass(frozen=True, slots=True)
class FilePatch:
    """What changes in one file.

    Attributes:
        name: the file, without a folder.
        hunks: the changes, in order.
    """

    name: str
    hunks: tuple[Hunk, ...]

    def reversed(self) -> FilePatch:
        """The way back."""
        return FilePatch(self.name, tuple(hunk.reversed() for hunk in self.hunks))

    def applied(self, text: str) -> str | None:
        """The text with the changes; None if it does not say what it should."""
        lines = _lines(text)
        found: list[str] = []
        done = 0
        for hunk in self.hunks:
            start = hunk.old_start - 1 if hunk.old else hunk.old_start
            if start < done or tuple(lines[start : start + len(hunk.old)]) != hunk.old:
                return None
            found += [*lines[done:start], *hunk.new]
            done = start + len(hunk.old)
        return "".join([*found, *lines[done:]])


def diff_text(name: str, before: str, after: str) -> str:
    r"""The unified diff of a file; nothing if nothing changes.

    >>> print(diff_text("x.py", "a = 1\n", "a = 2\n"), end="")
    --- a/x.py
    +++ b/x.py
    @@ -1 +1 @@
    -a = 1
    +a = 2
    """
    old, new = _lines(before), _lines(after)
    names = (f"a/{name}", f"b/{name}")
    found = difflib.unified_diff(old, new, *names, n=CONTEXT)
    return "".join(
        line if line.endswith("\n") else f"{line}\n{NO_END}\n" for line in found
    )


def read_patch(text: str, name: str) -> list[FilePatch]:
    """Read a patch; what stands before its first file is left out.

    Args:
        text: the patch.
        name: what it is called in messages.

    Raises:
        UserError: it is no unified diff.
    """
    lines = _lines(text)
    found: list[FilePatch] = []
    at = 0
    while at < len(lines):
        if not lines[at].startswith("--- ") or at + 1 == len(lines):
            at += 1
            continue
        file = lines[at + 1].removeprefix("+++ ").rstrip("\r\n").split("\t")[0]
        at += 2
        hunks = []
        while at < len(lines) and (head := HUNK.match(lines[at])):
            hunk, at = _hunk(lines, at, head, name)
            hunks.append(hunk)
        if hunks:
            found.append(FilePatch(file.rpartition("/")[2], tuple(hunks)))
    if not found:
        raise UserError(f"{name} is no patch: it holds no unified diff")
    return found


def _hunk(
    lines: Sequence[str], at: int, head: re.Match[str], name: str
) -> tuple[Hunk, int]:
    """A hunk, and where it ends."""
    old_start, old_count, new_start, new_count = (
        1 if group is None else int(group) for group in head.groups()
    )
    old, new = list[str](), list[str]()
    begins = at
    at += 1
    while len(old) < old_count or len(new) < new_count or _goes_on(lines, at):
        if at == len(lines) or lines[at][:1] not in (" ", "-", "+", "\\"):
            raise UserError(f"{name}: the hunk in line {begins + 1} is cut off")
        sign, rest = lines[at][0], lines[at][1:]
        if sign == "\\":
            for side in _sides(lines[at - 1][0], old, new):
                side[-1] = side[-1].removesuffix("\n")
        else:
            for side in _sides(sign, old, new):
                side.append(rest)
        at += 1
    if len(old) != old_count or len(new) != new_count:
        raise UserError(f"{name}: the hunk in line {begins + 1} has too many lines")
    return Hunk(old_start, tuple(old), new_start, tuple(new)), at


def _goes_on(lines: Sequence[str], at: int) -> bool:
    return at < len(lines) and lines[at].startswith("\\")


def _sides(sign: str, old: list[str], new: list[str]) -> Iterator[list[str]]:
    if sign in " -":
        yield old
    if sign in " +":
        yield new


def _lines(text: str) -> list[str]:
    """Lines as a patch counts them: they end with a line feed."""
    return list(io.StringIO(text, newline="\n"))
