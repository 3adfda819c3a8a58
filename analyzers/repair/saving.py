"""A repair as changed files: drafted, read back, shown as a patch, and written.

A program file is changed in place where it can be: only the touched functions and score
rows are others, in its own text or in the CSV file of a published program. Else it is
written anew. Nothing is written before it was read back.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from analyzers.confirm import confirm
from analyzers.repair.applying import Changed, replace_all
from analyzers.repair.drafts import Draft, laid_out, read_back
from analyzers.repair.lifting import lifted
from tpdebug.files import text_of
from tpdebug.findings import Accuracy, Alteration, Failure, Repair, Scores
from tpdebug.program import Program
from tpdebug.read import Source
from tpdebug.write import save
from tpdebug.write.kept import CannotRewrite
from tpdebug.write.mend import mended_source
from tpdebug.write.mend_rows import changed_csv
from tpdebug.write.rewritten import check_elsewhere
from tpdebug.write.stated import accuracy_of_part, restated
from tpdebug.write.texts import marked


def draft(
    source: Source,
    path: Path,
    part: Program,
    found: Repair,
    target: Path | None = None,
    *,
    about: str = "",
    task: str | None = None,
) -> Draft:
    """Make the files of a repaired program, and read them back; write none.

    Args:
        source: the program, as it was read.
        path: its file.
        part: the program on the inputs in question.
        found: what to change.
        target: another file to write it to; None: it is changed where it stands.
        about: what a file that is written anew shall say besides.
        task: the task that such a file shall name.

    Raises:
        CannotRewrite: it cannot be changed where it stands.
        UserError: a file cannot be read, or the changes fit these inputs only.
        RuntimeError: what was written reads differently. That is a bug.
    """
    alterations = [change.to for change in found.changes]
    program, changes = lifted(source.program, part, alterations)
    reason = None
    for careful in (False, True):
        try:
            files = _in_place(source, path, program, changes, careful)
            if target is not None:
                files = _elsewhere(source, path, target, files)
            return read_back(source, path, target or path, files, part, program)
        except CannotRewrite as error:
            if target is None and careful:
                raise
            reason = str(error)
    assert target is not None
    kept = program.with_about(f"{program.about}\n{about}".strip())
    kept = replace(kept, task=kept.task or task)
    with tempfile.TemporaryDirectory() as folder:
        save(kept, Path(folder) / target.name)
        files = tuple(
            Changed(target.with_name(file.name), None, file.read_text("utf-8"))
            for file in sorted(Path(folder).iterdir())
        )
    drafted = read_back(source, path, target, files, part, program)
    return replace(drafted, anew=reason)


def stating(
    drafted: Draft, source: Source, path: Path, part: Program, accuracy: Accuracy
) -> Draft:
    """The same files, where a docstring of ours states what was verified.

    Args:
        drafted: the files.
        source, path: the program as it was.
        part: the program on the inputs in question.
        accuracy: of the repaired program on them.
    """
    whole = source.program.domain
    sentence = accuracy_of_part(accuracy, part.domain, whole, "Repaired")
    files = list(drafted.files)
    if all(file.path != drafted.path for file in files):
        text = text_of(path)
        files.append(Changed(drafted.path, text, text))
    said = [
        replace(file, after=_said(file.after, sentence))
        if file.path == drafted.path
        else file
        for file in files
    ]
    changed = tuple(file for file in said if file.before != file.after)
    if changed == drafted.files:
        return drafted
    wanted = drafted.source.program
    found = read_back(source, path, drafted.path, changed, part, wanted)
    return replace(found, anew=drafted.anew)


def execute_draft(
    source: Source, path: Path, drafted: Draft, found: Repair, count: int, seed: int
) -> int:
    """Execute the repaired file, before it is written: see `analyzers.confirm`.

    Args:
        source, path: the program as it was.
        drafted: the repaired one.
        found: the repair.
        count: how many of the inputs that failed, and of others.
        seed: what the others are drawn with.

    Returns:
        On how many inputs it was executed.

    Raises:
        UserError: it answers differently from what was read, fails, or takes too long.
    """
    failures = [Failure(letters, (), ()) for letters in found.inputs[:count]]
    with laid_out(source, path, drafted.path, drafted.files) as place:
        return confirm(drafted.source, drafted.program, place, failures, count, seed)


def write_draft(drafted: Draft) -> None:
    """Write the files, all or none.

    Raises:
        UserError: one of them was changed meanwhile, or cannot be written.
    """
    replace_all(drafted.files)


def _said(text: str, sentence: str) -> str:
    mark, text = marked(text)
    return mark + restated(text, sentence)


def _in_place(
    source: Source,
    path: Path,
    program: Program,
    changes: Sequence[Alteration],
    careful: bool,
) -> tuple[Changed, ...]:
    """The files of a program with some rules changed."""
    files = []
    rows = [each for each in changes if isinstance(each, Scores)]
    if source.map.scores is not None and rows:
        table = Path(source.map.scores)
        before = text_of(table)
        mark, text = marked(before)
        after = changed_csv(text, source.program, source.map, rows)
        files.append(Changed(table, before, mark + after))
    before = text_of(path)
    mark, text = marked(before)
    after = mark + mended_source(text, source, program, changes, careful=careful)
    if after != before:
        files.append(Changed(path, before, after))
    return tuple(files)


def _elsewhere(
    source: Source, path: Path, target: Path, files: Sequence[Changed]
) -> tuple[Changed, ...]:
    """The program file in another place, if it needs no other file there."""
    after = next((f.after for f in files if f.path == path), text_of(path))
    check_elsewhere(source, after, path, target)
    return (Changed(target, None, after),)
