"""Files with one finding a line, such as all failing inputs: written whole, or not."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tpdebug.errors import UserError


@dataclass(frozen=True, slots=True)
class Listing:
    """A kind of list.

    Attributes:
        option: the option that names its file.
        what: what is listed.
        fields: the fields of a line.
    """

    option: str
    what: str
    fields: frozenset[str]

    def check(self, path: Path, others: Sequence[Path | None]) -> None:
        """Before anything is done: the file can be written, and nothing is lost.

        Raises:
            UserError: it is one of the other files, or no such list.
        """
        from tpdebug.files import check_writable, same_file

        check_writable(path)
        if any(same_file(path, other) for other in others if other is not None):
            says = f"{path} is given twice; name another file for {self.option}"
            raise UserError(says)
        if path.exists() and not self._written_here(path):
            raise UserError(
                f"{path} exists and is no list of {self.what}; "
                "name another file, or remove it"
            )

    def write(self, path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
        """One line of JSON for each; with right answers it can be given as --cases."""
        from tpdebug.files import replacing

        with replacing(path) as file:
            for row in rows:
                line = json.dumps(row, ensure_ascii=False)
                file.write(line.encode(errors="backslashreplace") + b"\n")

    def _written_here(self, path: Path) -> bool:
        """Whether a file is such a list, or empty."""
        with path.open("rb") as file:
            line = file.readline()
        try:
            return not line or json.loads(line).keys() == self.fields
        except (ValueError, AttributeError):
            return False
