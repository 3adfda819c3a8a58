"""`tpdebug coverage` as a user meets it: the report, exit codes, files, messages."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from analyzers.coverage import RuleCoverage
from tests.published import saved
from tests.test_cli import EXAMPLE, refused, tpdebug
from tests.test_published import SMALL
from tpdebug.domain import Domain
from tpdebug.nodes import Classifier
from tpdebug.program import Program
from tpdebug.read import load
from tpdebug.render.data import VERSION
from tpdebug.write import save

BIG = EXAMPLE.with_name("dyck2.py")


def said(*arguments: str | Path) -> str:
    result = tpdebug("coverage", EXAMPLE, *arguments)
    assert result.exit_code == 0, result.output
    assert max(map(len, result.output.splitlines())) <= 80
    return " ".join(result.output.split())


def test_the_report_counts_per_node_and_names_what_is_missing_by_line() -> None:
    found = said("--input", "3 1 2", "--input", "0")
    assert "31 of 38 rules exercised, 81.58 %, by 2 inputs." in found
    assert "Every rule can be exercised (proved on all 19,530 inputs)." in found
    line = next(
        number
        for number, text in enumerate(EXAMPLE.read_text().splitlines(), 1)
        if text.strip() == 'return k_token == "3"'
    )
    assert f'num_attn_0_0 7 0 1 85.71 % {line}: "4"' in found
    assert "would raise it to 100 % of rules, 100 % of pairs:" in found


def test_missing_rules_come_with_the_smallest_input_that_exercises_them() -> None:
    found = said("--input", "3 1 2", "--input", "0", "-m", "--suggest", "0")
    assert "Missing rules, and the smallest input that exercises each:" in found
    assert 'num_attn_0_0["4"] 4' in found
    assert "would raise" not in found
    assert "Pairs of rules that are missing:" in found


def test_the_source_is_marked_line_by_line() -> None:
    result = tpdebug("coverage", EXAMPLE, "--input", "3 1 2 0", "--annotate")
    marked = [line for line in result.output.splitlines() if line.startswith("~ 6/7")]
    assert len(marked) == 4
    assert all("return" in line for line in marked)
    assert any(line.startswith("! 0/1") for line in result.output.splitlines())
    assert "> all rules of the line exercised" in result.output


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_lines_are_numbered_as_python_numbers_them(tmp_path: Path, ending: str) -> None:
    text = EXAMPLE.read_text().replace("def run", "\fdef run").replace("\n", ending)
    path = tmp_path / "feed.py"
    path.write_bytes(text.encode("utf-8-sig"))
    wanted, found = (
        [line[:9].split() for line in result.output.splitlines() if line[:1] in "~>!"]
        for result in (
            tpdebug("coverage", file, "--input", "3 1 2 0", "--annotate")
            for file in (EXAMPLE, path)
        )
    )
    assert found == wanted
    marked = tpdebug("coverage", path, "--input", "3 1 2 0", "--annotate").output
    assert any(
        line.startswith("> 1/1 71") and '"ones"' in line for line in marked.split("\n")
    )
    assert "\ufeff" not in marked


def test_json_holds_every_rule_and_every_line() -> None:
    result = tpdebug(
        *("coverage", EXAMPLE, "--input", "3 1", "--input", "0", "--by-input"),
        *("--format", "json"),
    )
    data = json.loads(result.stdout)
    assert (data["version"], data["inputs"]) == (VERSION, 2)
    assert data["reach"]["kind"] == "proved"
    assert [one["name"] for one in data["contexts"]] == ["0", "3 1"]
    rules = [rule for node in data["nodes"] for rule in node["rules"]]
    states = [rule["status"] for rule in rules]
    assert len(rules) == data["rules"]["total"] == 38
    assert states.count("exercised") == data["rules"]["exercised"]
    assert states.count("missing") == data["rules"]["missing"]
    assert all((rule["status"] == "missing") == bool(rule["witness"]) for rule in rules)
    assert sum(sum(line.values()) for line in data["lines"].values()) == 38
    assert data["suggestions"][0]["rules"] > 0


def test_fail_under_sets_the_exit_code() -> None:
    arguments = ("coverage", EXAMPLE, "--input", "3 1 2 0 4", "--input", "0 1 2 3 4 4")
    full = tpdebug(*arguments, "--fail-under", "100")
    assert "38 of 38 rules exercised, 100 %" in full.output
    assert full.exit_code == 0
    assert tpdebug(*arguments[:4], "--fail-under", "97.5").exit_code == 1
    assert tpdebug(*arguments[:4], "--fail-under", "97").exit_code == 0


def test_inputs_come_from_cases_lists_and_standard_input(tmp_path: Path) -> None:
    cases, inputs = tmp_path / "cases.jsonl", tmp_path / "inputs.txt"
    cases.write_text('{"input": "2 1", "expected": "1 2"}\n')
    inputs.write_text("0\n\n4 4\n")
    found = said("--cases", cases, "--inputs", inputs, "--input", "3", "--contexts")
    assert "by 4 inputs." in found
    assert "--input 1" in found
    result = tpdebug("coverage", EXAMPLE, "--inputs", "-", text="1 2\n3\n")
    assert "by 2 inputs." in " ".join(result.output.split())


@pytest.mark.parametrize("command", ["run", "coverage"])
@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "inputs.txt holds no inputs"),
        (b" \n\r\n", "inputs.txt holds no inputs"),
        (b"\xef\xbb\xbf3\r\n0 \xff\n", "inputs.txt:2: this is not UTF-8 text"),
        (b"3\n\n0 9\n9", "inputs.txt:3: letter 2 is '9'"),
    ],
)
def test_a_list_that_cannot_be_used_is_named_with_the_line(
    command: str, content: bytes, says: str, tmp_path: Path
) -> None:
    path = tmp_path / "inputs.txt"
    path.write_bytes(content)
    assert says in refused(tpdebug(command, EXAMPLE, "--inputs", path))


def test_a_list_may_have_a_byte_order_mark_and_any_line_ends(tmp_path: Path) -> None:
    path = tmp_path / "inputs.txt"
    path.write_bytes(b"\xef\xbb\xbf2 1\r\n\r\n0\r4")
    result = tpdebug("run", EXAMPLE, "--inputs", path)
    assert (result.exit_code, result.output) == (0, "1 2\n0\n4\n")


def test_where_nothing_was_recorded_there_is_nothing_to_measure(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    RuleCoverage(load(EXAMPLE)).save(path)
    result = tpdebug("coverage", EXAMPLE, "--data", path)
    assert f"{path}: no inputs were recorded" in refused(result)


def test_what_is_saved_can_be_merged_and_reported(tmp_path: Path) -> None:
    first, second, both = (tmp_path / name for name in ("a.json", "b.json", "c.json"))
    said("--input", "2 1", "--save", first)
    cases = tmp_path / "cases.jsonl"
    cases.write_text('{"input": "4 3 0", "expected": "0 3 4"}\n')
    said("--cases", cases, "--save", second)
    merged = said("--data", first, "--data", second, "--save", both, "--contexts")
    direct = said("--input", "2 1", "--cases", cases, "--contexts")
    assert merged == direct
    assert said("--data", both, "--contexts") == direct


def test_saving_replaces_only_what_was_saved_before(tmp_path: Path) -> None:
    inputs, saved_before = tmp_path / "inputs.txt", tmp_path / "a.json"
    inputs.write_text("3 1\n")
    result = tpdebug("coverage", EXAMPLE, "--inputs", inputs, "--save", inputs)
    assert "exists and is no rule coverage" in refused(result)
    assert inputs.read_text() == "3 1\n"
    said("--input", "3", "--save", saved_before)
    first = saved_before.read_text()
    said("--input", "3 1 2", "--save", saved_before)
    assert saved_before.read_text() != first
    saved_before.write_text("")  # as mktemp leaves it
    said("--input", "3", "--save", saved_before)
    assert saved_before.read_text() == first


def test_a_percentage_is_a_number() -> None:
    result = tpdebug("coverage", EXAMPLE, "--input", "3", "--fail-under", "nan")
    assert "--fail-under is a number from 0 to 100, not nan" in refused(result)


def test_a_part_of_the_domain_has_fewer_rules() -> None:
    found = said("--input", "1", "--lengths", "1-2")
    assert "(proved on all 30 inputs)" in found
    assert "cover line" in found


def test_a_suite_from_nothing() -> None:
    result = tpdebug("coverage", EXAMPLE, "--suggest", "9", "--format", "json")
    data = json.loads(result.stdout)
    assert data["inputs"] == 0
    inputs = [" ".join(one["input"]) for one in data["suggestions"]]
    given = [word for text in inputs for word in ("--input", text)]
    again = tpdebug("coverage", EXAMPLE, *given, "--fail-under", "100")
    assert again.exit_code == 0


def test_long_inputs_are_cut_in_a_terminal_and_whole_in_json(tmp_path: Path) -> None:
    path = tmp_path / "long.py"
    rows = {("tokens", "a"): [1, 0], ("positions", 150): [0, 9]}
    program = Program(Domain(("a", "b"), (1, 200)), (), Classifier.of(["x", ""], rows))
    save(program, path)
    asked = ("coverage", path, "--input", "a", "--samples", "200")
    lines = tpdebug(*asked, "-m").output.splitlines()
    assert max(map(len, lines)) <= 80
    cut = sum(" letters)" in line for line in lines)
    assert 0 < sum("a b" in line or "b a" in line for line in lines) <= 2 * cut
    suggested = json.loads(tpdebug(*asked, "--format", "json").stdout)["suggestions"]
    count = len(suggested[0]["input"])
    assert count > 150
    assert f" ({count} letters)" in " ".join(" ".join(lines).split())


def test_a_large_domain_is_sampled_and_says_so() -> None:
    letters = " ".join("(" * 15)
    result = tpdebug(
        *("coverage", BIG, "--input", letters, "--samples", "50", "--suggest", "2"),
        "-m",
    )
    text = " ".join(result.output.split())
    assert "Too many inputs to look at all: sampled, 50 inputs, seed 0;" in text
    assert "never" not in text
    assert "Missing rules, and an input for each:" in text


def test_a_published_file_is_reported_with_the_lines_of_its_csv(tmp_path: Path) -> None:
    path = saved(SMALL, tmp_path)
    result = tpdebug("coverage", path, "--input", "<s> a b", "--annotate")
    assert result.exit_code == 0, result.output
    assert "Lines of scores are those of prog_weights.csv." in result.output


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "which inputs?"),
        (("--input", "1 9"), 'input "1 9": letter 2 is'),
        (("--cases", "nowhere.jsonl"), "nowhere.jsonl does not exist"),
        (("--data", "nowhere.json"), "nowhere.json does not exist"),
        (("--data", str(EXAMPLE)), "holds no rule coverage"),
        (("--input", "1", "--fail-under", "101"), "101"),
        (("--input", "1", "--save", "/nowhere/x.json"), "cannot write"),
        (("--input", "1", "--save", str(EXAMPLE)), "is given twice"),
        (("--input", "1", "--lengths", "x"), "--lengths is a number or a range"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(
    arguments: tuple[str, ...], says: str
) -> None:
    before = EXAMPLE.read_bytes()
    assert says in refused(tpdebug("coverage", EXAMPLE, *arguments))
    assert EXAMPLE.read_bytes() == before


def test_coverage_of_another_program_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    said("--input", "1", "--save", path)
    other = EXAMPLE.with_name("hist.py")
    assert "of another program" in refused(tpdebug("coverage", other, "--data", path))
    path.write_text('{"kind": "tpdebug rule coverage", "version": 99}')
    assert "has format 99" in refused(tpdebug("coverage", EXAMPLE, "--data", path))
