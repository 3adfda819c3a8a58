"""Rules changed in the text of a program: only their lines change, and patches."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzers.alter import alter
from analyzers.mutants import mutants
from tests.strategies import domains, programs
from tests.test_hand_edits import PROGRAM, TEXT, edit
from tpdebug.domain import Domain
from tpdebug.errors import UserError
from tpdebug.findings import Alteration, Keys, Output, Scores
from tpdebug.nodes import Classifier, NumericalHead, Predicate, Rule
from tpdebug.program import Program
from tpdebug.read import read
from tpdebug.write import write
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


@pytest.mark.parametrize("person", ["", "As Ann says, "])
def test_the_docstring_of_a_function_is_ours_and_true_or_a_persons(person: str) -> None:
    domain = Domain(("a", "b", "c"), (1, 3))
    every = Predicate.of({x: [x] for x in domain.alphabet})
    head = NumericalHead("count", "tokens", "tokens", "ones", every)
    scores = {("count", None): [0, 1], ("tokens", "a"): [1, 0]}
    text = write(Program(domain, (head,), Classifier.of("01", scores))).code
    same, other = (
        "count counts the tokens equal to this one.",
        "count counts the tokens that match.",
    )
    text = edit(
        text,
        (f'"""{same}', f'"""{person}{same}'),
        ("    return k_token ==", "    # the same\n    return k_token =="),
    )
    after = mended(text, Keys(Rule("case", "count", ("a",)), ("b",)))
    assert after.count("# the same") == 1
    assert (after.count(same), after.count(other)) == ((1, 0) if person else (0, 1))


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
