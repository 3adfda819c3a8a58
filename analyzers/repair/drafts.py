"""What a repair would write, read back before it is written.

The files are laid out in a folder of their own, with those that the program needs next
to it. There they are read, and can be executed.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from analyzers.repair.applying import Changed
from tpdebug.errors import ReadError
from tpdebug.files import MOST_BYTES, read_limited, text_of
from tpdebug.program import Program
from tpdebug.read import Source, read
from tpdebug.restrict import restrict
from tpdebug.write.kept import CannotRewrite


@dataclass(frozen=True)
class Draft:
    """The files of a repaired program.

    Attributes:
        path: the program file, once it is written.
        files: the files that change.
        source: what they say, read back.
        program: the same on the inputs that were looked at.
        anew: why the program is written anew; None if it is changed in place.
    """

    path: Path
    files: tuple[Changed, ...]
    source: Source
    program: Program
    anew: str | None = None

    @property
    def patch(self) -> str:
        """All differences."""
        return "".join(file.patch for file in self.files)


def read_back(
    source: Source,
    path: Path,
    target: Path,
    files: tuple[Changed, ...],
    part: Program,
    wanted: Program,
) -> Draft:
    """Read what would be written; it must be the program that is wanted.

    Args:
        source, path: the program as it was.
        target: the program file, once it is written.
        files: the files that change.
        part: the program on the inputs in question.
        wanted: what shall be read, on all inputs.

    Raises:
        CannotRewrite: it is another program, or cannot be read.
    """
    with laid_out(source, path, target, files) as place:
        try:
            found = read(place)
        except ReadError as error:
            raise CannotRewrite(
                f"changed in place it cannot be read: {error}"
            ) from None
    if found.program != replace(wanted, task=found.program.task) and not _alike(
        found.program, wanted
    ):
        raise CannotRewrite("changed in place it would be another program")
    kept = restrict(found.program, part.domain)
    return Draft(target, files, found, kept)


@contextmanager
def laid_out(
    source: Source, path: Path, target: Path, files: Sequence[Changed]
) -> Iterator[Path]:
    """A folder with the files as they would be, and those that they need.

    Args:
        source, path, target, files: see `read_back`.

    Yields:
        The program file there.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        changed = {file.path.name: file.after for file in files}
        for beside in (target.name, *_needed(source, path, changed)):
            if beside in changed:
                (folder / beside).write_bytes(changed[beside].encode())
            else:
                origin = path if beside == target.name else _beside(path, beside)
                (folder / beside).write_bytes(
                    read_limited(origin, str(origin), MOST_BYTES)
                )
        yield folder / target.name


def _alike(first: Program, second: Program) -> bool:
    """Whether two programs differ in the unit of their scores only."""
    scales = first.classifier.scale, second.classifier.scale
    rows = [
        {
            (row.variable, row.value): tuple(s * scale for s in row.scores)
            for row in program.classifier.rows
        }
        for program, scale in zip((first, second), reversed(scales), strict=True)
    ]
    other = replace(second, classifier=first.classifier, task=first.task)
    return rows[0] == rows[1] and first == other


def _needed(source: Source, path: Path, changed: dict[str, str]) -> Iterator[str]:
    """The names of the files that a program needs next to it."""
    yield from changed
    if source.published is not None:
        yield from (name for _, name in source.published.files)
        for module in source.published.modules:
            yield f"{module.rpartition('.')[2]}.py"
    else:
        for beside in sorted(path.resolve().parent.glob("*.csv")):
            if beside.name in text_of(path) and beside.name not in changed:
                yield beside.name


def _beside(path: Path, name: str) -> Path:
    there = path.with_name(name)
    return there if there.is_file() else path.resolve().with_name(name)
