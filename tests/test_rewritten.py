"""A file that is changed in place to say another program: the rest of it stays."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzers.mutants import mutants
from tests.strategies import domains, programs
from tests.test_hand_edits import PROGRAM, TEXT, VOWEL, edit
from tpdebug.findings import Accuracy, Evidence
from tpdebug.nodes import (
    Classifier,
    LookupTable,
    Predicate,
    Preference,
)
from tpdebug.program import Program
from tpdebug.read import read
from tpdebug.write import write
from tpdebug.write.about import OURS, in_lines
from tpdebug.write.kept import CannotRewrite
from tpdebug.write.patches import diff_text
from tpdebug.write.rewritten import rewritten
from tpdebug.write.stated import accuracy_of_part

HERE = Path("prog.py")
SAID = ["Right on 3 of 4 inputs (listed).", "Made by: tpdebug finetune (tpdebug 9)"]


def changed(text: str, program: Program) -> str:
    """A text that is to say another program, read back."""
    after = rewritten(text, HERE, program, SAID)
    assert read(after.removeprefix("\ufeff")).program == program
    return after


def touched(before: str, after: str) -> list[str]:
    """The lines that differ, without those of the docstring."""
    lines = diff_text("x.py", before, after).splitlines()[2:]
    said = ("Right on", "Made by", '"""')
    found = (line for line in lines if line[0] in "+-" and line[1:].strip())
    return [line for line in found if not any(word in line for word in said)]


def other_scores(program: Program, random: Random, scale: int = 1) -> Program:
    """The program with other scores of what it scores."""
    known = program.classifier
    scores = {
        (row.variable, row.value): [random.randint(-200, 200) for _ in known.classes]
        for row in program.classifier.rows
    }
    new = Classifier.of(known.classes, scores, scale, known.pooled)
    return replace(program, classifier=new)


def with_node(name: str, **parts: object) -> Program:
    nodes = (
        replace(node, **parts) if getattr(node, "name", None) == name else node
        for node in PROGRAM.nodes
    )
    return replace(PROGRAM, nodes=tuple(nodes))


@given(
    domains(longest=3, letters=3).flatmap(programs),
    st.integers(0, 99),
    st.sampled_from([1, 7]),
    st.booleans(),
)
@settings(max_examples=40, deadline=None)
def test_any_file_can_say_another_program(
    program: Program, seed: int, scale: int, by_hand: bool
) -> None:
    text = write(program).code
    if by_hand:  # nothing stands as it was written any more
        text = re.sub("(?m)^    return ", "    pass\n    return ", text)
        text = re.sub("(?m)^(def .*)", r"# about this\n\1", text)
    wanted = program
    for number in range(3):
        for mutant in mutants(wanted, 1, seed=seed + number):
            wanted = mutant.program
    wanted = other_scores(wanted, Random(seed), scale)
    for node, other in zip(program.nodes, wanted.nodes, strict=True):
        wants = [getattr(each, "predicate", None) for each in (node, other)]
        if isinstance(wants[0], Preference) and wants[0] != wants[1]:
            if by_hand:
                return  # one of very many cases cannot be said in a body alone
            if not isinstance(wants[1], Preference):
                return  # nothing is preferred any more, which another line says
    after = changed(text, wanted)
    assert after.count("# about this") == text.count("# about this")
    assert after.count("# fmt") == text.count("# fmt")


COMMENTED = edit(
    TEXT,
    (
        '    if q_token == "a":\n        return k_token == "b"\n',
        '    # the letter after "a"\n    if q_token == "a":  # first\n'
        '        return k_token == "b"  # second\n',
    ),
    ("def table_0_0(", "# what a person found out\ndef table_0_0("),
    ('    "mlp_0_0": {\n', '    "mlp_0_0": {\n        # these decide\n'),
)


def test_comments_stay_and_only_what_differs_is_touched() -> None:
    wanted = with_node(
        "attn_0_1", predicate=Predicate.of({"a": ["c"], "b": ["c"], "c": ["a", "b"]})
    )
    scores = {
        (row.variable, row.value): (1, 2) if row.variable == "mlp_0_0" else row.scores
        for row in PROGRAM.classifier.rows
    }
    wanted = replace(
        wanted, classifier=Classifier.of(PROGRAM.classifier.classes, scores)
    )
    after = changed(COMMENTED, wanted)
    found = touched(COMMENTED, after)
    assert found[:2] == [
        '-        return k_token == "b"  # second',
        '+        return k_token == "c"  # second',
    ]
    assert all(line[1:].lstrip()[:3] in ('"x"', '"y"', '"z"') for line in found[2:])
    for comment in ("# the letter", "# first", "# what a person", "# these decide"):
        assert after.count(comment) == 1


def test_a_table_of_which_nothing_stays_gets_a_new_body() -> None:
    node = next(n for n in PROGRAM.nodes if getattr(n, "name", "") == "mlp_0_1")
    assert isinstance(node, LookupTable)
    entries = {(1, 1): 4, (2, 1): 4}  # each is another one
    text = edit(
        COMMENTED,
        (
            "    if num_0_2 != 1:\n",
            "    # nothing else\n    if num_0_2 != 1:  # so\n",
        ),
    )
    other = LookupTable.of(node.name, node.inputs, entries, 5)
    wanted = replace(
        PROGRAM, nodes=tuple(other if n is node else n for n in PROGRAM.nodes)
    )
    after = changed(text, wanted)
    assert after.count("# nothing else") == after.count("# so") == 1
    assert after.count("return 4") == 1


def test_rows_are_added_where_no_value_has_one_yet() -> None:
    entries = {("a",): "v", ("b",): "w"}
    other = LookupTable.of("mlp_0_0", ["attn_0_0"], entries, "u")
    scores = {
        ("mlp_0_0", "v"): (4, 2),
        ("mlp_0_0", "u"): (0, 1),
        ("tokens", "a"): (1, 2),
    }
    wanted = replace(
        PROGRAM,
        nodes=tuple(other if n.name == "mlp_0_0" else n for n in PROGRAM.nodes),
        classifier=Classifier.of(PROGRAM.classifier.classes, scores),
    )
    after = changed(COMMENTED, wanted)
    assert after.count("# these decide") == 1


@pytest.mark.parametrize(("scale", "says"), [(7, "SCALE = 7\n"), (1, None)])
def test_the_scale_is_changed_or_put_below_the_classes(
    scale: int, says: str | None
) -> None:
    wanted = other_scores(PROGRAM, Random(0), scale)
    after = changed(TEXT, wanted)
    assert ("SCALE" in after) == (says is not None)
    again = changed(after, other_scores(PROGRAM, Random(1), 9))
    assert again.count("SCALE = 9\n") == again.count("SCALE") == 1
    if says is not None:
        lines = after.splitlines()
        assert lines[lines.index(says.strip()) - 1].startswith("CLASSES")


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_lines_end_as_they_did(newline: str, mark: str) -> None:
    text = mark + COMMENTED.replace("\n", newline)
    after = changed(text, other_scores(PROGRAM, Random(0)))
    assert after.startswith(mark)
    assert after.count("\n") == after.count(newline)


def test_a_score_table_as_it_was_written_keeps_its_form() -> None:
    wanted = other_scores(PROGRAM, Random(0))
    table = changed(TEXT, wanted).partition("# fmt: off")[2]
    assert table == write(wanted).code.partition("# fmt: off")[2]
    assert changed(COMMENTED, wanted).partition("# fmt: off")[2] != table


@pytest.mark.parametrize(
    "found",
    [
        Accuracy(5, 5, 3, 3, Evidence("proved", 3)),
        Accuracy(5, 5, 3, 3, Evidence("listed", 3)),
        Accuracy(5000, 4000, 3000, 10, Evidence("proved", 3000)),
        Accuracy(3, 2, 3, 2, Evidence("listed", 3)),
        Accuracy(5, 4, 3, 2, Evidence("sampled", 3, 1), (0.1, 0.9)),
    ],
)
def test_every_sentence_about_accuracy_is_known_again(found: Accuracy) -> None:
    for start in ("", "Test cases: "):
        assert OURS.fullmatch(f"{in_lines([start + found.sentence])}\n")


@pytest.mark.parametrize("done", ["Repaired", "Finetuned"])
def test_what_was_said_of_some_inputs_is_known_again(done: str) -> None:
    domain = PROGRAM.domain
    part = replace(domain, lengths=(domain.lengths[0], domain.lengths[0]))
    assert part != domain
    found = Accuracy(5, 4, 3, 2, Evidence("proved", 3))
    assert accuracy_of_part(found, domain, domain, done) == found.sentence
    says = accuracy_of_part(found, part, domain, done)
    assert says == f"{done}: right on 2 of 3 inputs that were looked at."
    text = TEXT.replace(
        TEXT[: TEXT.index("from tpdebug.rasp")], f'"""By me.\n\n{says}\n"""\n'
    )
    assert done not in changed(text, PROGRAM)


OLD = (
    "Test cases: Right on 97.25 % of letters and on 320,752 of 335,922 inputs\n"
    "(proved on all 335,922 inputs).\n"
    "Finetuned from old.py, which was right on 3 of these inputs.\n"
    "Finetuned from a, b.py, and repaired since.\n"
    "Simplified from x.py.\nRepaired since, so that\nsome answers differ.\n"
    "Made by: tpdebug finetune --oracle a.b:c (tpdebug\n0.1.0)\n"
)


@pytest.mark.parametrize(
    ("before", "wanted"),
    [
        ('"""By me."""', '"""By me.\n\nNEW"""'),
        (
            "'''By me.\n\n    Indented.\n    '''",
            "'''By me.\n\n    Indented.\n\n    NEW'''",
        ),
        (f'"""By me.\n\n{OLD}\nRight on!\n"""', '"""By me.\n\nNEW\n\nRight on!\n"""'),
        (f'"""{OLD}"""', '"""NEW"""'),
        ('"""Made by: hand\n"""', '"""Made by: hand\n\nNEW"""'),
        ('"""Right on time, I say.\n"""', '"""Right on time, I say.\n\nNEW"""'),
        ("# only a comment", None),
    ],
)
def test_the_docstring_keeps_what_a_person_said(
    before: str, wanted: str | None
) -> None:
    head = TEXT[: TEXT.index("from tpdebug.rasp")]
    text = TEXT.replace(head, f"{before}\n\n")
    after = changed(text, PROGRAM)
    start = after[: after.index("from tpdebug.rasp")]
    if wanted is None:
        assert start.startswith('"""')
        assert start.endswith(f"{before}\n\n")
        return
    line = wanted.split("NEW")[0].rpartition("\n")[2]
    indent = line if not line.strip() else ""
    new = f"{SAID[0]}\n{indent}{SAID[1]}\n"
    quotes = wanted[:3]
    assert start.strip() == wanted.replace("NEW" + quotes, f"{new}{quotes}").replace(
        "NEW\n", f"{new}"
    )


def test_what_cannot_be_changed_in_place_is_said() -> None:
    text = edit(
        TEXT, ("tokens, tokens, attends_num_0_2", "tokens, tokens, attends_0_1")
    )
    program = read(text).program
    nodes = tuple(
        replace(node, predicate=VOWEL) if node.name == "attn_0_1" else node
        for node in program.nodes
    )
    with pytest.raises(CannotRewrite, match="shares its function"):
        rewritten(text, HERE, replace(program, nodes=nodes), SAID)
    text = TEXT.replace('"""edited', 'r"""edited')
    with pytest.raises(CannotRewrite, match="three quotes"):
        rewritten(text, HERE, PROGRAM, SAID)
