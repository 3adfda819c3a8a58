"""The accuracy that a docstring of ours states is what was verified after a repair."""

from __future__ import annotations

from pathlib import Path

import pytest

from analyzers.repair import repair
from analyzers.repair.applying import undo
from analyzers.repair.saving import draft, stating, write_draft
from analyzers.simplify import simplify
from analyzers.verify import verify
from tests.test_localize import sorting_fault
from tests.test_simplify_budget import counting
from tpdebug.findings import Accuracy, Evidence
from tpdebug.read import read
from tpdebug.write import write
from tpdebug.write.stated import CHANGED, restated

PROVED = Evidence("proved", 30)
SENTENCES = [
    Accuracy(50, 50, 30, 30, PROVED).sentence,
    Accuracy(50, 49, 30, 29, PROVED).sentence,
    Accuracy(30, 20, 30, 20, PROVED).sentence,
    Accuracy(5, 5, 5, 5, Evidence("listed", 5)).sentence,
    Accuracy(9, 8, 5, 4, Evidence("listed", 5)).sentence,
    Accuracy(9, 9, 5, 5, Evidence("sampled", 5, 0), (0.4782, 1.0)).sentence,
]
PARTS = [
    f"{done}: right on 3 of 4 inputs that were looked at."
    for done in ("Repaired", "Finetuned")
]
NEW = "Right on 1 of 2 inputs, 50.00 % (proved on all 2 inputs)."


@pytest.mark.parametrize(
    "sentence", [*SENTENCES, *(f"Test cases: {each}" for each in SENTENCES), *PARTS]
)
def test_every_sentence_of_ours_is_replaced(sentence: str) -> None:
    for line in (sentence, sentence.replace(" inputs", "\ninputs")):
        text = f'"""sort: words.\n\n{line}\nMade by: us\n"""\n\nTASK = "sort"\n'
        assert restated(text, NEW) == text.replace(line, NEW)


@pytest.mark.parametrize(
    ("before", "after"), [('"""', '"""'), ('"""sort.\n    ', '\n    """'), ("'", "'")]
)
def test_a_sentence_is_found_wherever_it_stands(before: str, after: str) -> None:
    text = f"{before}{SENTENCES[0]}{after}\n"
    assert restated(text, NEW) == text.replace(SENTENCES[0], NEW)


@pytest.mark.parametrize("name", ["old.py", "a, which was right.py", "a\nb.py"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_which_inputs_a_finetuned_program_was_right_on_is_not_said_after_a_repair(
    name: str, newline: str
) -> None:
    says = f"Finetuned from {name}, which was right on 3 of these inputs."
    text = f'"""sort.\n\n{SENTENCES[1]}\n{says}\nMade by: x\n"""\n'
    wanted = f"Finetuned from {name}, and repaired since.".replace("a\nb", "a b")
    new = text.replace(SENTENCES[1], NEW).replace(says, wanted)
    text, new = (each.replace("\n", newline) for each in (text, new))
    assert restated(text, NEW) == new
    assert restated(new, NEW) == new


@pytest.mark.parametrize("budget", [0, 3])
def test_a_repaired_program_no_longer_answers_as_the_one_it_was_made_from(
    budget: int,
) -> None:
    made = simplify(counting(), budget=budget, name="theirs.py").program
    text, says = write(made).code, made.about.splitlines()
    assert says[2] == "Simplified from theirs.py."
    assert says[3].startswith("3 of 120" if budget else "The same answers on all 120")
    assert restated(text, NEW) == text.replace("\n".join(says[3:]), CHANGED)


@pytest.mark.parametrize(
    "line",
    [
        "Right on most inputs.",
        "I think it is right on all 30 inputs of its domain (proved).",
        "Right on all 30 inputs of its domain (proved). Ask Ann.",
        f"{SENTENCES[0]}\n{SENTENCES[1]}",
    ],
)
def test_the_words_of_a_person_stay(line: str) -> None:
    text = f'"""sort: words.\n\n{line}\n"""\n'
    assert restated(text, NEW) == text
    assert restated(f"# {SENTENCES[0]}\nX = 1\n", NEW).startswith("# Right on all 30")


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_the_patch_holds_the_sentence_and_undo_takes_it_back(
    tmp_path: Path, newline: str
) -> None:
    program, oracle, _ = sorting_fault()
    about = f"sort: {newline}{newline}{SENTENCES[1]}{newline}Kept."
    path = tmp_path / "sort.py"
    text = write(program.with_about(about)).code.replace("\n", newline)
    path.write_bytes(text.encode())
    source = read(path)
    found = repair(source.program, oracle)
    assert found.wrong > found.left
    accuracy = verify(found.program, oracle).accuracy
    made = draft(source, path, source.program, found)
    said = stating(made, source, path, source.program, accuracy)
    assert accuracy.sentence in said.source.program.about.replace("\n", " ")
    assert "Kept." in said.source.program.about
    patch = tmp_path / "fix.diff"
    patch.write_bytes(said.patch.encode())
    write_draft(said)
    assert read(path).program == found.program
    undo(path, patch)
    assert path.read_bytes() == text.encode()
