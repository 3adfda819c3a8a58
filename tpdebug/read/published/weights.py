"""The score rows of a published program, from the CSV file next to it.

Scores are decimals there; here they become integers at one scale, exactly.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path

from tpdebug.errors import UserError
from tpdebug.files import read_limited

SIZE_LIMIT = 20_000_000
MOST_CELLS = 1_000_000
MOST_PROBLEMS = 20
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
        if len(weights.problems) >= MOST_PROBLEMS:
            return weights
    if not are_text(value for _, value in (*weights.rows, *weights.flaws)):
        weights.problems.append(
            "every value in it is a number, so the program, which looks for text, "
            "finds none"
        )
    return weights


def csv_rows(path: Path, problems: list[str]) -> list[tuple[int, list[str]]]:
    """The rows of a CSV file with their lines; blank lines are left out."""
    rows: list[tuple[int, list[str]]] = []
    cells = 0
    try:
        data = read_limited(path, path.name, SIZE_LIMIT)
        data.decode("utf-8-sig")
        if b"\0" in data:
            problems.append("it is a binary file")
            return []
        text = io.TextIOWrapper(io.BytesIO(data), "utf-8-sig", newline="")
        reader = csv.reader(text, strict=True)
        for row in reader:
            cells += len(row)
            if cells > MOST_CELLS:
                problems.append(f"it has more than {MOST_CELLS:,} cells")
                return []
            if row:
                rows.append((reader.line_num, row))
        return rows
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
    numbers = [_number(text) for text in cells[2:]]
    if None in numbers:
        text = cells[2 + numbers.index(None)]
        says = f"line {line} has the score {text!r}, which is no number"
        weights.problems.append(says)
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
    for text, number in zip(cells[2:], numbers, strict=True):
        if number is None or not _is_score(number):
            weights.flaws[place] = f"has the score {text!r} (line {line})"
            return
        scores.append(number)
    weights.rows[place] = Row(line, tuple(scores))


def _number(text: str) -> Decimal | None:
    """What a cell holds, infinite or missing maybe; None if it is text.

    One text, and pandas takes its whole column for text and leaves it out of sums.
    """
    if text in NOT_A_VALUE:
        return Decimal("NaN")
    try:
        found = Decimal(text.strip(" \t"))
    except InvalidOperation:
        return None
    return found if text.isascii() and "_" not in text and not found.is_nan() else None


def _is_score(number: Decimal) -> bool:
    """Whether it is a finite number of reasonable size."""
    if not number.is_finite() or number.adjusted() >= MOST_DIGITS:
        return False
    exponent = number.normalize().as_tuple().exponent
    assert isinstance(exponent, int)
    return exponent > -40


def are_text(values: Iterable[str]) -> bool:
    """Whether pandas takes a column for text: not all are numbers or truth values."""
    kinds = set()
    for value in values:
        if value not in NOT_A_VALUE:
            truth = value.lower() in ("true", "false")
            kinds.add("truth" if truth else _number(value) is not None)
    return not kinds or False in kinds or len(kinds) > 1


def scale_of(rows: list[Row]) -> int:
    """The least power of ten that makes integers of all scores."""
    digits = 0
    for row in rows:
        for score in row.scores:
            exponent = score.normalize().as_tuple().exponent
            assert isinstance(exponent, int)
            digits = max(digits, -exponent)
    return int(10**digits)
