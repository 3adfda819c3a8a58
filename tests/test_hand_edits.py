"""A person may edit a written program; what is meant is read, in any usual spelling."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.running import run_all, text_of
from tpdebug.domain import Domain
from tpdebug.evaluate import answers
from tpdebug.inputs import blocks, decode
from tpdebug.nodes import (
    CategoricalHead,
    Classifier,
    LookupTable,
    NumericalHead,
    Predicate,
)
from tpdebug.program import Program
from tpdebug.read import read

DOMAIN = Domain(("a", "b", "c"), (1, 4), begin="<s>", causal=True)
BACK = Predicate.where(range(5), range(5), lambda q, k: k == q - 1)
OTHER = Predicate.of({"a": ["b"], "b": ["c"], "c": ["a", "b"]})
VOWEL = Predicate.of({t: ["a"] for t in DOMAIN.vocabulary})
PROGRAM = Program(
    DOMAIN,
    (
        CategoricalHead("attn_0_0", "positions", "positions", "tokens", BACK),
        CategoricalHead("attn_0_1", "tokens", "tokens", "positions", OTHER),
        NumericalHead("num_0_2", "tokens", "tokens", "ones", VOWEL),
        LookupTable.of("mlp_0_0", ["attn_0_0"], {("a",): "x", ("b",): "y"}, "z"),
        LookupTable.of("mlp_0_1", ["attn_0_1", "num_0_2"], {(1, 1): 5, (2, 1): 6}, 4),
    ),
    Classifier.of(
        ("no", "yes"),
        {
            ("tokens", "a"): [1, 2],
            ("attn_0_0", "b"): [-3, 0],
            ("num_0_2", None): [1, 0],
            ("mlp_0_0", "x"): [0, 3],
            ("mlp_0_0", "y"): [2, 0],
            ("mlp_0_1", 5): [0, 4],
        },
    ),
    task="edited",
)
TEXT = text_of(PROGRAM)
EVERYTHING = [x for block in blocks(DOMAIN) for x in decode(DOMAIN, block)]


def edit(text: str, *changes: tuple[str, str]) -> str:
    """Replace each old text by a new one; every old text must be there."""
    for old, new in changes:
        assert old in text, f"{old!r} is not in\n{text}"
        text = text.replace(old, new)
    return text


def body_of(function: str) -> str:
    """The lines of a function of the written program, below its `def`."""
    return TEXT.split(f"def {function}(")[1].split(":\n", 1)[1].split("\n\n")[0]


ATTEND_0 = "select_closest(positions, positions, attends_0_0, causal=CAUSAL)"
HEAD_0 = f"    attn_0_0 = aggregate(\n        {ATTEND_0}, tokens\n    )"
ATTEND_2 = "select(tokens, tokens, attends_num_0_2, causal=CAUSAL)"
NUM_2 = f"    num_0_2 = aggregate_sum(\n        {ATTEND_2}, ones\n    )"
SAME_MEANING = {
    "as written": [],
    "selection on its own line": [
        (
            HEAD_0,
            f"    attended = {ATTEND_0}\n    attn_0_0 = aggregate(attended, tokens)",
        )
    ],
    "same name for each selection": [
        (
            HEAD_0,
            f"    s = {ATTEND_0}\n    attn_0_0 = aggregate(s, tokens)",
        ),
        (
            NUM_2,
            "    s = select(tokens, tokens, attends_num_0_2, causal=CAUSAL)\n"
            "    num_0_2 = aggregate_sum(s, ones)",
        ),
    ],
    "list comprehension over one input": [
        (
            "list(map(table_0_0, attn_0_0))",
            "[table_0_0(before) for before in attn_0_0]",
        )
    ],
    "list comprehension over two inputs": [
        (
            "list(map(table_0_1, attn_0_1, num_0_2))",
            "[table_0_1(a, n) for a, n in zip(attn_0_1, num_0_2, strict=True)]",
        )
    ],
    "other names for inputs": [
        ("    positions = range(len(tokens))", "    places = list(range(len(tokens)))"),
        (ATTEND_0, ATTEND_0.replace("positions, positions", "places, places")),
        ("causal=CAUSAL), positions\n", "causal=CAUSAL), places\n"),
    ],
    "another parameter": [
        ("def run(tokens):", "def run(letters):"),
        ("delimit(tokens,", "delimit(letters,"),
    ],
    "other names for tokens": [
        ("tokens = delimit(", "words = delimit("),
        ("len(tokens)", "len(words)"),
        ("(tokens, tokens,", "(words, words,"),
        ("causal=CAUSAL), tokens\n", "causal=CAUSAL), words\n"),
        ("tokens=tokens", "tokens=words"),
    ],
    "other names for functions and parameters": [
        ("attends_0_0", "just_before"),
        ("q_position", "query"),
        ("k_position", "key"),
    ],
    "lambda predicate": [("attends_0_0, causal", "lambda q, k: k == q - 1, causal")],
    "predicate by way of another function": [
        (body_of("attends_0_0"), "    return follows(k_position, q_position)"),
        ("def run(", "def follows(a, b):\n    return a + 1 == b\n\n\ndef run("),
    ],
    "predicate said otherwise": [
        (body_of("attends_0_0"), "    return not k_position != q_position + (-1)"),
    ],
    "if, elif, else": [
        (
            body_of("table_0_0"),
            '    if attn_0_0 == "a":\n        result = "x"\n'
            '    elif attn_0_0 == "b":\n        result = "y"\n'
            '    else:\n        result = "z"\n    return result',
        )
    ],
    "conditional expression": [
        (
            body_of("table_0_0"),
            '    return "x" if attn_0_0 == "a" else "y" if attn_0_0 in ("b",) else "z"',
        )
    ],
    "dictionary with get": [
        (body_of("table_0_0"), '    return {"a": "x", "b": "y"}.get(attn_0_0, "z")')
    ],
    "dictionary constant with get": [
        (body_of("table_0_0"), '    return LETTERS.get(attn_0_0, "z")'),
        ("CAUSAL = True", 'CAUSAL = True\nLETTERS = {"a": "x", "b": "y"}'),
    ],
    "dictionary of pairs": [
        (
            body_of("table_0_1"),
            "    return {(1, 1): 5, (2, 1): 6}.get((attn_0_1, num_0_2), 4)",
        )
    ],
    "comments, blank lines and imports": [
        ("from tpdebug.rasp", "import math\nfrom os import path\n\nfrom tpdebug.rasp"),
        ("    positions =", "\n    # where we are\n\n    positions ="),
        ("CAUSAL = True", "CAUSAL = True  # from left to right"),
        ("def run(", "# the algorithm\n\n\ndef run("),
    ],
    "main block": [
        ("# fmt: on", '# fmt: on\n\nif __name__ == "__main__":\n    print(run(["a"]))')
    ],
    "annotated constants": [
        ("ALPHABET = ", "ALPHABET: tuple[str, ...] = "),
        ("LENGTHS = ", "LENGTHS: tuple[int, int] = "),
        ("CAUSAL = ", "CAUSAL: bool = "),
        ("SCORES = ", "SCORES: dict[str, object] = "),
    ],
    "annotated functions": [
        ("def run(tokens):", "def run(tokens: list[str]) -> list[str]:"),
        ("(q_position, k_position):", "(q_position: int, k_position: int) -> bool:"),
    ],
    "other quotes": [('"b"', "'b'")],
    "parentheses and line breaks": [
        ("    attn_0_0 = aggregate(", "    attn_0_0 = \\\n        aggregate("),
        ("LENGTHS = (1, 4)", "LENGTHS = (\n    1,\n    4\n)"),
    ],
    "windows line ends": [("\n", "\r\n")],
    "an unused function": [
        ("def run(", "def unused(q, k):\n    return q == k\n\n\ndef run(")
    ],
    "lists for tuples": [("LENGTHS = (1, 4)", "LENGTHS = [1, 4]")],
    "score rows of zeros": [
        ('    "tokens": {', '    "positions": {0: (0, 0)},\n    "tokens": {')
    ],
}


@pytest.mark.parametrize("name", SAME_MEANING)
def test_an_edit_that_keeps_the_meaning_reads_as_the_same_program(name: str) -> None:
    text = edit(TEXT, *SAME_MEANING[name])
    assert read(text).program == PROGRAM
    assert run_all(text, EVERYTHING[:40]) == answers(PROGRAM, EVERYTHING[:40])


def changed(text: str, expected: Program) -> None:
    """The text reads as the expected program, and runs as it."""
    assert read(text).program == expected
    assert run_all(text, EVERYTHING) == answers(expected, EVERYTHING)


def test_a_deleted_head_may_leave_its_score_rows_behind() -> None:
    table = "    mlp_0_1 = list(map(table_0_1, attn_0_1, num_0_2))\n"
    scored = "        num_0_2=num_0_2,\n", "        mlp_0_1=mlp_0_1,\n"
    text = edit(TEXT, (NUM_2 + "\n", ""), (table, ""), *((s, "") for s in scored))
    assert '"num_0_2"' in text
    gone = {"num_0_2", "mlp_0_1"}
    rows = [row for row in PROGRAM.classifier.rows if row.variable not in gone]
    classifier = replace(PROGRAM.classifier, rows=tuple(rows))
    nodes = (*PROGRAM.nodes[:2], PROGRAM.nodes[3])
    changed(text, Program(DOMAIN, nodes, classifier, "edited"))


def test_a_changed_predicate_is_read_as_changed() -> None:
    text = edit(
        TEXT, (body_of("attends_0_0"), "    return k_position == q_position - 2")
    )
    head = replace(
        PROGRAM.nodes[0],
        predicate=Predicate.where(range(5), range(5), lambda q, k: k == q - 2),
    )
    changed(text, replace(PROGRAM, nodes=(head, *PROGRAM.nodes[1:])))


def test_a_renamed_local_variable_renames_the_node() -> None:
    text = edit(TEXT, ("attends_num_0_2", "attends_vowel"), ("num_0_2", "vowels"))
    assert "num_0_2" not in text
    head = replace(PROGRAM.nodes[2], name="vowels")
    table = replace(PROGRAM.nodes[4], inputs=("attn_0_1", "vowels"))
    rows = tuple(
        replace(row, variable="vowels") if row.variable == "num_0_2" else row
        for row in PROGRAM.classifier.rows
    )
    expected = Program(
        DOMAIN,
        (*PROGRAM.nodes[:2], head, PROGRAM.nodes[3], table),
        replace(PROGRAM.classifier, rows=rows),
        "edited",
    )
    changed(text, expected)


def test_score_rows_may_stand_in_any_order() -> None:
    head, rest = TEXT.split("SCORES = {\n")
    inside, tail = rest.split("\n}\n")
    blocks_of_rows: list[list[str]] = []
    for line in inside.splitlines():
        if line.startswith("    #"):
            continue
        if line.startswith('    "'):
            blocks_of_rows.append([])
        blocks_of_rows[-1].append(line)
    assert len(blocks_of_rows) == 5
    backwards = "\n".join("\n".join(rows) for rows in reversed(blocks_of_rows))
    assert read(f"{head}SCORES = {{\n{backwards}\n}}\n{tail}").program == PROGRAM


def test_a_changed_score_is_read_as_changed() -> None:
    row = next(line for line in TEXT.splitlines() if line.lstrip().startswith("5:"))
    text = edit(TEXT, (row, "        5: (7, 0),"))
    rows = tuple(
        replace(row, scores=(7, 0)) if row.value == 5 else row
        for row in PROGRAM.classifier.rows
    )
    changed(text, replace(PROGRAM, classifier=replace(PROGRAM.classifier, rows=rows)))


def test_the_map_names_the_lines_of_an_edited_file() -> None:
    text = edit(TEXT, ("def run(", "# a comment\n\n\ndef run("))
    places = read(text).map
    lines = text.splitlines()
    for name in ("attn_0_0", "num_0_2", "mlp_0_1"):
        assert lines[places.nodes[name].line - 1].startswith(f"    {name} = ")
    for rule, span in places.rules.items():
        if rule.kind == "score" and rule.key:
            value = repr(rule.key[0]).replace("'", '"')
            assert lines[span.line - 1].lstrip().startswith(f"{value}:")
            assert lines[span.line - 1][span.column - 1 :].startswith(f"{value}:")
    assert set(places.rules) == set(PROGRAM.rules())
