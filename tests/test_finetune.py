"""Training that goes on from a program: faults are mended, what is frozen stays."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

torch = pytest.importorskip("torch")

from tests.cases import CASES  # noqa: E402
from tests.strategies import programs  # noqa: E402
from tpdebug.cases import Cases  # noqa: E402
from tpdebug.cli import main  # noqa: E402
from tpdebug.domain import Domain  # noqa: E402
from tpdebug.errors import UserError  # noqa: E402
from tpdebug.evaluate import answers  # noqa: E402
from tpdebug.inputs import blocks, decode, sample  # noqa: E402
from tpdebug.nodes import (  # noqa: E402
    CategoricalHead,
    Classifier,
    LookupTable,
    NumericalHead,
    Predicate,
)
from tpdebug.oracles import Oracle, oracle_for  # noqa: E402
from tpdebug.program import Program  # noqa: E402
from tpdebug.read import load  # noqa: E402
from tpdebug.restrict import inside, restrict  # noqa: E402
from tpdebug.write import save, write  # noqa: E402
from trainers import finetuning  # noqa: E402
from trainers.data import Data  # noqa: E402
from trainers.finetuning import Tuned, finetune  # noqa: E402
from trainers.lift import lift_like  # noqa: E402
from trainers.listing import FEWEST  # noqa: E402
from trainers.lower import lower, tokens_of  # noqa: E402
from trainers.network import Network  # noqa: E402
from trainers.split import Split, split  # noqa: E402
from trainers.tasks import Task  # noqa: E402
from trainers.tuning.exact import Exact  # noqa: E402
from trainers.tuning.looking import Standing  # noqa: E402
from trainers.tuning.pairs import pairs  # noqa: E402
from trainers.tuning.proposals import proposals  # noqa: E402
from trainers.tuning.whole import Whole  # noqa: E402
from trainers.tuning.wide import widened  # noqa: E402

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"


@lru_cache
def right() -> Program:
    """A program that reverses up to four letters, without mistakes."""
    whole = load(EXAMPLES / "reverse.py")
    return restrict(whole, inside(whole.domain, lengths=(1, 4)))


@lru_cache
def wrong() -> Program:
    """The same with one wrong case in its first head."""
    head, *others = right().nodes
    assert isinstance(head, NumericalHead)
    assert isinstance(head.predicate, Predicate)
    cases = dict(head.predicate.cases)
    cases[2] = (0, 1)
    bad = replace(head, predicate=Predicate.of(cases))
    return replace(right(), nodes=(bad, *others))


def reverse(letters: Sequence[str]) -> list[str]:
    return list(letters)[::-1]


@lru_cache
def mended() -> Tuned:
    return finetune(wrong(), reverse, freeze=("scores",))


def test_a_planted_wrong_rule_is_mended_and_nothing_else_changes() -> None:
    found = mended()
    assert found.better
    assert not found.before.perfect
    assert found.trained.accuracy.perfect
    assert found.trained.accuracy.evidence.kind == "proved"
    assert found.changed == ("num_attn_0_0",)
    assert found.program.nodes == right().nodes
    assert not found.scores_changed


def test_what_was_found_is_a_pure_function_of_the_seed() -> None:
    again = finetune(wrong(), reverse, freeze=("scores",))
    assert again.program == mended().program
    assert (again.steps, again.validation) == (mended().steps, mended().validation)


def test_a_wrong_rule_is_mended_by_listed_cases() -> None:
    inputs = [
        row for block in blocks(right().domain) for row in decode(right().domain, block)
    ]
    chosen = Random(0).sample(inputs, 300)
    cases = [(letters, tuple(reverse(letters))) for letters in chosen]
    found = finetune(wrong(), Cases(right().domain, cases, pooled=False))
    assert found.better
    assert found.trained.accuracy.evidence.kind == "listed"
    assert found.trained.accuracy.perfect
    assert answers(found.program, inputs) == [tuple(reverse(row)) for row in inputs]


@pytest.mark.parametrize(
    "freeze",
    [("num_attn_0_0",), ("heads",), ("tables", "attn_1_0"), ("scores", "heads")],
)
def test_what_is_frozen_is_written_as_it_was(freeze: tuple[str, ...]) -> None:
    found = finetune(wrong(), reverse, freeze=freeze, steps=4)
    kinds = {
        "heads": CategoricalHead | NumericalHead,
        "tables": LookupTable,
    }
    for old, new in zip(wrong().nodes, found.program.nodes, strict=True):
        frozen = old.name in freeze or any(
            isinstance(old, kinds[name]) for name in freeze if name in kinds
        )
        assert old == new or not frozen
    before, after = (write(p).code for p in (wrong(), found.program))
    if "heads" in freeze:
        assert _between(before, "def attends", "def table") == _between(
            after, "def attends", "def table"
        )
    if "scores" in freeze:
        assert found.program.classifier == wrong().classifier
        assert before[before.index("SCORES") :] == after[after.index("SCORES") :]


def _between(text: str, start: str, end: str) -> str:
    return text[text.index(start) : text.index(end) if end in text else len(text)]


def test_frozen_parts_are_kept_only_because_they_are_frozen() -> None:
    free = finetune(wrong(), reverse)
    assert free.changed == ("num_attn_0_0",)
    kept = finetune(wrong(), reverse, freeze=("num_attn_0_0",))
    assert "num_attn_0_0" not in kept.changed


@settings(max_examples=25, deadline=None)
@given(programs(), st.randoms(use_true_random=False))
def test_it_is_never_worse_on_validation(program: Program, random: Random) -> None:
    classes, domain = program.classifier.classes, program.domain
    inputs = [
        letters for block in sample(domain, 60, 0) for letters in decode(domain, block)
    ]
    pooled = program.classifier.pooled
    cases = [
        (row, tuple(random.choice(classes) for _ in ("x" if pooled else row)))
        for row in inputs
    ]
    known = Cases(domain, cases, pooled=pooled)
    if not program.scored or len({row for row, _ in cases}) < FEWEST:
        with pytest.raises(UserError, match=r"too few|no scores"):
            finetune(program, known, steps=3)
        return
    found = finetune(program, known, steps=3)
    before, after = found.validation
    assert after.letters_right >= before.letters_right
    assert after.inputs_right >= before.inputs_right
    if found.better:
        assert found.program != program
    else:
        assert found.program == program


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_an_exchange_does_is_computed_exactly(case: object) -> None:
    program = case.program  # type: ignore[attr-defined]
    tokens = torch.cat(
        [
            torch.nn.functional.pad(
                found := tokens_of(program.domain, block),
                (0, program.domain.positions - found.shape[1]),
                value=-1,
            )
            for block in sample(program.domain, 80, 0)
        ]
    )
    sizes = len(program.domain.vocabulary), program.domain.positions
    network = widened(lower(program), *sizes)
    targets = Network(network).predictions(tokens).roll(1, 0)
    if not program.classifier.pooled:
        targets = targets.masked_fill(tokens < 0, -1)
    data, draw = Data(tokens, targets), np.random.default_rng(0)
    exact = Exact(network, data, fitting=False)
    for place, node in enumerate(network.nodes):
        for other in list(proposals(node, None, draw))[::29]:
            changed, values = exact.exchanged(place, other)
            anew = Exact(changed, data, fitting=False)
            assert exact.outcome(place, other) == pytest.approx(anew.loss)
            assert exact.guess(place, other, None) == pytest.approx(anew.loss)
            exact.restore(changed, values)
            assert exact.loss == pytest.approx(anew.loss)
            exact.restore(network, Network(network).values(tokens))


@pytest.mark.parametrize(
    ("freeze", "says"),
    [
        (("nose",), "there is no 'nose' to freeze"),
        (("heads", "tables", "scores"), "nothing is left to train"),
    ],
)
def test_what_cannot_be_frozen_is_said(freeze: tuple[str, ...], says: str) -> None:
    with pytest.raises(UserError, match=says):
        finetune(wrong(), reverse, freeze=freeze)


def test_it_can_learn_some_inputs_only() -> None:
    part = inside(wrong().domain, lengths=(2, 3))
    found = finetune(wrong(), reverse, freeze=("scores",), part=part)
    assert found.trained.program.domain == part
    assert found.trained.accuracy.inputs == part.count
    assert found.program.domain == wrong().domain
    assert found.better


def test_more_letters_are_no_better_where_fewer_inputs_are_right() -> None:
    begun = Standing(letters=50, inputs=7, learned=400)
    assert Standing(51, 7, 300).better(begun)
    assert Standing(50, 7, 401).better(begun)
    assert not Standing(50, 7, 400).better(begun)
    assert not Standing(51, 6, 500).better(begun)
    assert not Standing(49, 8, 500).better(begun)


def test_too_few_cases_and_foreign_answers_are_refused() -> None:
    domain = right().domain
    few = Cases(domain, [(("0",), ("0",))] * 20, pooled=False)
    with pytest.raises(UserError, match="1 different input: too few"):
        finetune(right(), few)
    with pytest.raises(UserError, match="nothing to learn"):
        finetune(right(), lambda letters: ["other"] * len(letters))


def test_a_program_without_scores_is_refused() -> None:
    program = Program(Domain(("a", "b"), (1, 3)), (), Classifier.of("ab", {}))
    with pytest.raises(UserError, match="no scores"):
        finetune(program, lambda letters: letters)


@settings(max_examples=60)
@given(programs())
def test_room_for_more_codes_changes_nothing(program: Program) -> None:
    sizes = len(program.domain.vocabulary), program.domain.positions
    assert lift_like(program, widened(lower(program), *sizes), []) == program


@lru_cache
def repeating() -> Program:
    """A program that says where a letter is that of before: head and table do it."""
    domain = Domain(("a", "b", "c"), (1, 5), begin="<s>")
    before = Predicate.where(range(6), range(6), lambda q, k: k == q - 1)
    same = {(letter, letter): 1 for letter in domain.alphabet}
    scores = {("mlp_0_0", 0): [1, 0], ("mlp_0_0", 1): [0, 1]}
    return Program(
        domain,
        (
            CategoricalHead("attn_0_0", "positions", "positions", "tokens", before),
            LookupTable.of("mlp_0_0", ["tokens", "attn_0_0"], same, 0),
        ),
        Classifier.of(("no", "yes"), scores),
    )


def test_a_table_is_made_for_another_head() -> None:
    head, table = repeating().nodes
    assert isinstance(head, CategoricalHead)
    assert isinstance(table, LookupTable)
    last = Predicate.where(range(6), range(6), lambda q, k: k == 5 - q)
    other = LookupTable.of(table.name, table.inputs, {("a", "b"): 1, ("c", "c"): 1}, 0)
    bad = replace(repeating(), nodes=(replace(head, predicate=last), other))
    block = max(sample(bad.domain, 200, 0), key=len)
    tokens = tokens_of(bad.domain, block)
    right = Network(lower(repeating())).predictions(tokens)
    data, draw = Data(tokens, right), np.random.default_rng(0)
    exact = Exact(widened(lower(bad), 4, 6), data, fitting=True)
    heads = list(proposals(exact.network.nodes[0], None, draw))
    alone = min(exact.outcome(0, each) for each in heads)
    loss, network = exact.loss, exact.network
    made = sorted(pairs(exact, 0, heads, [0, 1], draw), key=lambda each: each[0])
    assert (exact.loss, exact.network) == (loss, network)
    cost, nodes = made[0]
    assert cost < alone / 4
    assert nodes[0].predicate[2].nonzero()[0].tolist() == [1]  # type: ignore[union-attr]
    assert not pairs(exact, 0, heads, [0], draw)  # a frozen table stays


def counts(letters: Sequence[str]) -> list[str]:
    return [str(list(letters).count(letter)) for letter in letters]


def miscounting(row: Sequence[int]) -> Program:
    """A program that counts each letter, with other scores where it counts four."""
    whole = load(EXAMPLES / "hist.py")
    program = restrict(whole, inside(whole.domain, lengths=(1, 4)))
    known = program.classifier
    scores = {(r.variable, r.value): r.scores for r in known.rows}
    scores["num_mlp_0_0", 4] = tuple(row)
    return replace(program, classifier=Classifier.of(known.classes, scores))


def without_rare(task: Task, seed: int) -> Split:
    """Cases that never have a letter four times."""
    parts = split(task, seed)
    kept = (
        tuple(case for case in part if len(set(case[0])) > 1 or len(case[0]) < 4)
        for part in (parts.train, parts.valid, parts.test)
    )
    return Split(*kept)


def test_the_few_inputs_that_fail_on_the_whole_domain_are_learned_from(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bad = miscounting([0, 0, 1, 0, 0, 0, 0])
    monkeypatch.setattr(finetuning, "split", without_rare)
    found = finetune(bad, counts)
    assert found.before.inputs - found.before.inputs_right == 6
    assert found.trained.accuracy.perfect
    monkeypatch.setattr(finetuning, "AGAIN", 0)
    assert not finetune(bad, counts).better


def test_a_program_that_is_worse_on_the_whole_domain_is_not_better(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    task = Task("counting", "", miscounting([0] * 7).domain, oracle_for_counts())
    right, bad = miscounting([0, 0, 0, 1, 0, 0, 0]), miscounting([0, 0, 1, 0, 0, 0, 0])
    whole = Whole(right, task)
    assert whole.worse(bad)
    assert not whole.worse(right)
    assert not Whole(bad, task).worse(right)
    failing = Whole(bad, task).failing(bad, Split((), (), ()))
    assert [letters for letters, _ in failing] == [(x,) * 4 for x in "012345"]
    assert all(answer == ("4",) * 4 for _, answer in failing)
    held = Split(failing[:1], failing[1:3], failing[3:])
    assert Whole(bad, task).failing(bad, held) == failing[3:]
    monkeypatch.setattr(Whole, "worse", lambda *_: True)
    assert not finetune(wrong(), reverse).better


def oracle_for_counts() -> Oracle:
    program = miscounting([0] * 7)
    return oracle_for(counts, program.domain, False, "counting")


def run(*words: object) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["finetune", *map(str, words)])
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.exit_code, result.output


def test_the_command_writes_a_better_program(tmp_path: Path) -> None:
    path, out = tmp_path / "bad.py", tmp_path / "good.py"
    save(wrong(), path)
    code, said = run(path, "--task", "reverse", "-o", out)
    assert code == 0
    assert "1 node has other rules (num_attn_0_0)" in said
    assert "Network, program and executed file agree on all 780 inputs." in said
    assert load(out).nodes == right().nodes
    about = out.read_text(encoding="utf-8")
    assert "Right on all 780 inputs of its domain (proved)." in about
    assert (
        "Made by: tpdebug finetune bad.py --task reverse --seed 0 -o good.py" in about
    )
    before = out.read_bytes()
    code, said = run(path, "--task", "reverse", "-o", out)
    assert (code, out.read_bytes()) == (2, before)
    assert "--force" in said


def test_the_file_keeps_what_a_person_wrote(tmp_path: Path) -> None:
    path, out = tmp_path / "bad.py", tmp_path / "good.py"
    save(wrong(), path)
    text = path.read_text(encoding="utf-8")
    for old, new in (
        ("def attends_1_0(", "# looks back\ndef attends_1_0("),
        ("    if q_position == 2:\n", "    # odd\n    if q_position == 2:  # why?\n"),
        ('        "2": (', '        # the middle\n        "2": ('),
        ('"""reverse: ', '"""By me. Reverse: '),
    ):
        assert old in text
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")
    code, said = run(path, "--task", "reverse", "--format", "json", "-o", out)
    assert (code, json.loads(said)["anew"]) == (0, None)
    after = out.read_text(encoding="utf-8")
    for comment in ("# looks back", "# odd", "# why?", "# the middle", "By me. Rev"):
        assert after.count(comment) == 1
    assert after.count("Made by: ") == after.count("Right on ") == 1
    assert "Finetuned from bad.py, which was right on 260 of these" in after
    code, said = run(path, "--task", "reverse", "--standalone", "-o", out, "--force")
    assert code == 0
    assert "Written anew: comments are not kept, because --standalone" in said
    assert "# odd" not in out.read_text(encoding="utf-8")


def test_of_some_inputs_no_file_says_that_they_are_its_domain(tmp_path: Path) -> None:
    path, out = tmp_path / "bad.py", tmp_path / "good.py"
    save(wrong(), path)
    for more in ((), ("--standalone", "--force")):
        assert (
            run(path, "--task", "reverse", "--lengths", "1-3", "-o", out, *more)[0] == 0
        )
        about = load(out).about
        assert "of its domain" not in about
        assert "Finetuned: right on 155 of 155 inputs that were looked at." in about


def test_nothing_is_written_where_nothing_is_better(tmp_path: Path) -> None:
    path, out = tmp_path / "good.py", tmp_path / "better.py"
    save(right(), path)
    code, said = run(path, "-o", out, "--format", "json")
    found = json.loads(said)
    assert (code, out.exists()) == (1, False)
    assert (found["better"], found["output"]) == (False, None)
    assert found["measured"]["before"]["inputs_right"] == 780
    code, said = run(path, "-o", out)
    assert code == 1
    assert "nothing is written" in " ".join(said.split())


def test_a_wrong_use_is_said_in_a_line(tmp_path: Path) -> None:
    path = tmp_path / "good.py"
    save(replace(right(), task=None), path)
    for words in (
        (path, "-o", tmp_path / "x.py"),
        (path, "-o", tmp_path / "x.txt", "--task", "reverse"),
        (path, "-o", tmp_path / "none" / "x.py", "--task", "reverse"),
        (path, "-o", tmp_path / "x.py", "--task", "reverse", "--freeze", "nose"),
        (tmp_path / "none.py", "-o", tmp_path / "x.py", "--task", "reverse"),
        (path, "-o", tmp_path / "x.py", "--cases", tmp_path / "none.jsonl"),
    ):
        code, said = run(*words)
        assert code == 2
        assert said.count("\n") == 1, said
        assert said.startswith("tpdebug: ")
    assert not (tmp_path / "x.py").exists()


def test_the_words_of_another_program_are_not_replaced(tmp_path: Path) -> None:
    path, words = tmp_path / "mine.py", tmp_path / "x.words.csv"
    save(next(case.program for case in CASES if case.name == "sentiment"), path)
    words.write_text("of another program", encoding="utf-8")
    code, said = run(path, "--task", "hist", "-o", tmp_path / "x.py")
    assert code == 2
    assert "x.words.csv exists" in said
    assert words.read_text(encoding="utf-8") == "of another program"


def test_the_docs_show_commands_and_code_that_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (EXAMPLES.parent / "docs" / "finetune.md").read_text(encoding="utf-8")
    lines = [line[2:] for line in text.splitlines() if line.startswith("$ tpdebug ")]
    assert lines
    command = main.commands["finetune"]
    known = {name for option in command.params for name in option.opts}
    for line in lines:
        assert {word for word in line.split() if word.startswith("-")} <= known
    assert {f"--{name}" for name in ("freeze", "steps", "seed", "lengths")} <= known
    monkeypatch.chdir(tmp_path)
    save(wrong(), "bad.py")
    (code,) = re.findall(r"```python\n(.*?)```", text, flags=re.DOTALL)
    names: dict[str, Any] = {}
    exec(compile(code, "finetune.md", "exec"), names)
    assert names["found"].better
