"""Circuits as files: what is written where, and what happens to other files."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest

from analyzers.circuits import saving as saving_module
from analyzers.circuits import slice_answer
from analyzers.circuits.saving import save_circuit
from tests.cases import CASES
from tests.published import saved as published
from tests.running import run_file, text_of
from tests.test_cli import EXAMPLE, refused, tpdebug
from tests.test_cut import check, saved, written
from tests.test_cut_text import FILE
from tpdebug import __version__
from tpdebug.read import load, read
from tpdebug.write.source import embedding_csv


def test_words_of_an_embedding_go_along(tmp_path: Path) -> None:
    case = next(case for case in CASES if case.name == "sentiment")
    program = case.program
    text = text_of(program, embedding="prog.words.csv")
    home, away = tmp_path / "home", tmp_path / "away"
    home.mkdir()
    away.mkdir()
    path = home / "prog.py"
    path.write_text(text)
    (home / "prog.words.csv").write_text(embedding_csv(program))
    source = read(path)
    found = slice_answer(source.program, ["not", "good"])
    here = save_circuit(source, path, found, home / "circuit.py")
    there = save_circuit(source, path, found, away / "circuit.py")
    assert here.anew is None
    assert there.anew == "its embedding is in another folder"
    asked = [("not", "good"), ("good", "not"), ("bad", "fine")]
    assert (
        run_file(here.path, asked)
        == run_file(there.path, asked)
        == [("negative",), ("?",), ("?",)]
    )


def test_a_published_program_is_written_anew(tmp_path: Path) -> None:
    case = next(case for case in CASES if case.name == "reverse")
    path = published(case.program, tmp_path)
    kept = saved(path, tuple("abcab"), 2)
    assert kept.anew == "it is in another dialect"
    program = read(path).program
    found = slice_answer(program, tuple("abcab"), position=2)
    check(program, found, load(kept.path), kept.path.read_text())
    assert run_file(kept.path, [tuple("abcab")])[0][1] == "a"


def test_a_circuit_of_a_circuit_is_the_same(tmp_path: Path) -> None:
    first, _ = written(FILE, tmp_path, ("a", "b", "b"), 1)
    second = saved(first.path, ("a", "b", "b"), 1)
    assert second.program.nodes == first.program.nodes
    assert second.program.classifier.classes == ("?", "???")


def test_what_reads_differently_is_not_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = saving_module.cut_source

    for new, says in (("(3, 0)", "another program"), ("(3)", "cannot be read back")):

        def changed(*arguments: Any, new: str = new) -> str:
            return wrong(*arguments).replace("(2, 0)", new)

        monkeypatch.setattr(saving_module, "cut_source", changed)
        with pytest.raises(RuntimeError, match=says):
            written(FILE, tmp_path, ("a", "b", "b"), 1)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["prog.py"]


def slicing(*more: object) -> tuple[str, ...]:
    """A command that slices the example."""
    words = ("slice", EXAMPLE, "--input", "3 1 4 2", "--position", "2")
    return tuple(map(str, (*words, *more)))


def test_slice_writes_a_program_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "circuit.py"
    result = tpdebug(*slicing("-o", path))
    assert result.exit_code == 0, result.output
    said = " ".join(result.output.split())
    assert f"Wrote{path}:" in "".join(result.output.split())
    assert "proved on all" in said
    assert "the original, cut down" in said
    part = load(path)
    answer, other = part.classifier.classes
    assert (answer, other) == ("2", "?")
    assert run_file(path, ["3142"])[0][1] == "2"
    about = " ".join(part.about.split())
    assert "These values are seen at position 2 of" in about
    assert "tpdebug slice sort.py --input '3 1 4 2' --position 2 -o circuit.py" in about
    before = path.read_bytes()
    again = tpdebug(*slicing("--program", path, "--force", "--format", "json"))
    data = json.loads(again.stdout)
    assert data["written"] == {"path": str(path), "anew": None}
    assert path.read_bytes() == before


def test_slice_overwrites_nothing(tmp_path: Path) -> None:
    path = tmp_path / "circuit.py"
    path.write_text("mine\n")
    assert "exists; use --force" in refused(tpdebug(*slicing("-o", path)))
    assert path.read_text() == "mine\n"
    before = EXAMPLE.read_bytes()
    itself = tpdebug(*slicing("-o", EXAMPLE, "--force"))
    assert "is the program itself" in refused(itself)
    assert EXAMPLE.read_bytes() == before
    assert "ends in .py" in refused(tpdebug(*slicing("-o", tmp_path / "circuit")))
    of_class = ("slice", EXAMPLE, "--output", "2", "-o", tmp_path / "new.py")
    assert "-o belongs to --input" in refused(tpdebug(*of_class))
    assert "--force belongs to -o" in refused(tpdebug(*slicing("--force")))
    wrong = ("slice", EXAMPLE, "--input", "z", "-o", tmp_path / "new.py")
    refused(tpdebug(*wrong))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["circuit.py"]


def test_slice_never_executes_the_program(tmp_path: Path) -> None:
    path, mark = tmp_path / "prog.py", tmp_path / "mark"
    main = f'if __name__ == "__main__":\n    open({str(mark)!r}, "w")\n'
    path.write_text(FILE + main)
    target = tmp_path / "circuit.py"
    result = tpdebug("slice", path, "--input", "a b b", "--position", "1", "-o", target)
    assert result.exit_code == 0, result.output
    assert not mark.exists()
    assert target.read_text().endswith(main)


def test_what_the_documentation_shows_is_what_comes_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    docs = EXAMPLE.parent.parent / "docs" / "circuits.md"
    whole = docs.read_text(encoding="utf-8")
    section = whole.split("\n## A slice is a program\n")[1].split("\n## ")[0]
    (line,) = re.findall(r"```sh\n(.*)\n```", section)
    shown, python = re.findall(r"```python\n(.*?)```", section, flags=re.DOTALL)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sort.py").write_bytes(EXAMPLE.read_bytes())
    result = tpdebug(*shlex.split(line)[1:])
    assert result.exit_code == 0, result.output
    path = tmp_path / "zeros.py"
    shown = re.sub(r"\(tpdebug [\d.]+\)", f"(tpdebug {__version__})", shown)
    assert path.read_text(encoding="utf-8") == shown
    before = load(path)
    path.unlink()
    exec(compile(python, "circuits.md", "exec"), {})
    assert load(path) == before
