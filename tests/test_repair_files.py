"""Repaired files: only what is touched changes, and undoing gives back every byte."""

from __future__ import annotations

from pathlib import Path

import pytest

from analyzers.mutants import mutants
from analyzers.repair import repair
from analyzers.repair.applying import undo
from analyzers.repair.drafts import Draft
from analyzers.repair.saving import draft, execute_draft, write_draft
from tests.cases import CASES
from tests.published import saved as published
from tests.repairing import answered_by, wrongs
from tests.test_hand_edits import DOMAIN, EVERYTHING, PROGRAM, TEXT, edit
from tests.test_repair_text import BY_HAND, touched
from tpdebug.errors import UserError
from tpdebug.findings import Keys, Repair
from tpdebug.nodes import Preference
from tpdebug.program import Program
from tpdebug.read import Source, read
from tpdebug.restrict import inside, restrict
from tpdebug.write import save


def faulty(tmp_path: Path, text: str | None = None) -> tuple[Path, Program]:
    """A file with a fault in a head, and the program without it."""
    text = edit(text or BY_HAND, ('k_token == "b"', 'k_token == "c"'))
    path = tmp_path / "prog.py"
    path.write_bytes(text.encode())
    return path, PROGRAM


def drafted(
    path: Path, right: Program, target: Path | None = None
) -> tuple[Source, Repair, Draft]:
    source = read(path)
    found = repair(source.program, answered_by(right), scores=False, source=source.map)
    assert found.left == 0
    return source, found, draft(source, path, source.program, found, target)


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_undo_gives_back_every_byte(tmp_path: Path, mark: str, newline: str) -> None:
    path, right = faulty(tmp_path)
    path.write_bytes((mark + path.read_text().replace("\n", newline)).encode())
    before = path.read_bytes()
    _, found, made = drafted(path, right)
    assert path.read_bytes() == before
    patch = tmp_path / "fix.diff"
    patch.write_bytes(made.patch.encode())
    write_draft(made)
    assert path.read_bytes() != before
    assert wrongs(read(path).program, answered_by(right)) == found.left == 0
    assert undo(path, patch) == (path,)
    assert path.read_bytes() == before
    with pytest.raises(UserError, match="it is undone already"):
        undo(path, patch)


def test_a_file_that_was_changed_meanwhile_is_left_alone(tmp_path: Path) -> None:
    path, right = faulty(tmp_path)
    _, _, made = drafted(path, right)
    patch = tmp_path / "fix.diff"
    patch.write_text(made.patch)
    path.write_text(path.read_text() + "# more\n")
    kept = path.read_text()
    with pytest.raises(UserError, match="was changed meanwhile"):
        write_draft(made)
    assert path.read_text() == kept
    path.write_text(path.read_text().replace('"c"', "'c'"))
    kept = path.read_text()
    with pytest.raises(UserError, match="it was changed after that"):
        undo(path, patch)
    other = tmp_path / "other.py"
    other.write_text(TEXT)
    with pytest.raises(UserError, match=r"is about prog.py, and not about"):
        undo(other, patch)
    assert path.read_text() == kept


def test_the_draft_can_be_executed_before_it_is_written(tmp_path: Path) -> None:
    path, right = faulty(tmp_path)
    source, found, made = drafted(path, right)
    assert execute_draft(source, path, made, found, 10, 0) == 10 + min(
        10, len(found.inputs)
    )
    assert set(found.inputs) <= set(EVERYTHING)


def test_another_file_gets_the_text_with_its_comments(tmp_path: Path) -> None:
    path, right = faulty(tmp_path)
    target = tmp_path / "out.py"
    _, _, made = drafted(path, right, target)
    write_draft(made)
    assert made.anew is None
    assert target.read_text() == BY_HAND
    assert path.read_text() != BY_HAND


def reversing(tmp_path: Path) -> tuple[Path, Program]:
    """A published program with a fault, and the right one."""
    case = next(case for case in CASES if case.name == "reverse")
    path = published(case.program, tmp_path)
    right = read(path).program
    text = path.read_text()
    path.write_text(
        edit(
            text,
            (
                "if q_position in {1}:\n            return k_position == 5",
                "if q_position in {1}:\n            return k_position == 4",
            ),
        )
    )
    return path, right


def test_a_published_program_is_changed_where_it_stands(tmp_path: Path) -> None:
    path, right = reversing(tmp_path)
    before = path.read_bytes()
    source, found, made = drafted(path, right)
    assert made.anew is None
    assert (
        "+        if q_position == 1:" in made.patch or "k_position == 5" in made.patch
    )
    assert execute_draft(source, path, made, found, 3, 0) == 6
    (tmp_path / "fix.diff").write_text(made.patch)
    write_draft(made)
    assert read(path).program == right
    undo(path, tmp_path / "fix.diff")
    assert path.read_bytes() == before


def test_score_rows_of_a_published_program_stand_in_its_csv_file(
    tmp_path: Path,
) -> None:
    case = next(case for case in CASES if case.name == "reverse")
    path = published(case.program, tmp_path)
    right = read(path).program
    table = tmp_path / "prog_weights.csv"
    lines = table.read_text().splitlines(keepends=True)
    at = next(i for i, x in enumerate(lines) if x.startswith("attn_0_0_outputs,b"))
    lines[at] = "attn_0_0_outputs,b,0.5,0.25,0.125\n"
    table.write_text("".join(lines))
    before = table.read_bytes(), path.read_bytes()
    source = read(path)
    found = repair(source.program, answered_by(right), source=source.map)
    made = draft(source, path, source.program, found)
    assert found.left == 0
    assert [file.path.name for file in made.files] == [table.name]
    assert (
        len(touched(*(x or "" for x in (made.files[0].before, made.files[0].after))))
        == 2
    )
    assert execute_draft(source, path, made, found, 2, 0) == 4
    (tmp_path / "fix.diff").write_text(made.patch)
    write_draft(made)
    assert wrongs(read(path).program, answered_by(right)) == 0
    undo(path, tmp_path / "fix.diff")
    assert (table.read_bytes(), path.read_bytes()) == before
    target = tmp_path / "out.py"
    anew = draft(source, path, source.program, found, target, task="reverse")
    assert anew.anew == "it is in another dialect"
    write_draft(anew)
    assert read(target).program.task == "reverse"
    assert wrongs(read(target).program, answered_by(right)) == 0


def test_what_the_inputs_do_not_have_stays_as_it_is(tmp_path: Path) -> None:
    """A repair for some letters leaves the keys of all others."""
    path = tmp_path / "prog.py"
    text = edit(
        TEXT,
        (
            '    if q_token == "a":\n        return k_token == "b"\n',
            '    if q_token == "a":\n        return k_token in {"a", "c"}\n',
        ),
    )
    path.write_text(text)
    source = read(path)
    part = restrict(source.program, inside(DOMAIN, alphabet=("a", "b")))
    right = restrict(PROGRAM, part.domain)
    found = repair(part, answered_by(right), scores=False, source=source.map)
    assert found.left == 0
    made = draft(source, path, part, found)
    head = made.source.program.writers["attn_0_1"]
    (change,) = found.changes
    assert isinstance(change.to, Keys)
    assert "c" not in change.to.keys
    assert "c" in dict(getattr(head, "predicate").cases)["a"]  # noqa: B009


def test_a_preference_is_written_anew_with_the_whole_function(tmp_path: Path) -> None:
    case = next(case for case in CASES if case.name == "record")
    path = tmp_path / "record.py"
    fault = next(m for m in mutants(case.program, 20, seed=2) if m.kind == "moved")
    save(fault.program, path)
    source = read(path)
    found = repair(source.program, answered_by(case.program), scores=False)
    if found.left == 0:
        made = draft(source, path, source.program, found)
        assert made.anew is None
        assert wrongs(made.program, answered_by(case.program)) == 0
    assert isinstance(getattr(case.program.nodes[0], "predicate"), Preference)  # noqa: B009
