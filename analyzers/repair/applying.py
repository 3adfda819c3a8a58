"""Files that change all together or not at all, and patches that are taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tpdebug.errors import UserError
from tpdebug.files import MOST_BYTES, read_limited, replace_file, text_of
from tpdebug.write.patches import diff_text, read_patch


@dataclass(frozen=True, slots=True)
class Changed:
    """A file with other contents.

    Attributes:
        path: where it belongs.
        before, after: what it holds; None before: it is new.
    """

    path: Path
    before: str | None
    after: str

    @property
    def patch(self) -> str:
        """The difference as a unified diff."""
        return diff_text(self.path.name, self.before or "", self.after)


def undo(path: Path, patch: Path) -> tuple[Path, ...]:
    """Take back what a patch did to a program file and the files next to it.

    Returns:
        The files that were changed.

    Raises:
        UserError: the patch is none, is of other files, or these say something else.
    """
    data = read_limited(patch, str(patch), MOST_BYTES)
    try:
        parts = read_patch(data.decode(), str(patch))
    except UnicodeDecodeError as error:
        raise UserError(f"{patch} is not UTF-8 text (byte {error.start})") from error
    text = text_of(path)
    files = []
    for part in parts:
        target = path if part.name == path.name else path.with_name(part.name)
        if target != path and not (part.name in text and target.is_file()):
            raise UserError(f"{patch} is about {part.name}, and not about {path}")
        before = text_of(target)
        after = part.reversed().applied(before)
        if after is None:
            again = part.applied(before) is not None
            says = "it is undone already" if again else "it was changed after that"
            raise UserError(f"{target} is not as {patch} left it: {says}")
        files.append(Changed(target, before, after))
    replace_all(files)
    return tuple(file.path for file in files)


def replace_all(files: Sequence[Changed]) -> None:
    """Replace all files, or put back those that were replaced before one failed.

    Raises:
        UserError: one of them was changed meanwhile, or cannot be written.
    """
    for file in files:
        if file.before is not None and text_of(file.path) != file.before:
            raise UserError(
                f"{file.path} was changed meanwhile, so nothing was written; "
                "run this again"
            )
    done: list[Changed] = []
    try:
        for file in files:
            replace_file(file.path, file.after)
            done.append(file)
    except BaseException:
        for file in done:
            if file.before is not None:
                replace_file(file.path, file.before)
        raise
