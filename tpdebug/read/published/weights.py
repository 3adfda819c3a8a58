"""The score rows of a published program, from the CSV file next to it.

Scores are decimals there; here they become integers at one scale, exactly.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path

from tpdebug.errors import UserError
from tpdebug.files import read_limited

SIZE_LIMIT = 50_000_000
MOST_DIGITS = 18
NOT_A_VALUE = frozenset(
    [
        *("", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan"),
        *("1.#IND", "1.#QNAN", "<NA>", "N/A", "NA", "NULL", "NaN", "None", "n/a"),
        *("nan", "null"),
    ]
)
"""What the reader of the published files takes for a missing value."""

Place = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the file: its line, and a score for each class."""

    line: int
    scores: tuple[Decimal, ...]


@dataclass
class Weights:
    """The rows of a file by feature and value, and what is wrong with others.

    Attributes:
        name: the file.
        classes: the classes, in order.
        rows: rows that can be used.
        flaws: why a row cannot be used.
        problems: what is wrong with the file as a whole.
    """

    name: str
    classes: tuple[str, ...] = ()
    rows: dict[Place, Row] = field(default_factory=dict)
    flaws: dict[Place, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    @property
    def features(self) -> set[str]:
        """Every variable that has a row."""
        return {feature for feature, _ in (*self.rows, *self.flaws)}

    def values(self, feature: str) -> list[str]:
        """The values of a variable that have a row, in the order of the file."""
        return [value for name, value in self.rows if name == feature]


def read_weights(path: Path) -> Weights:
    """Read a CSV file of score rows; what is wrong with it is noted in the result."""
    weights = Weights(path.name)
    rows = list(csv_rows(path, weights.problems))
    if weights.problems:
        return weights
    if not rows:
        weights.problems.append("it is empty")
        return weights
    (_, header), *body = rows
    weights.classes = tuple(header[2:])
    weights.problems += _header_problems(header)
    if weights.problems:
        return weights
    for line, cells in body:
        _add(weights, line, cells)
    if weights.rows and all(_is_number(value) for _, value in weights.rows):
        weights.problems.append(
            "every value in it is a number, so the program, which looks for text, "
            "finds none"
        )
    return weights


def csv_rows(path: Path, problems: list[str]) -> list[tuple[int, list[str]]]:
    """The rows of a CSV file with their lines; blank lines are left out."""
    try:
        data = read_limited(path, path.name, SIZE_LIMIT)
        text = data.decode("utf-8-sig")
        if "\0" in text:
            problems.append("it is a binary file")
            return []
        reader = csv.reader(io.StringIO(text, newline=""), strict=True)
        return [(reader.line_num, row) for row in reader if row]
    except UserError as error:
        problems.append(str(error).removeprefix(f"{path.name} "))
    except UnicodeDecodeError as error:
        problems.append(f"it is not UTF-8 text (byte {error.start})")
    except csv.Error as error:
        problems.append(f"it is no CSV: {error}")
    return []


def _header_problems(header: list[str]) -> list[str]:
    if header[:2] != ["feature", "value"] or len(header) < 3:
        return ["its first line must be: feature,value,<class>,<class>,..."]
    twice = [name for name, count in Counter(header).items() if count > 1]
    problems = [f"class {name!r} is given twice" for name in twice]
    if "" in header:
        problems.append("a class has no name")
    return problems


def _add(weights: Weights, line: int, cells: list[str]) -> None:
    if len(cells) != len(weights.classes) + 2:
        many = f"{max(len(cells) - 2, 0)} scores for {len(weights.classes)} classes"
        weights.problems.append(f"line {line} has {many}")
        return
    place = (cells[0], cells[1])
    if place in weights.rows or place in weights.flaws:
        weights.rows.pop(place, None)
        weights.flaws[place] = f"is given twice (line {line})"
        return
    if cells[1] in NOT_A_VALUE:
        weights.flaws[place] = f"is taken for a missing value (line {line})"
        return
    scores: list[Decimal] = []
    for text in cells[2:]:
        score = _decimal(text)
        if score is None:
            weights.flaws[place] = f"has the score {text!r} (line {line})"
            return
        scores.append(score)
    weights.rows[place] = Row(line, tuple(scores))


def _decimal(text: str) -> Decimal | None:
    """An exact score; None if it is not a finite number of reasonable size."""
    try:
        found = Decimal(text.strip())
    except InvalidOperation:
        return None
    if not text.isascii() or "_" in text or not found.is_finite():
        return None
    exponent = found.normalize().as_tuple().exponent
    assert isinstance(exponent, int)
    return found if found.adjusted() < MOST_DIGITS and exponent > -40 else None


def _is_number(text: str) -> bool:
    try:
        return Decimal(text).is_finite()
    except InvalidOperation:
        return False


def scale_of(rows: list[Row]) -> int:
    """The least power of ten that makes integers of all scores."""
    digits = 0
    for row in rows:
        for score in row.scores:
            exponent = score.normalize().as_tuple().exponent
            assert isinstance(exponent, int)
            digits = max(digits, -exponent)
    return int(10**digits)
