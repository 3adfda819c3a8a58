"""Lines of a file that lists inputs and right answers: JSONL or CSV.

What a line says does not depend on a program; which inputs it fits is for
`tpdebug.cases` to say.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tpdebug.errors import UserError, counted
from tpdebug.files import decoded, read_limited

SIZE_LIMIT = 200_000_000
MOST_PROBLEMS = 20

Expected = tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Rows:
    """A file of cases.

    Attributes:
        path: where it is; it is CSV if its name ends so, else JSONL.
        content: what it holds.
    """

    path: Path
    content: str

    @property
    def version(self) -> str:
        """A hash of what the file holds."""
        return hashlib.sha256(self.content.encode()).hexdigest()

    def lines(self) -> Iterator[tuple[int, Any]]:
        """The number of each line, and the object it holds (or an error)."""
        csv_file = self.path.suffix.lower() == ".csv"
        return (_csv_rows if csv_file else _json_rows)(self.content)


def read_rows(path: Path) -> Rows:
    """Read a file of cases.

    Raises:
        UserError: the file cannot be read.
    """
    name = str(path)
    return Rows(path, decoded(read_limited(path, name, SIZE_LIMIT), name))


def _json_rows(text: str) -> Iterator[tuple[int, Any]]:
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            try:
                yield number, json.loads(line, object_pairs_hook=_object)
            except UserError as error:
                yield number, error
            except (ValueError, RecursionError):
                yield number, UserError("this line is no JSON object")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise UserError("a field is given twice")
    return found


def _csv_rows(text: str) -> Iterator[tuple[int, Any]]:
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        names = reader.fieldnames or ()
        if len(set(names)) < len(names):
            yield 1, UserError("two columns have the same name")
            return
        for row in reader:
            yield reader.line_num, row
    except csv.Error as error:
        yield reader.reader.line_num, UserError(f"this is no CSV: {error}")


def case_of(row: Any, pooled: bool) -> tuple[str, Expected]:
    """The text of an input, and its right answers.

    Args:
        row: a line, as it was read.
        pooled: whether there is one answer, and a text is that answer.

    Raises:
        UserError: it is no case.
    """
    if isinstance(row, UserError):
        raise row
    if isinstance(row, dict) and None in row:
        raise UserError("this line has more cells than the first")
    if not isinstance(row, dict) or not {"input", "expected"} <= row.keys():
        raise UserError("a case has an input and an expected")
    given, expected = row["input"], row["expected"]
    if isinstance(given, list) and all(isinstance(letter, str) for letter in given):
        if any(letter.split() != [letter] for letter in given):
            raise UserError("a letter in a list has no white space and is not empty")
        given = " ".join(given)
    if not isinstance(given, str):
        raise UserError("input is a text or a list of texts")
    if isinstance(expected, str):
        words = [expected.strip()] if pooled else expected.split()
        expected = [None if word == "-" and not pooled else word for word in words]
    good = isinstance(expected, list | tuple)
    if not good or not all(e is None or isinstance(e, str) for e in expected):
        raise UserError("expected is a text or a list of texts")
    return given, tuple(expected)


def check_count(expected: Expected, count: int) -> None:
    """Make sure that there are so many answers.

    Raises:
        UserError: there are more or fewer.
    """
    if len(expected) != count:
        holds = counted(len(expected), "answer")
        raise UserError(f"expected holds {holds}, not {count}")


def refuse(problems: Sequence[str]) -> None:
    """List what is wrong with some lines, if there is anything.

    Raises:
        UserError: there is; the message has a line for each, up to a limit.
    """
    if problems:
        more = len(problems) - MOST_PROBLEMS
        rest = [f"and {more:,} more"] if more > 0 else []
        raise UserError("\n".join([*problems[:MOST_PROBLEMS], *rest]))
