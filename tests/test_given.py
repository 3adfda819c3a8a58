"""Right answers that a user gives: a function by name, or a file of cases."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from analyzers.diff import diff
from analyzers.verify import verify
from tests.strategies import inputs
from tpdebug.cases import Cases, read_cases
from tpdebug.domain import Domain
from tpdebug.errors import UserError
from tpdebug.given import load_oracle
from tpdebug.nodes import Classifier
from tpdebug.program import Program

DOMAIN = Domain(("a", "b"), (1, 3), begin="<s>", end="</s>")
LISTS = '{"input": ["a", "b"], "expected": ["x", null]}\n'

Found = dict[tuple[str, ...], tuple[str | None, ...]]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A current directory of its own; what is imported from it is forgotten."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    yield tmp_path
    for name, module in [*sys.modules.items()]:
        if (getattr(module, "__file__", None) or "").startswith(str(tmp_path)):
            del sys.modules[name]


def cases(path: Path, pooled: bool = False, domain: Domain = DOMAIN) -> Found:
    """The inputs of a file with what the oracle says of them."""
    oracle = read_cases(path, domain, pooled)
    assert oracle.pooled == pooled
    found = dict(oracle.cases)
    assert {one: oracle(one) for one in found} == dict(reversed(oracle.cases))
    return found


def written(folder: Path, text: str, name: str = "cases.jsonl") -> Path:
    path = folder / name
    path.write_bytes(text.encode())
    return path


def refusal(path: Path, pooled: bool = False) -> list[str]:
    """What is said of a file that is refused, line by line, without its path."""
    with pytest.raises(UserError) as caught:
        read_cases(path, DOMAIN, pooled)
    return [line.removeprefix(f"{path}") for line in str(caught.value).split("\n")]


@pytest.mark.parametrize("text", ["def up(x):\n    return sorted(x)\n", "up = sorted"])
def test_a_function_of_a_module_or_a_file_is_asked(folder: Path, text: str) -> None:
    (folder / "targets_of_mine.py").write_text(text)
    (folder / "deep").mkdir()
    (folder / "deep" / "__init__.py").touch()
    (folder / "deep" / "er.py").write_text(text)
    file = f"{folder}/targets_of_mine.py:up"
    for spec in ("targets_of_mine:up", "targets_of_mine.py:up", file, "deep.er:up"):
        oracle = load_oracle(spec, DOMAIN, False)
        assert oracle(["b", "a"]) == ("a", "b")
        assert not oracle.pooled


def test_a_function_may_be_pooled_and_errors_name_it(folder: Path) -> None:
    (folder / "one.py").write_text("def first(x):\n    return x.index('b') and 'x'\n")
    oracle = load_oracle("one.py:first", DOMAIN, True)
    assert oracle(["a", "b"]) == ("x",)
    with pytest.raises(UserError, match=r'^one.py:first of "a" raises ValueError: '):
        oracle(["a"])
    with pytest.raises(UserError, match=r'^one.py:first of "b" is 0, not a string$'):
        oracle(["b"])


@pytest.mark.parametrize("name", ["of_mine.py", "json.py"])
def test_a_file_may_hold_dataclasses_and_hides_no_module(
    folder: Path, name: str
) -> None:
    (folder / name).write_text(
        "from __future__ import annotations\nfrom dataclasses import dataclass\n\n"
        "@dataclass\nclass Rule:\n    says: str\n\n\n"
        "def up(x):\n    return [Rule('y').says] * len(x)\n"
    )
    oracle = load_oracle(f"{name}:up", DOMAIN, False)
    assert oracle(["a", "b"]) == ("y", "y")
    (folder / name).write_text("def up(x):\n    return ['z'] * len(x)\n")
    assert load_oracle(f"{name}:up", DOMAIN, False).version != oracle.version
    assert sys.modules["json"] is json


@pytest.mark.parametrize(
    ("spec", "says"),
    [
        ("nothing", "module:function or file.py:function, not 'nothing'"),
        ("", "module:function or file.py:function, not ''"),
        (":up", "module:function or file.py:function"),
        ("good.py:", "module:function or file.py:function"),
        ("missing.py:up", r"^missing\.py does not exist$"),
        ("no_such_thing:up", "^there is no module 'no_such_thing' to import$"),
        ("no_such_thing.deep:up", "^there is no module 'no_such_thing.deep'"),
        ("good.py:down", r"^good\.py has no function 'down'; it has sorted_up up$"),
        ("good.py:number", "has no function 'number'; it has"),
        ("empty.py:up", "has no function 'up'; it has none"),
        ("raising.py:up", "^importing raising.py fails: ValueError: no$"),
        ("raising:up", "^importing raising fails: ValueError: no$"),
        ("wanting.py:up", "importing wanting.py fails: .*no_such_thing"),
        ("wanting:up", "importing wanting fails: .*no_such_thing"),
        ("broken.py:up", "importing broken.py fails: SyntaxError: "),
        ("leaving.py:up", "importing leaving.py fails: SystemExit: 0"),
        (".good:up", "importing .good fails: TypeError"),
    ],
)
def test_a_function_that_cannot_be_had_says_why(
    folder: Path, spec: str, says: str
) -> None:
    good = "def sorted_up(x):\n    return sorted(x)\n\n\nnumber = 3\nup = sorted_up\n"
    for name, text in {
        "good": f"_private = dict\n{good}",
        "empty": "_private = dict\n",
        "raising": "raise ValueError('no')",
        "wanting": "import no_such_thing",
        "broken": "def up(:",
        "leaving": "import sys\n\nsys.exit(0)\n",
    }.items():
        (folder / f"{name}.py").write_text(text)
    with pytest.raises(UserError, match=says):
        load_oracle(spec, DOMAIN, False)


@pytest.mark.parametrize(
    "line",
    [
        LISTS,
        '{"input": "a b", "expected": "x -"}\n',
        '{"input": "  <s> a\\tb </s>", "expected": " x  -\\n", "wrong": [0]}\n',
        '{"expected": ["x", null], "input": ["<s>", "a", "b"]}\r\n\r\n',
        '\n\n{"input": "a b", "expected": ["x", null]}',
        f"\ufeff{LISTS}{LISTS}",
    ],
)
def test_a_case_is_written_as_lists_or_as_texts(tmp_path: Path, line: str) -> None:
    assert cases(written(tmp_path, line)) == {("a", "b"): ("x", None)}


@pytest.mark.parametrize(
    "text",
    [
        "input,expected\na b,x -\n",
        "input,expected\r\n<s> a b </s>,x -\r\n",
        '\ufeffid,"expected","input",note\n7,"x -","a\nb",""\n\n',
    ],
)
@pytest.mark.parametrize("name", ["cases.csv", "cases.CSV"])
def test_a_csv_file_has_two_columns(tmp_path: Path, text: str, name: str) -> None:
    assert cases(written(tmp_path, text, name)) == {("a", "b"): ("x", None)}


def test_a_csv_line_with_too_many_cells_is_refused(tmp_path: Path) -> None:
    text = "input,expected\na, b,x -\n"  # a comma in the input without quotes
    with pytest.raises(UserError, match="more cells than the first"):
        cases(written(tmp_path, text, "cases.csv"))


def test_a_pooled_case_has_one_answer(tmp_path: Path) -> None:
    lines = [
        {"input": "a", "expected": " two words "},
        {"input": "b", "expected": ["two words"]},
        {"input": "a b", "expected": "-"},
        {"input": "b a", "expected": [None]},
    ]
    path = written(tmp_path, "\n".join(map(json.dumps, lines)))
    assert cases(path, pooled=True) == {
        ("a",): ("two words",),
        ("b",): ("two words",),
        ("a", "b"): ("-",),
        ("b", "a"): (None,),
    }
    path = written(tmp_path, "expected,input\nx y,a\n", "cases.csv")
    assert cases(path, pooled=True) == {("a",): ("x y",)}


@given(data=st.data())
def test_what_is_written_is_read(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    label = st.one_of(st.none(), st.text(st.characters(exclude_categories=["Cs"])))
    wanted: Found = {}
    for letters in data.draw(st.lists(inputs(DOMAIN), min_size=1, unique=True)):
        size = len(letters)
        answers = data.draw(st.lists(label, min_size=size, max_size=size))
        wanted[letters] = tuple(answers)
    lines = [{"input": x, "expected": wanted[x]} for x in wanted]
    ascii_only = data.draw(st.booleans())
    text = "\n".join(json.dumps(line, ensure_ascii=ascii_only) for line in lines)
    path = written(tmp_path_factory.mktemp("cases"), text)
    found = cases(path)
    assert found == wanted
    assert list(found) == list(wanted)


def test_an_unknown_word_is_read_as_the_unknown_letter(tmp_path: Path) -> None:
    domain = Domain(("a", "?"), (1, 2), unknown="?")
    path = written(tmp_path, '{"input": "a word", "expected": "x y"}')
    assert cases(path, domain=domain) == {("a", "?"): ("x", "y")}


def test_a_case_that_contradicts_another_is_counted_and_said(tmp_path: Path) -> None:
    other = LISTS.replace('"x"', '"y"')
    text = LISTS + '{"input": "<s> a b", "expected": "x -"}\n' + other + LISTS + other
    oracle = read_cases(written(tmp_path, text), DOMAIN, False)
    assert [label for _, (label, _) in oracle.cases] == ["x", "x", "y", "x", "y"]
    says = "2 of 5 cases have an input that is listed before with other answers"
    assert oracle.notes == (says,)
    program = Program(DOMAIN, (), Classifier.of(["x"], {}))
    found = verify(program, oracle)
    assert (found.accuracy.inputs, found.accuracy.inputs_right) == (5, 3)
    assert [failure.expected for failure in found.failures] == [("y", None)] * 2


def test_words_that_are_not_known_may_have_different_answers(tmp_path: Path) -> None:
    domain = Domain(("a", "?"), (1, 2), unknown="?")
    text = '{"input": "one", "expected": "x"}\n{"input": "two", "expected": "y"}'
    oracle = read_cases(written(tmp_path, text), domain, True)
    assert oracle.cases == [(("?",), ("x",)), (("?",), ("y",))]
    assert not oracle.notes


def test_cases_that_do_not_fit_are_left_out_when_asked_to(tmp_path: Path) -> None:
    text = LISTS + '{"input": "a a a a", "expected": "x"}\n' + LISTS
    path = written(tmp_path, text)
    oracle = read_cases(path, DOMAIN, False, fitting=True)
    assert len(oracle.cases) == 2
    assert oracle.notes == ("1 case is of other inputs: left out",)
    part = Domain(("b",), (1, 3), begin="<s>", end="</s>")
    with pytest.raises(UserError, match="holds no cases that fit"):
        read_cases(path, part, False, fitting=True)


@given(st.data())
def test_listed_answers_stay_with_their_inputs(data: st.DataObject) -> None:
    program = Program(DOMAIN, (), Classifier.of(["x", "y"], {}))
    listed = []
    for _ in range(data.draw(st.integers(1, 30))):
        letters = data.draw(inputs(DOMAIN))
        answers = st.sampled_from(["x", "y", "z", None])
        size = len(letters)
        listed.append(
            (letters, tuple(data.draw(st.lists(answers, min_size=size, max_size=size))))
        )
    assume(any(a is not None for _, row in listed for a in row))
    oracle = Cases(DOMAIN, listed, pooled=False)
    found = verify(program, oracle)
    failing = [case for case in listed if set(case[1]) - {"x", None}]
    failing.sort(key=lambda case: len(case[0]))
    assert [(f.input, f.expected) for f in found.failures] == failing
    scored = sum({*row} != {None} for _, row in listed)
    assert found.accuracy.evidence.inputs == len(listed)
    assert found.accuracy.inputs == scored
    other = Program(DOMAIN, (), Classifier.of(["y"], {}))
    compared = diff(program, other, oracle)
    assert compared.inputs == len(compared.witnesses) == len(listed)
    right = [{*row} <= {"x", None} for _, row in listed]
    wrong = [not {*row} <= {"y", None} for _, row in listed]
    assert compared.first_right == sum(map(bool.__and__, right, wrong))


BAD: dict[str, tuple[Any, str]] = {
    "letter": ({"input": "a c", "expected": "x y"}, "letter 2 is 'c', which is not in"),
    "long": ({"input": "a a a a", "expected": ""}, "an input has 1 to 3 letters"),
    "short": ({"input": "<s> </s>", "expected": ""}, "1 to 3 letters, not 0"),
    "count": ({"input": "a", "expected": "x y"}, "expected holds 2 answers, not 1"),
    "fewer": (
        {"input": ["a", "b"], "expected": ["x"]},
        "expected holds 1 answer, not 2",
    ),
    "field": ({"input": "a", "answer": "x"}, "a case has an input and an expected"),
    "list": (["a", "x"], "a case has an input and an expected"),
    "null": (None, "a case has an input and an expected"),
    "number": ({"input": 1, "expected": "x"}, "input is a text or a list of texts"),
    "inside": ({"input": [1], "expected": "x"}, "input is a text or a list of texts"),
    "blank": ({"input": ["a b"], "expected": ["x"]}, "has no white space"),
    "empty": ({"input": ["a", ""], "expected": "x"}, "and is not empty"),
    "none": ({"input": "a", "expected": None}, "expected is a text or a list of text"),
    "count 2": ({"input": "a", "expected": [2]}, "expected is a text or a list of"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_case_that_is_none_says_why(tmp_path: Path, name: str) -> None:
    case, says = BAD[name]
    (line,) = refusal(written(tmp_path, json.dumps(case)))
    assert line.startswith(":1: ")
    assert says in line


@pytest.mark.parametrize("line", ["a b", "{", "[" * 100_000, "1" * 5000 + "0", "{}}"])
def test_a_line_that_is_no_json_is_named(tmp_path: Path, line: str) -> None:
    (says,) = refusal(written(tmp_path, f"{LISTS}\n{line}\n{LISTS}"))
    assert says == ":3: this line is no JSON object"


@pytest.mark.parametrize("count", [1, 19, 20, 21, 2345])
def test_every_line_at_fault_is_listed_up_to_twenty(tmp_path: Path, count: int) -> None:
    lines = [json.dumps(case) for case, _ in BAD.values()] * (count // len(BAD) + 1)
    text = "".join(f"{line}\n{LISTS}" for line in lines[:count])
    said = refusal(written(tmp_path, text))
    listed = min(count, 20)
    assert [int(line.split(":")[1]) for line in said[:listed]] == [
        2 * i + 1 for i in range(listed)
    ]
    assert said[listed:] == ([f"and {count - 20:,} more"] if count > 20 else [])


def test_lines_of_csv_at_fault_are_listed_as_well(tmp_path: Path) -> None:
    file = io.StringIO()
    rows = [("input", "expected"), ("a", "x"), ("c", "x"), ("a", "x y"), ("b", "y")]
    csv.writer(file, lineterminator="\n").writerows([*rows, ("a",)])
    said = refusal(written(tmp_path, file.getvalue(), "cases.csv"))
    assert [line.split(":")[1] for line in said] == ["3", "4", "6"]
    text = 'input,expected\nc,x\n"a"b,x\n'
    said = refusal(written(tmp_path, text, "cases.csv"))
    assert [line.split(":")[1] for line in said] == ["2", "3"]
    assert "this is no CSV" in said[1]
    (line,) = refusal(written(tmp_path, "input,input,expected\na,b,x", "cases.csv"))
    assert line == ":1: two columns have the same name"
    (line,) = refusal(written(tmp_path, '{"input": "a", "input": "b"}'))
    assert line == ":1: a field is given twice"
    (line,) = refusal(written(tmp_path, "a,x\nb,y\n", "cases.csv"))
    assert line == ":2: a case has an input and an expected"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        *(("cases.jsonl", ""), ("cases.jsonl", "\n \n")),
        *(("cases.csv", ""), ("cases.csv", "input,expected\n")),
    ],
)
def test_a_file_without_cases_is_refused(tmp_path: Path, name: str, text: str) -> None:
    assert refusal(written(tmp_path, text, name)) == [" holds no cases"]


def test_a_file_that_cannot_be_read_says_why(tmp_path: Path) -> None:
    path = tmp_path / "cases.jsonl"
    path.write_bytes(b'{"input": "a", "expected": "\xff"}')
    assert refusal(path) == [":1: this is not UTF-8 text"]
    path.write_bytes(LISTS.encode("utf-16"))
    assert refusal(path) == [":1: this is not UTF-8 text"]
    path.write_bytes(b"\xef\xbb\xbf" + LISTS.encode() + b"\n\xff")
    assert refusal(path) == [f":{LISTS.count(chr(10)) + 2}: this is not UTF-8 text"]
    assert refusal(tmp_path / "none.csv") == [" does not exist"]
    assert refusal(tmp_path) == [" is a directory; name a file in it"]
