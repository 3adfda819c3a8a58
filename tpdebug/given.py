"""Right answers that a user gives: a Python function, or a file of cases."""

from __future__ import annotations

import csv
import hashlib
import importlib
import importlib.util
import io
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from tpdebug.domain import Domain, shorten
from tpdebug.errors import DomainError, UserError
from tpdebug.files import read_limited
from tpdebug.oracles import FunctionOracle, Oracle

SIZE_LIMIT = 200_000_000
MOST_PROBLEMS = 20
UNKNOWN = " (the program takes every word that it does not know for {})"

Case = tuple[tuple[str, ...], tuple[str | None, ...]]


def load_oracle(spec: str, domain: Domain, pooled: bool) -> Oracle:
    """Import the function that `module:function` or `file.py:function` names.

    Raises:
        UserError: there is no such module or function, or importing it fails.
    """
    place, _, name = spec.rpartition(":")
    if not place or not name:
        raise UserError(
            f"--oracle is module:function or file.py:function, not {spec!r}"
        )
    module = _import(place)
    function = getattr(module, name, None)
    if not callable(function):
        public = [
            n for n, value in vars(module).items() if n[0] != "_" and callable(value)
        ]
        has = f"it has {shorten(public)}" if public else "it has none"
        raise UserError(f"{place} has no function {name!r}; {has}")
    oracle = FunctionOracle(domain, function, pooled=pooled, name=spec)
    file = getattr(module, "__file__", None)
    if file is not None and Path(file).is_file():
        oracle.version = _digest(Path(file).read_bytes())
    return oracle


def _import(place: str) -> ModuleType:
    try:
        if not place.endswith(".py"):
            if {*place} & {*"/\\"}:
                raise UserError(f"{place} is no module; a file ends in .py")
            if "" not in sys.path:
                sys.path.insert(0, "")
            return importlib.import_module(place)
        if not Path(place).is_file():
            raise UserError(f"{place} does not exist")
        spec = importlib.util.spec_from_file_location(Path(place).stem, place)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules.setdefault(module.__name__, module)  # its dataclasses look there
        spec.loader.exec_module(module)
        return module
    except UserError:
        raise
    except ModuleNotFoundError as error:
        if error.name is not None and (place + ".").startswith(error.name + "."):
            raise UserError(f"there is no module {place!r} to import") from None
        raise UserError(f"importing {place} fails: {error}") from error
    except (Exception, SystemExit) as error:
        reason = f"{type(error).__name__}: {error}"
        raise UserError(f"importing {place} fails: {reason}") from error


def read_cases(
    path: Path, domain: Domain, pooled: bool
) -> tuple[list[tuple[str, ...]], Oracle]:
    """Read inputs with their right answers, from JSONL or CSV.

    A line of JSON is an object with `input` and `expected`, each a list of letters or
    a text with letters between spaces (null or `-` is not scored; pooled: one label). A
    CSV file has these two columns.

    Returns:
        The inputs, each once, and an oracle that knows them.

    Raises:
        UserError: the file cannot be read; the message lists every line at fault.
    """
    text = _text(path)
    rows = _csv_rows(text) if path.suffix.lower() == ".csv" else _json_rows(text)
    found: dict[tuple[str, ...], tuple[str | None, ...]] = {}
    problems: list[str] = []
    for line, row in rows:
        try:
            letters, expected = _case(row, domain, pooled)
            if found.setdefault(letters, expected) != expected:
                read = "" if domain.unknown is None else UNKNOWN.format(domain.unknown)
                raise UserError(
                    f'input "{" ".join(letters)}" has two right answers{read}'
                )
        except UserError as error:
            problems.append(f"{path}:{line}: {error}")
    if problems:
        more = len(problems) - MOST_PROBLEMS
        rest = [f"and {more:,} more"] if more > 0 else []
        raise UserError("\n".join([*problems[:MOST_PROBLEMS], *rest]))
    if not found:
        raise UserError(f"{path} holds no cases")

    def answer(letters: Sequence[str]) -> Sequence[str | None]:
        return found[tuple(letters)]

    oracle = FunctionOracle(domain, answer, pooled=pooled, name=str(path))
    oracle.version = _digest(text.encode())
    return list(found), oracle


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _text(path: Path) -> str:
    data = read_limited(path, str(path), SIZE_LIMIT)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UserError(f"{path} is not UTF-8 text (byte {error.start})") from error


def _json_rows(text: str) -> Iterator[tuple[int, Any]]:
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            try:
                yield number, json.loads(line)
            except (ValueError, RecursionError):
                yield number, UserError("this line is no JSON object")


def _csv_rows(text: str) -> Iterator[tuple[int, Any]]:
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        for row in reader:
            yield reader.line_num, row
    except csv.Error as error:
        yield reader.reader.line_num, UserError(f"this is no CSV: {error}")


def _case(row: Any, domain: Domain, pooled: bool) -> Case:
    """An input and its right answers."""
    if isinstance(row, UserError):
        raise row
    if isinstance(row, dict) and None in row:
        raise UserError("this line has more cells than the first")
    if not isinstance(row, dict) or not {"input", "expected"} <= row.keys():
        raise UserError("a case has an input and an expected")
    letters = _letters(row["input"], domain)
    expected = row["expected"]
    if isinstance(expected, str):
        words = [expected.strip()] if pooled else expected.split()
        expected = [None if word == "-" and not pooled else word for word in words]
    good = isinstance(expected, list | tuple)
    if not good or not all(e is None or isinstance(e, str) for e in expected):
        raise UserError("expected is a text or a list of texts")
    count = 1 if pooled else len(letters)
    if len(expected) != count:
        raise UserError(f"{count} answers are needed, not {len(expected)}")
    return letters, tuple(expected)


def _letters(given: Any, domain: Domain) -> tuple[str, ...]:
    if isinstance(given, list) and all(isinstance(letter, str) for letter in given):
        given = " ".join(given)
    if not isinstance(given, str):
        raise UserError("input is a text or a list of texts")
    letters = domain.parse(given)
    reason = domain.why_not(letters)
    if reason:
        raise DomainError(reason)
    return letters
