"""lint: every proved finding is confirmed by doing what it says, on all inputs."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analyzers.diff import diff
from analyzers.lint import lint
from analyzers.lint.listed import listed
from analyzers.lint.seen import see
from analyzers.lint.variables import computed, constants
from analyzers.maximal import maximal
from analyzers.rewrites import answer_edited, edited, rewritten, without_rows
from analyzers.sameness import Sameness
from tests.scrambled import scrambled
from tests.strategies import programs
from tests.test_cli import EXAMPLE
from tpdebug.columns import expand
from tpdebug.errors import ProgramError, UserError
from tpdebug.evaluate import Evaluator
from tpdebug.findings import CODES, Copied, Edit, Evidence, Fixed, Unscored
from tpdebug.inputs import columns_of
from tpdebug.parts import all_parts
from tpdebug.program import Program
from tpdebug.read import load
from tpdebug.restrict import inside, restrict
from tpdebug.write import save

few = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))


def same_of(program: Program) -> Sameness:
    parts = list(all_parts(program.domain))
    return Sameness(program, parts, Evidence("proved", program.domain.count))


def sources(text: str, folder: Path) -> Path:
    path = folder / "program.py"
    path.write_text(text, encoding="utf-8")
    return path


@given(program=programs())
@few
def test_every_proved_finding_is_confirmed_by_doing_it(
    program: Program, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("lint") / "program.py"
    save(program, path)
    for finding in lint(path, syntax=False).findings:
        assert finding.proved
        assert finding.line is not None
        changed = rewritten(program, finding.edits)
        assert not diff(program, changed).witnesses, finding
    assert not diff(program, scrambled(program, seed=1)).witnesses


@given(program=programs(), data=st.data())
@few
def test_an_edited_evaluator_answers_as_the_rewritten_program(
    program: Program, data: st.DataObject
) -> None:
    seen = see(program, list(all_parts(program.domain)))
    edits: list[Edit] = []
    for name in data.draw(
        st.lists(st.sampled_from(computed(seen) or [""]), unique=True)
    ):
        before = (
            list(program.variables)[: list(program.variables).index(name)]
            if name
            else []
        )
        numerical = bool(name) and program.variables[name].numerical
        sources = [n for n in before if program.variables[n].numerical == numerical]
        values = constants(seen, name) if name else []
        options: list[Edit] = [Fixed(name, value) for value in values]
        options += [Copied(name, n) for n in sources if not numerical]
        if options:
            edits.append(data.draw(st.sampled_from(options)))
    for row in program.classifier.rows:
        if data.draw(st.integers(0, 3)) == 0:
            edits.append(Unscored(row.variable, (row.value,)))
    try:
        changed = rewritten(program, edits)
    except ProgramError:
        return
    classifier = program.classifier
    for edit in edits:
        if isinstance(edit, Unscored):
            classifier = without_rows(classifier, edit)
    quick = edited(Evaluator(program), edits)
    for part in all_parts(program.domain):
        block = part.block()
        wanted = Evaluator(changed).answers(block)
        found = answer_edited(quick, columns_of(block))
        for place, column in enumerate(found):
            assert (expand(column, len(block)) == wanted[:, place]).all()


@given(program=programs())
@few
def test_nothing_can_be_added_to_a_maximal_set(program: Program) -> None:
    same = same_of(program)
    rows = [(Unscored(r.variable, (r.value,)),) for r in program.classifier.rows]
    taken = maximal(same, [[row] for row in rows])
    edits = [edit for some in taken for edit in some]
    assert not diff(program, rewritten(program, edits)).witnesses
    for row in rows:
        if row not in taken:
            assert diff(program, rewritten(program, [*edits, *row])).witnesses


def test_what_is_found_does_not_depend_on_the_number_of_threads() -> None:
    path = "examples/categorical/most_freq.py"
    first, second = (lint(path, jobs=jobs, syntax=False) for jobs in (1, 3))
    assert first == second


def test_a_sample_proves_nothing() -> None:
    found = lint(EXAMPLE.parent / "hist.py", most=10, samples=50, syntax=False)
    assert found.findings
    assert found.evidence.kind == "sampled"
    for finding in found.findings:
        assert not finding.proved
        assert finding.says.startswith("in the sample, ")


def test_fewer_inputs_have_more_dead_code() -> None:
    program = load(EXAMPLE)
    part = restrict(program, inside(program.domain, alphabet=("0", "1")))
    found = lint(EXAMPLE, within=part, syntax=False)
    assert len(found.findings) > len(lint(EXAMPLE, syntax=False).findings)
    assert found.evidence.inputs == part.domain.count


SHADOWED = """
from tpdebug.rasp import aggregate, answer, delimit, select_closest

ALPHABET = ("a", "b")
LENGTHS = (1, 3)
CLASSES = ("a", "b")


def attends_0_0(q_token, k_token):{on_def}
    unused = 1
    if q_token == "a":
        return k_token == "a"
    if q_token == "a":
        return k_token == "b"{on_line}
    return k_token == "b"


def run(tokens):
    tokens = delimit(tokens, ALPHABET, LENGTHS)
    attn_0_0 = aggregate(select_closest(tokens, tokens, attends_0_0), tokens)
    return answer(CLASSES, SCORES, attn_0_0=attn_0_0)


SCORES = {{"attn_0_0": {{"b": (0, 1)}}}}
"""


def test_a_shadowed_case_and_an_unused_name_are_found(tmp_path: Path) -> None:
    path = sources(SHADOWED.format(on_def="", on_line=""), tmp_path)
    found = {(f.symbol, f.line) for f in lint(path).findings}
    assert {("unused-variable", 10), ("unreached-line", 14)} <= found


@pytest.mark.parametrize(
    ("on_def", "on_line", "left"),
    [
        ("", "  # tpdebug: ignore[TP101]", {"unused-variable"}),
        ("", "  # tpdebug: ignore[unreached-line, TP104]", {"unused-variable"}),
        ("", "  # tpdebug: ignore[TP104]", {"unused-variable", "unreached-line"}),
        ("  # tpdebug: ignore[TP101]", "", {"unused-variable"}),
        ("  # tpdebug: ignore", "", set()),
    ],
)
def test_comments_silence_findings(
    on_def: str, on_line: str, left: set[str], tmp_path: Path
) -> None:
    path = sources(SHADOWED.format(on_def=on_def, on_line=on_line), tmp_path)
    found = lint(path, select=["TP101", "W0612"])
    assert {f.symbol for f in found.findings} == left
    assert found.ignored == 2 - len(left)


def test_codes_are_selected_and_ignored(tmp_path: Path) -> None:
    path = sources(SHADOWED.format(on_def="", on_line=""), tmp_path)
    every = {f.code for f in lint(path).findings}
    assert {f.code for f in lint(path, select=["TP"]).findings} == every - {"W0612"}
    assert {f.code for f in lint(path, ignore=["TP"]).findings} == {"W0612"}
    with pytest.raises(UserError, match="TP101 \\(unreached-line\\)"):
        lint(path, select=["TP999"])


def test_conditions_that_list_values_are_read_as_they_stand() -> None:
    text = """
def f(a, b):
    key = (a, b)
    other = b
    if key in {(2, 3), (0, 1), (2, 3)}:
        return 1
    if a in {"p", "z", "c", "y", "b", "x", "a"}:  # in this order, not that of a set
        return 1
    if a in {"p", b}:
        return 1
    if other in ("x",) and a == 3:
        return 2
    if b == a or g(a) == 1 or (b, a) == (1, 2):
        return 3
"""
    (function,) = ast.parse(text).body
    assert isinstance(function, ast.FunctionDef)
    found = [(c.line, c.axes, [*c.keys]) for c in listed(function)]
    assert found == [
        (5, (0, 1), [(2, 3), (0, 1)]),
        (7, (0,), [(letter,) for letter in "pzcybxa"]),
        (11, (1,), [("x",)]),
        (11, (0,), [(3,)]),
        (13, (1, 0), [(1, 2)]),
    ]


def test_symbols_are_as_unique_as_codes() -> None:
    assert len({code.symbol for code in CODES.values()}) == len(CODES)
