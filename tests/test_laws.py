"""The laws of writing and reading (design, section 8: laws 1, 2 and 5)."""

from __future__ import annotations

import pickle
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.running import examples, python, run_all, run_file, text_of
from tests.strategies import inputs, programs, programs_and_inputs
from tpdebug.domain import Domain
from tpdebug.evaluate import answers
from tpdebug.nodes import Classifier, Embedding
from tpdebug.program import Program
from tpdebug.read import load, read
from tpdebug.write import save

WRITE_ALL = (
    "import pickle, sys; from tpdebug.write import write\n"
    "programs = pickle.loads(sys.stdin.buffer.read())\n"
    "texts = [write(p).code for p in programs]\n"
    "texts += [write(p, standalone=True).code for p in programs[:3]]\n"
    "sys.stdout.buffer.write(pickle.dumps(texts))"
)


@given(programs(), st.booleans())
@settings(max_examples=150)
def test_reading_what_was_written_gives_the_same_program(
    program: Program, standalone: bool
) -> None:
    found = read(text_of(program, standalone=standalone)).program
    assert found == program
    assert found.task == program.task


@given(programs(most_nodes=1))
def test_the_description_is_read_back(program: Program) -> None:
    if program.about:
        assert read(text_of(program)).program.about == program.about.strip("\n")


@given(programs_and_inputs(), st.booleans())
@settings(max_examples=120)
def test_executing_the_written_text_agrees_with_evaluate(
    case: tuple[Program, list[tuple[str, ...]]], standalone: bool
) -> None:
    program, asked = case
    text = text_of(program, standalone=standalone)
    assert run_all(text, asked) == answers(program, asked)


@given(programs())
def test_writing_twice_gives_the_same_text(program: Program) -> None:
    once = text_of(program)
    assert text_of(program) == once
    assert text_of(read(once).program.with_about(program.about)) == once


@given(programs(), st.randoms(use_true_random=False))
def test_equal_programs_are_written_alike(program: Program, random) -> None:
    rows = list(program.classifier.rows)
    random.shuffle(rows)
    classifier = replace(program.classifier, rows=tuple(rows))
    again = Program(
        program.domain, program.nodes, classifier, program.task, program.about
    )
    assert again == program
    assert text_of(again) == text_of(program)


def test_the_text_does_not_depend_on_the_hash_seed() -> None:
    some = [replace(program) for program in examples(programs(), 60)]
    data = pickle.dumps(some)
    first, second = (
        pickle.loads(python("-c", WRITE_ALL, given=data, seed=n)) for n in (0, 1)
    )
    assert first == second
    assert first[:20] == [text_of(program) for program in some[:20]]


def test_a_formatter_leaves_written_programs_alone(tmp_path: Path) -> None:
    some = [p for p in examples(programs(), 250) if "\x00" not in p.about]
    for number, program in enumerate(some):
        for kind in (False, True)[: 1 + (number < 10)]:
            path = tmp_path / f"p{number}_{kind}.py"
            path.write_text(text_of(program, standalone=kind), encoding="utf-8")
    command = [sys.executable, "-m", "ruff", "format", "--isolated", "--diff", "."]
    child = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
    changes = child.stdout.decode()
    assert child.returncode == 0, changes[:3000] + child.stderr.decode()[-300:]


def test_a_formatter_would_notice_an_unformatted_file(tmp_path: Path) -> None:
    (tmp_path / "p.py").write_text("x = 'a'\n")
    command = [sys.executable, "-m", "ruff", "format", "--isolated", "--diff", "."]
    child = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
    assert child.returncode == 1


@pytest.mark.parametrize("standalone", [False, True])
def test_files_print_nothing_and_answer_as_evaluate(
    tmp_path: Path, standalone: bool
) -> None:
    for number, program in enumerate(examples(programs(), 6)):
        path = tmp_path / f"p{number}.py"
        save(program, path, standalone=standalone)
        assert load(path) == program
        assert python(str(path), isolated=standalone) == b""
        asked = examples(inputs(program.domain), 12)
        found = run_file(path, asked, isolated=standalone)
        assert found == answers(program, asked)


def embedded(words: int, begin: str | None, end: str | None) -> Program:
    """A program with a large vocabulary, awkward words among it."""
    odd = ['"', "'", ",", '","', "\\", "#", "日本", "😀", "token", "\x00"]
    letters = (*odd, *(f"w{i}" for i in range(words)))
    domain = Domain(letters, (1, 4), begin=begin, end=end, unknown="w0")
    codes = tuple((i % 7, i % 3) for i in range(len(domain.vocabulary)))
    scores = {("emb_0", i): (i % 2, 1) for i in range(7)}
    classifier = Classifier.of(("no", "yes"), scores, pooled=True)
    return Program(domain, (Embedding(("emb_0", "emb_1"), codes),), classifier)


@pytest.mark.parametrize(
    ("begin", "end"), [(None, None), ("<s>", None), ("<s>", "</s>")]
)
def test_a_large_embedding_is_kept_in_a_file_next_to_the_program(
    tmp_path: Path, begin: str | None, end: str | None
) -> None:
    program = embedded(100, begin, end)
    folder = tmp_path / "somewhere else"
    folder.mkdir()
    path = folder / "prog.py"
    save(program, path)
    assert [p.name for p in folder.iterdir() if p != path] == ["prog.words.csv"]
    assert "w57" not in path.read_text(encoding="utf-8")
    assert load(path) == program
    asked = [("w1", "w2"), ('"', ",", "\\"), ("😀",), ("\x00", '","')]
    assert run_file(path, asked) == answers(program, asked)


def test_a_standalone_program_has_its_embedding_inside(tmp_path: Path) -> None:
    program = embedded(100, "<s>", "</s>")
    save(program, tmp_path / "prog.py", standalone=True)
    assert [path.name for path in tmp_path.iterdir()] == ["prog.py"]
    assert load(tmp_path / "prog.py") == program


@given(program=programs())
@settings(max_examples=20)
def test_saving_and_loading_gives_the_same_program(
    tmp_path_factory: pytest.TempPathFactory, program: Program
) -> None:
    path = tmp_path_factory.mktemp("saved") / "prog.py"
    save(program, path)
    assert load(path) == program
    assert read(path.read_text(encoding="utf-8"), path=path).program == program
