"""simplify: the same answers on all inputs, from less."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analyzers.diff import diff
from analyzers.lint.seen import see
from analyzers.lint.variables import computed
from analyzers.rewrites import rewritten
from analyzers.sameness import Sameness
from analyzers.simplify import simplify
from analyzers.simplify.fill import cost
from analyzers.simplify.fold import fold
from analyzers.simplify.shorter import shorter, ways_to_say
from analyzers.simplify.sizes import size_of_program
from analyzers.simplify.whole import counterexamples, joined
from analyzers.survey import survey
from tests.published import saved
from tests.strategies import programs
from tests.test_cli import EXAMPLE, refused, tpdebug
from tpdebug import __version__
from tpdebug.domain import Domain
from tpdebug.findings import Copied, Edit, Evidence, Fixed, Replaced, Unscored
from tpdebug.nodes import (
    CategoricalHead,
    Classifier,
    Embedding,
    LookupTable,
    Node,
    NumericalHead,
    Predicate,
)
from tpdebug.parts import all_parts
from tpdebug.program import Program
from tpdebug.read import load, read
from tpdebug.write import save, write
from tpdebug.write.source import describe

few = settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))


@given(program=programs())
@few
def test_no_simplification_changes_an_answer(program: Program) -> None:
    found = simplify(program)
    assert found.evidence.kind == "proved"
    assert not diff(program, found.program).witnesses
    assert read(write(found.program)).program == found.program
    assert found.after == size_of_program(found.program)
    assert found.after.nodes <= found.before.nodes
    assert found.after.rows <= found.before.rows + len(program.domain.vocabulary)


@given(program=programs(), data=st.data())
@settings(few, max_examples=40)
def test_folding_is_doing_the_edits_for_good(
    program: Program, data: st.DataObject
) -> None:
    known, edits = program.variables, list[Edit]()
    for name in computed(see(program, list(all_parts(program.domain)))):
        before = list(known)[: list(known).index(name)]
        same = [n for n in before if known[n].numerical == known[name].numerical]
        values = (0, 1) if known[name].numerical else known[name].values[:3]
        ways: list[Edit | None] = [None, None]
        ways += [Fixed(name, v) for v in values if v in known[name].values]
        ways += [
            Copied(name, source)
            for source in same
            if not known[name].numerical
            or len(known[source].values) <= len(known[name].values)
        ]
        edit = data.draw(st.sampled_from(ways))
        edits += [] if edit is None else [edit]
    gone = {edit.variable for edit in edits if isinstance(edit, Fixed | Copied)}
    for row in program.classifier.rows:
        if data.draw(st.integers(0, 3)) == 0:
            edits.append(Unscored(row.variable, (row.value,)))
    folded = fold(program, edits)
    assert not gone & set(folded.writers)
    assert not diff(rewritten(program, edits), folded).witnesses


DOMAIN = Domain(("a", "b", "c"), (1, 4), begin="<s>")


def padded() -> Program:
    """A histogram that also has a copy of it, a constant, and a needless table."""
    tokens = DOMAIN.vocabulary
    equal = Predicate.of({t: [t] for t in tokens})
    also = Predicate.of({t: [t, "<s>"] if t == "<s>" else [t] for t in tokens})
    nodes = (
        NumericalHead("num_attn_0_0", "tokens", "tokens", "ones", equal),
        NumericalHead("num_attn_0_1", "tokens", "tokens", "ones", also),
        CategoricalHead(
            *("attn_0_0", "positions", "positions", "tokens"),
            Predicate.of({place: [0] for place in range(5)}),
        ),
        LookupTable.of("mlp_0_0", ("tokens", "attn_0_0"), {("a", "<s>"): 1}, 0),
        LookupTable.of(
            "mlp_1_0", ("num_attn_0_1",), {(0,): 9, (1,): 1, (2,): 2, (3,): 3}, 4
        ),
    )
    scores = {
        ("mlp_1_0", n): [9 * (n == c) for c in (1, 2, 3, 4)] for n in (1, 2, 3, 4)
    }
    scores |= {("mlp_0_0", 1): [1, 0, 0, 1], ("attn_0_0", "<s>"): [1, 1, 1, 1]}
    return Program(DOMAIN, nodes, Classifier.of("1234", scores))


def test_a_padded_program_comes_down_to_what_it_does() -> None:
    found = simplify(padded())
    assert not diff(padded(), found.program).witnesses
    assert len(found.program.nodes) == 2
    assert {type(n) for n in found.program.nodes} == {NumericalHead, LookupTable}
    assert "k_token == q_token" in write(found.program).code
    assert found.after.lines < found.before.lines
    gone = {name for step in found.steps for name in step.removed}
    assert {"attn_0_0", "mlp_0_0"} <= gone


def test_a_rule_for_ties_goes_where_it_makes_no_difference() -> None:
    tokens = DOMAIN.vocabulary
    first = Predicate.of({place: [1] for place in range(5)})
    equal = Predicate.of({t: [t] for t in tokens})
    nodes = (
        CategoricalHead(
            *("attn_0_0", "positions", "positions", "tokens", first), tie="matches"
        ),
        CategoricalHead(
            *("attn_0_1", "tokens", "tokens", "positions", equal), tie="matches"
        ),
    )
    scores = {("attn_0_0", t): [9 * (t == c) for c in "abc"] for t in "abc"}
    scores |= {("attn_0_1", n): [5 * n, 0, 7] for n in range(5)}
    program = Program(DOMAIN, nodes, Classifier.of("abc", scores))
    found = simplify(program)
    ties = {node.name: node.tie for node in found.program.nodes}  # type: ignore
    assert ties == {"attn_0_0": "last", "attn_0_1": "matches"}
    assert diff(program, program.with_tie("last")).witnesses
    assert not diff(program, found.program).witnesses


class FailsLater(Sameness):
    """Agrees on the few inputs with what then changes an answer on all, once."""

    def __init__(self, program: Program, good: Node) -> None:
        super().__init__(program, list(all_parts(DOMAIN)), Evidence("proved", 120))
        self.good, self.bad = good, set[Node]()

    def likely(self, edits: Sequence[Edit], upon: Sequence[Edit] = ()) -> bool:
        return not any(isinstance(e, Replaced) and e.node in self.bad for e in edits)

    def all_the_same(self, edits: Sequence[Edit]) -> bool:
        bad = {e.node for e in edits if isinstance(e, Replaced)} - {self.good}
        self.bad |= bad
        return not bad


def test_what_fails_on_all_inputs_is_no_end_of_the_search() -> None:
    wants = Predicate.of({"a": ["b"], "b": ["b", "c"], "c": ["a"]})
    head = NumericalHead("num_attn_0_0", "tokens", "tokens", "ones", wants)
    scores = {("num_attn_0_0", None): [0, 1]}
    program = Program(DOMAIN, (head,), Classifier.of("xy", scores))
    ways = sorted(ways_to_say(program, head), key=lambda way: cost(program, way))
    assert cost(program, ways[0]) < cost(program, ways[1]) < cost(program, head)
    assert shorter(FailsLater(program, ways[1])) == [Replaced(ways[1])]


def test_a_short_program_stays_as_it_is() -> None:
    found = simplify(load(EXAMPLE))
    assert found.after.lines == found.before.lines
    assert found.after.cells <= found.before.cells


def test_a_large_domain_is_sampled_and_that_is_said() -> None:
    found = simplify(padded(), most=10, samples=30)
    assert found.evidence.kind == "sampled"


def test_a_sample_is_made_larger_until_all_inputs_are_answered_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("analyzers.simplify.WORKED_ON", 10)
    sampled = simplify(padded(), most=10, samples=2)
    assert diff(padded(), sampled.program).witnesses
    proved = simplify(padded(), most=1000, samples=2)
    assert proved.evidence == Evidence("proved", 120)
    assert not diff(padded(), proved.program).witnesses


def test_counterexamples_do_not_depend_on_what_is_done_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def backwards(*parts: Any, **options: Any) -> Iterator[Any]:
        return iter(list(survey(*parts, **options))[::-1])

    other = Program(DOMAIN, (), Classifier.of("1234", {}))
    monkeypatch.setattr("analyzers.simplify.whole.all_parts", lambda d: all_parts(d, 3))
    monkeypatch.setattr("analyzers.simplify.whole.ENOUGH", 2)
    forwards = counterexamples(padded(), other)
    monkeypatch.setattr("analyzers.simplify.whole.survey", backwards)
    again = counterexamples(padded(), other)
    assert len({part.length for part in forwards}) == len(forwards) > 0
    assert [p.block().tolist() for p in again] == [p.block().tolist() for p in forwards]


def test_inputs_of_one_length_become_one_part() -> None:
    parts = list(all_parts(DOMAIN, 3))
    found = list(joined(parts))
    assert [part.length for part in found] == [1, 2, 3, 4]
    assert [part.size for part in found] == [3, 9, 27, 81]
    rows = np.concatenate([part.block() for part in parts if part.length == 2])
    assert (found[1].block() == rows).all()


def test_the_result_is_the_same_every_time() -> None:
    one, other = (simplify(padded(), jobs=jobs) for jobs in (1, 3))
    assert (one.program, one.steps) == (other.program, other.steps)


def test_a_published_program_comes_out_shorter_in_our_dialect(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    path = saved(padded().with_tie("matches"), tmp_path)
    result = tpdebug("simplify", path, "-o", tmp_path / "short.py")
    assert result.exit_code == 0, result.output
    assert "The same answers on all 120 inputs of the domain (proved)." in result.output
    assert max(map(len, result.output.splitlines())) <= 80
    text = (tmp_path / "short.py").read_text()
    assert "from tpdebug.rasp import" in text
    assert not diff(load(path), load(tmp_path / "short.py")).witnesses


def test_json_lists_the_steps_and_what_was_edited(tmp_path: Path) -> None:
    path, output = tmp_path / "padded.py", tmp_path / "short.py"
    path.write_text(write(padded()).code)
    result = tpdebug("simplify", path, "-o", output, "--format", "json")
    data = json.loads(result.stdout)
    assert data["evidence"]["kind"] == "proved"
    assert data["changed"] == 0
    assert data["steps"][-1]["size"] == data["after"]
    kinds = {edit["kind"] for step in data["steps"] for edit in step["edits"]}
    assert "fixed" in kinds


@pytest.mark.parametrize("standalone", [False, True])
def test_the_docstring_says_what_is_true_of_this_program(
    tmp_path: Path, standalone: bool
) -> None:
    path, output = tmp_path / "p.py", tmp_path / "short.py"
    save(padded().with_about("Right on all 120 inputs (proved).\nBy hand."), path)
    options = ["--lengths", "1-2", *(["--standalone"] if standalone else [])]
    result = tpdebug("simplify", path, "-o", output, *options, "--jobs", 2)
    assert result.exit_code == 0, result.output
    about = load(output).about.splitlines()
    assert about[0] == describe(load(output).with_about(""))
    same = "The same answers on all 12 inputs of the domain (proved)."
    assert about[2:4] == ["Simplified from p.py.", same]
    command = f"tpdebug simplify p.py {' '.join(options)} -o short.py"
    assert about[4:] == [f"Made by: {command} (tpdebug {__version__})"]


def test_a_sample_is_a_sample_in_the_docstring(tmp_path: Path) -> None:
    path, output = tmp_path / "p.py", tmp_path / "short.py"
    save(padded(), path)
    result = tpdebug(
        *("simplify", path, "-o", output, "--most", 10, "--samples", 30),
    )
    assert result.exit_code == 0, result.output
    says = "The same answers on 30 drawn inputs (a sample: not proved)."
    assert says in load(output).about
    assert says in result.output


def test_lines_do_not_depend_on_what_is_said_of_a_program() -> None:
    long = padded().with_about("One.\n\nTwo.\nThree.")
    assert size_of_program(long) == size_of_program(padded())
    scored = Program(DOMAIN, (), Classifier.of("ab", {("ones", None): [0, 1]}))
    bare = Program(DOMAIN, (), Classifier.of("ab", {}))
    assert size_of_program(bare).lines < size_of_program(scored).lines


def embedding(words: int) -> Program:
    """Words with two codes each, of which one is needed, and a table."""
    domain = Domain(tuple(f"w{n}" for n in range(words)), (1, 2))
    codes = Embedding(("emb_0", "emb_1"), tuple((n % 2, n % 3) for n in range(words)))
    table = LookupTable.of("mlp_0_0", ("emb_1",), {(1,): 1}, 0)
    scores = {("mlp_0_0", 1): [1, 0], ("mlp_0_0", 0): [0, 1], ("emb_0", 1): [2, 2]}
    return Program(domain, (codes, table), Classifier.of("xy", scores))


def test_codes_of_words_that_no_answer_needs_go() -> None:
    found = simplify(embedding(20))
    (codes,) = (n for n in found.program.nodes if isinstance(n, Embedding))
    assert codes.names == ("emb_1",)
    assert "emb_0" in {name for step in found.steps for name in step.removed}


def test_a_constant_needs_one_row() -> None:
    program = embedding(20)
    scores = {("mlp_0_0", n): [0, 1] for n in (0, 1)}
    always = Classifier.of("xy", scores, pooled=True)
    found = simplify(Program(program.domain, program.nodes, always))
    (row,) = found.program.classifier.rows
    assert (row.variable, row.scores) == ("ones", (0, 1))


def test_what_became_no_smaller_is_not_called_so(tmp_path: Path) -> None:
    path, output = tmp_path / "p.py", tmp_path / "short.py"
    needless = {("tokens", "a"): [9, 0], ("tokens", "b"): [-9, 0]}
    save(Program(DOMAIN, (), Classifier.of("xy", needless)), path)
    result = tpdebug("simplify", path, "-o", output)
    assert "1 score row instead of 2." in " ".join(result.output.split())
    again = tpdebug("simplify", output, "-o", tmp_path / "again.py")
    assert "nothing could be taken out." in " ".join(again.output.split())


def test_a_file_is_replaced_only_by_force(tmp_path: Path) -> None:
    output, words = tmp_path / "short.py", tmp_path / "short.words.csv"
    words.write_text("mine")
    said = refused(tpdebug("simplify", EXAMPLE, "-o", output))
    assert "short.words.csv exists; use --force to replace it" in said
    words.unlink()
    output.write_text("mine")
    said = refused(tpdebug("simplify", EXAMPLE, "-o", output))
    assert "short.py exists; use --force to replace it" in said
    assert output.read_text() == "mine"
    result = tpdebug("simplify", EXAMPLE, "-o", output, "--force")
    assert result.exit_code == 0, result.output
    assert not diff(load(EXAMPLE), load(output)).witnesses
    said = refused(tpdebug("simplify", EXAMPLE, "-o", tmp_path / "short.txt"))
    assert "ends in .py" in said


def test_what_cannot_be_written_is_refused_before_the_work(tmp_path: Path) -> None:
    said = refused(tpdebug("simplify", EXAMPLE, "-o", EXAMPLE))
    assert "is the program itself" in said
    refused(tpdebug("simplify", EXAMPLE, "-o", tmp_path / "no" / "such" / "x.py"))
    refused(tpdebug("simplify", tmp_path / "missing.py", "-o", tmp_path / "x.py"))
