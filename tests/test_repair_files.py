"""Repaired files: only what is touched changes, and undoing gives back every byte."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzers.alter import alter
from analyzers.mutants import mutants
from analyzers.repair import repair
from analyzers.repair.applying import undo
from analyzers.repair.saving import Draft, draft, execute_draft, write_draft
from tests.cases import CASES
from tests.published import saved as published
from tests.strategies import domains, programs
from tests.test_hand_edits import DOMAIN, EVERYTHING, PROGRAM, TEXT, edit
from tests.test_repair import answered_by, wrongs
from tpdebug.errors import UserError
from tpdebug.findings import Alteration, Keys, Output, Repair, Scores
from tpdebug.nodes import Preference, Rule
from tpdebug.program import Program
from tpdebug.read import Source, read
from tpdebug.restrict import inside, restrict
from tpdebug.write import save, write
from tpdebug.write.kept import CannotRewrite
from tpdebug.write.mend import mended_source
from tpdebug.write.patches import diff_text, read_patch

SMALL = domains(longest=3, letters=3)
HEAD = Rule("case", "attn_0_1", ("a",))
ENTRY = Rule("entry", "mlp_0_1", (2, 1))
ROW = Rule("score", "mlp_0_0", ("x",))
MISSING = Rule("score", "tokens", ("c",))
CHANGES: tuple[Alteration, ...] = (
    Keys(HEAD, ("a", "c")),
    Output(ENTRY, 5),
    Scores(ROW, (-12, 3)),
    Scores(MISSING, (7, -7)),
)


def mended(text: str, *changes: Alteration) -> str:
    """A text with some rules changed; read back it is the program that it should be."""
    source = read(text)
    program = source.program
    for each in changes:
        program = alter(program, each)
    after = mended_source(text, source, program, changes)
    assert read(after).program == program
    return after


def touched(before: str, after: str) -> list[str]:
    """The lines that a diff drops and adds."""
    lines = diff_text("x.py", before, after).splitlines()[2:]
    return [line for line in lines if line[0] in "+-"]


def test_a_function_as_it_was_written_is_written_anew() -> None:
    after = mended(TEXT, Keys(HEAD, ("a", "c")))
    assert touched(TEXT, after) == [
        '-        return k_token == "b"',
        '+        return k_token in {"a", "c"}',
    ]


def test_scores_keep_their_columns() -> None:
    after = mended(TEXT, Scores(ROW, (-12, 3)))
    (old, new) = touched(TEXT, after)
    assert new[1:] == old[1:].replace("   0,", " -12,")


def test_a_missing_row_is_put_in_its_place() -> None:
    after = mended(TEXT, Scores(MISSING, (7, -7)))
    (line,) = touched(TEXT, after)
    assert line.lstrip("+ ").startswith('"c":')
    lines = after.splitlines()
    at = next(i for i, x in enumerate(lines) if x == line[1:])
    assert lines[at - 1].lstrip().startswith('"a":')
    assert lines[at - 1].index("(") == line[1:].index("(")


BY_HAND = edit(
    TEXT,
    (
        '    if q_token == "a":\n        return k_token == "b"\n',
        '    # the letter after "a"\n    if q_token == "a":  # first\n'
        '        return k_token == "b"  # second\n',
    ),
    ("def run(tokens):", "# the straight line\ndef run(tokens):"),
)


def test_comments_stay_and_only_what_returns_the_rule_changes() -> None:
    after = mended(BY_HAND, Keys(HEAD, ("a", "c")))
    assert touched(BY_HAND, after) == [
        '-        return k_token == "b"  # second',
        '+        return k_token in {"a", "c"}  # second',
    ]


def test_a_case_goes_before_what_is_decided_together() -> None:
    text = edit(
        TEXT,
        (
            '    if q_token == "a":\n        return k_token == "b"\n'
            '    if q_token == "b":\n        return k_token == "c"\n',
            "    # by hand\n    wanted = {'a': 'b', 'b': 'c'}\n"
            "    if q_token in wanted:\n        return k_token == wanted[q_token]\n",
        ),
    )
    after = mended(text, Keys(Rule("case", "attn_0_1", ("b",)), ("a",)))
    assert touched(text, after) == [
        '+    if q_token == "b":',
        '+        return k_token == "a"',
    ]
    assert after.index('q_token == "b"') < after.index("# by hand")


def test_all_kinds_of_changes_at_once_leave_all_comments() -> None:
    after = mended(BY_HAND, *CHANGES)
    comments = [line for line in BY_HAND.splitlines() if "#" in line]
    kept = [line for line in after.splitlines() if "#" in line]
    assert len(kept) == len(comments)
    assert all(word in after for word in ("# first", "# second", "# the straight line"))


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_lines_end_as_they_did(newline: str) -> None:
    text = BY_HAND.replace("\n", newline)
    after = mended(text, *CHANGES)
    assert after.count("\n") == after.count(newline)
    assert after.replace(newline, "\n") == mended(BY_HAND, *CHANGES)


def test_rows_side_by_side_and_without_a_last_comma_are_changed() -> None:
    start, _, rest = TEXT.partition("# fmt: off")
    assert "SCORES" in rest
    tables = (
        "SCORES = {'tokens': {'a': (1, 2)}, 'attn_0_0': {'b': (-3, 0)}, "
        "'num_0_2': (1, 0), 'mlp_0_0': {'x': (0, 3), 'y': (2, 0)}, "
        "'mlp_0_1': {5: (0, 4)}}\n",
        "SCORES = {\n  'tokens': {\n    'a': (1, 2)  # one\n  },\n"
        "  'attn_0_0': {'b': (-3, 0)},\n  'num_0_2': [1, 0],\n"
        "  'mlp_0_0': {'x': (0, +3), 'y': (2, 0)},\n  'mlp_0_1': {5: (0, 4)},\n}\n",
    )
    for table in tables:
        text = start + table
        assert read(text).program == PROGRAM
        after = mended(text, *CHANGES[2:])
        assert table.count("#") == after.removeprefix(start).count("#")


def test_a_function_of_two_heads_cannot_be_changed_in_place() -> None:
    text = edit(
        TEXT, ("tokens, tokens, attends_num_0_2", "tokens, tokens, attends_0_1")
    )
    source = read(text)
    change = Keys(HEAD, ("a",))
    program = alter(source.program, change)
    with pytest.raises(CannotRewrite, match="shares its function"):
        mended_source(text, source, program, [change])


@given(SMALL.flatmap(programs), st.integers(0, 99), st.booleans())
@settings(max_examples=15, deadline=None)
def test_any_rule_of_a_written_file_can_be_changed(
    program: Program, seed: int, by_hand: bool
) -> None:
    text = write(program).code
    if by_hand:  # nothing stands as it was written any more
        text = re.sub("(?m)^    return ", "    pass\n    return ", text)
    source = read(text)
    for mutant in mutants(program, 5, seed=seed):
        try:
            after = mended_source(text, source, mutant.program, [mutant.fault])
        except CannotRewrite:
            assert by_hand
            assert mutant.kind == "moved"
            continue
        assert read(after).program == mutant.program


LINES = st.lists(st.sampled_from(["a", "b", "c d", "", "-x", "+y", "\\z"]), max_size=9)


@given(LINES, LINES, st.booleans(), st.booleans(), st.sampled_from(["\n", "\r\n"]))
def test_patches_go_both_ways(
    first: list[str], second: list[str], ends: bool, other_ends: bool, newline: str
) -> None:
    before, after = (
        newline.join(lines) + newline * (end and bool(lines))
        for lines, end in ((first, ends), (second, other_ends))
    )
    text = diff_text("x.py", before, after)
    if before == after:
        assert text == ""
        return
    (patch,) = read_patch(f"# made by hand\n{text}", "p")
    assert patch.name == "x.py"
    assert patch.applied(before) == after
    assert patch.reversed().applied(after) == before


def test_git_understands_the_patch(tmp_path: Path) -> None:
    after = mended(BY_HAND, *CHANGES)
    (tmp_path / "x.py").write_text(BY_HAND)
    (tmp_path / "p.diff").write_text(diff_text("x.py", BY_HAND, after))
    subprocess.run(["git", "apply", "p.diff"], cwd=tmp_path, check=True)
    assert (tmp_path / "x.py").read_text() == after


@pytest.mark.parametrize(
    "text",
    ["", "nothing\n", "--- a/x\n+++ b/x\n", "--- a/x\n+++ b/x\n@@ -1,2 +1 @@\n-a\n"],
)
def test_what_is_no_patch_is_refused(text: str) -> None:
    with pytest.raises(UserError, match=r"no patch|cut off"):
        read_patch(text, "p")


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
