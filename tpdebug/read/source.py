"""What reading a file gives: the program, and what is known of the file."""

from __future__ import annotations

from dataclasses import dataclass

from tpdebug.program import Program
from tpdebug.sourcemap import SourceMap


@dataclass(frozen=True, slots=True)
class Published:
    """What a file that the paper's converter made needs in order to run.

    Attributes:
        begin, end: the special tokens, which it wants around its input.
        modules: the modules that it imports from files next to it.
        files: the paths that it reads, and the names of these files next to it.
    """

    begin: str | None
    end: str | None
    modules: tuple[str, ...]
    files: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Source:
    """A program and the file that it was read from.

    Attributes:
        program: what the file means.
        map: where its parts stand in the file.
        notes: what the file does not say and was inferred, and what is odd about it
            but has a certain meaning; a sentence each.
        published: what executing it takes, if the paper's converter made it.
    """

    program: Program
    map: SourceMap
    notes: tuple[str, ...] = ()
    published: Published | None = None
