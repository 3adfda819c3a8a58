"""The errors that tpdebug raises, in two families.

`UserError`: you gave us something that cannot be used; the message says what is
wrong, where, and what to do. Everything else that escapes is a bug of ours.
"""

from __future__ import annotations

from dataclasses import dataclass


class UserError(Exception):
    """Something that was given to tpdebug cannot be used."""


class ProgramError(UserError, ValueError):
    """A `Program` or one of its parts was constructed from values that do not fit."""


class DomainError(UserError, ValueError):
    """An input lies outside a domain, or a domain cannot be built."""


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One construct that cannot be read. Lines count from 1, columns from 1."""

    line: int
    column: int
    message: str

    def at(self, path: str) -> str:
        """Return `path:line:column: message`, which terminals and editors link."""
        return f"{path}:{self.line}:{self.column}: {self.message}"


class ReadError(UserError):
    """A source cannot be read as a program; `problems` holds every reason."""

    def __init__(self, path: str, problems: tuple[Problem, ...]) -> None:
        lines = [problem.at(path) for problem in problems]
        if len(lines) > 1:
            lines.insert(0, f"{path} cannot be read, for {len(lines)} reasons:")
        super().__init__("\n".join(lines))
        self.path = path
        self.problems = problems


def counted(count: int, noun: str) -> str:
    """Return a count with its noun, for a message.

    >>> counted(1, "letter"), counted(2000, "letter")
    ('1 letter', '2,000 letters')
    """
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
