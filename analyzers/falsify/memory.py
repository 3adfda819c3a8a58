"""What failed before, kept in the example database of Hypothesis.

The database is a folder (`.hypothesis`, where Hypothesis itself keeps its examples);
what is kept is the smallest failing input of each kind, under the name of the program
and of what it was held against. As in Hypothesis, an input that fails no longer is
forgotten.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from tpdebug.domain import Domain

Input = tuple[str, ...]

MOST = 100
"""How many inputs are kept at most; a folder holds one file for each."""


class Memory:
    """The failing inputs of one program and one check.

    Args:
        folder: where the database is; it is made when something is kept.
        name: what program, held against what.
    """

    def __init__(self, folder: Path, name: str) -> None:
        from hypothesis.database import DirectoryBasedExampleDatabase

        self.database = DirectoryBasedExampleDatabase(folder / "examples")
        self.key = b"tpdebug falsify 1: " + name.encode(errors="backslashreplace")

    def recall(self, domain: Domain) -> list[Input]:
        """The inputs that failed before, as far as the domain has them, in order."""
        found = (_read(value) for value in self.database.fetch(self.key))
        known = {i for i in found if i is not None and domain.why_not(i) is None}
        return sorted(known, key=domain.index)

    def keep(self, inputs: Iterable[Input]) -> None:
        """Keep these inputs, and none that were kept before."""
        values = {_written(letters) for letters in list(inputs)[:MOST]}
        before = set(self.database.fetch(self.key))
        for value in before - values:
            self.database.delete(self.key, value)
        for value in values - before:
            self.database.save(self.key, value)


def _written(letters: Input) -> bytes:
    return json.dumps(letters).encode()


def _read(value: bytes) -> Input | None:
    """An input that was kept; None if something else was."""
    try:
        found = json.loads(value)
    except ValueError:
        return None
    good = isinstance(found, list) and all(isinstance(a, str) for a in found)
    return tuple(found) if good else None
