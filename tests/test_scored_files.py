"""Files whose heads have scores: what a person may change, and what is refused."""

from __future__ import annotations

import pytest

from tests.reading import refused
from tests.running import run_all
from tpdebug.domain import Domain
from tpdebug.evaluate import answers
from tpdebug.inputs import blocks, decode
from tpdebug.nodes import CategoricalHead, Classifier, Preference
from tpdebug.program import Program
from tpdebug.read import read

TEXT = '''"""A small program."""

from tpdebug.rasp import aggregate, answer, delimit, select_best

ALPHABET = ("a", "b", "c")
LENGTHS = (1, 4)
CLASSES = ("a", "b", "c")


def prefers_0_0(q_token, k_token):
    """attn_0_0 copies tokens from the key with the highest score."""
    if k_token == q_token:
        return 0
    if k_token == "b":
        return 2
    return 1


def run(tokens):
    tokens = delimit(tokens, ALPHABET, LENGTHS)
    attn_0_0 = aggregate(select_best(tokens, tokens, prefers_0_0), tokens)
    return answer(CLASSES, SCORES, attn_0_0=attn_0_0)


SCORES = {
    "attn_0_0": {"a": (1, 0, 0), "b": (0, 1, 0), "c": (0, 0, 1)},
}
'''
BODY = TEXT.split('score."""\n')[1].split("\n\n\n")[0]
SELECT = "select_best(tokens, tokens, prefers_0_0)"
DOMAIN = Domain(("a", "b", "c"), (1, 4))
EVERYTHING = [row for block in blocks(DOMAIN) for row in decode(DOMAIN, block)]


def edit(old: str, new: str) -> str:
    assert TEXT.count(old) == 1, old
    return TEXT.replace(old, new)


def wanted(*groups_of: tuple[str, list[list[str]]]) -> Program:
    """The program whose head has these groups for each query."""
    best = Preference.of(dict(groups_of))
    head = CategoricalHead("attn_0_0", "tokens", "tokens", "tokens", best)
    rows = {("attn_0_0", a): [int(a == b) for b in "abc"] for a in "abc"}
    return Program(DOMAIN, (head,), Classifier.of("abc", rows))


PROGRAM = wanted(("a", [["b"], ["c"]]), ("b", [["a", "c"]]), ("c", [["b"], ["a"]]))
SAME_MEANING = {
    "as it is": (BODY, BODY),
    "other numbers": (
        BODY,
        BODY.replace("return 0", "return -7").replace("return 2", "return 9_000 + 2"),
    ),
    "one expression": (
        BODY,
        "    return -1 if k_token == q_token else 5 * (k_token == 'b')",
    ),
    "truths": (
        BODY,
        "    if k_token == 'b':\n        return 2 * (k_token != q_token)\n"
        "    return k_token != q_token",
    ),
    "another function": (
        BODY,
        "    return worth(k_token) * (q_token != k_token)\n\n\n"
        "def worth(token):\n    return {'b': 3}.get(token, 1)",
    ),
    "a table": (
        BODY,
        "    return ({'a': 1, 'b': 2, 'c': 1} if q_token != k_token else "
        "{q_token: 0})[k_token]",
    ),
    "lambda": (
        SELECT,
        "select_best(tokens, tokens, lambda q, k: (k != q) * (1 + (k == 'b')))",
    ),
    "a line of its own": (
        f"    attn_0_0 = aggregate({SELECT}, tokens)",
        f"    best = {SELECT}\n    attn_0_0 = aggregate(best, tokens)",
    ),
    "causal said to be false": (SELECT, SELECT[:-1] + ", causal=False)"),
}


@pytest.mark.parametrize("name", SAME_MEANING)
def test_an_edit_that_keeps_the_order_reads_as_the_same_program(name: str) -> None:
    text = edit(*SAME_MEANING[name])
    assert read(text).program == PROGRAM
    assert run_all(text, EVERYTHING) == answers(PROGRAM, EVERYTHING)


def test_a_changed_order_is_read_as_changed() -> None:
    text = edit("        return 2", "        return 1")
    one = [["b", "c"]], [["a", "c"]], [["a", "b"]]
    expected = wanted(*zip("abc", one, strict=True))
    assert expected != PROGRAM
    assert read(text).program == expected
    assert run_all(text, EVERYTHING) == answers(expected, EVERYTHING)


def test_a_causal_head_is_read_as_one() -> None:
    text = edit(SELECT, SELECT[:-1] + ", causal=CAUSAL)")
    text = text.replace("CLASSES =", "CAUSAL = True\nCLASSES =", 1)
    program = read(text).program
    assert program.domain.causal
    assert run_all(text, EVERYTHING) == answers(program, EVERYTHING)
    assert answers(program, EVERYTHING) != answers(PROGRAM, EVERYTHING)


REFUSED = {
    "nothing returned": (BODY, "    if k_token == 'a':\n        return 1"),
    "a word": (BODY, "    return k_token"),
    "a fraction": (BODY, "    return 0.5"),
    "a tuple": (BODY, "    return (1, 2)"),
    "raises": (BODY, "    return 1 // (k_token == q_token)"),
    "calls something": (BODY, "    return hash(k_token)"),
    "one parameter": ("prefers_0_0(q_token, k_token)", "prefers_0_0(k_token)"),
    "a tie policy": (SELECT, SELECT[:-1] + ', tie="matches")'),
    "a sum": ("    attn_0_0 = aggregate(", "    attn_0_0 = aggregate_sum("),
    "not imported": (", select_best\n", "\n"),
    "causal in part": (SELECT, SELECT[:-1] + ", causal=True)"),
    "no function": (SELECT, "select_best(tokens, tokens, 3)"),
    "numbers for keys": (SELECT, "select_best(ones, tokens, prefers_0_0)"),
    "hidden": ("CLASSES =", "select_best = 3\nCLASSES ="),
}
SAYS = {
    "nothing returned": "prefers_0_0('a', 'b') returns nothing; the score of a key is",
    "a word": "returns 'a'; the score of a key is an integer",
    "a tie policy": "select_best has the options causal=CAUSAL",
    "a sum": "aggregate_sum goes with select",
    "raises": "ZeroDivisionError",
}


@pytest.mark.parametrize("name", REFUSED)
def test_scores_that_are_none_are_refused(name: str) -> None:
    text = edit(*REFUSED[name]).replace("import aggregate,", "import aggregate_sum,")
    if "aggregate(" in text:
        text = text.replace("import aggregate_sum,", "import aggregate,")
    if "ones" in text:
        text = text.replace(
            "    attn_0_0 =", "    ones = [1] * len(tokens)\n    attn_0_0 ="
        )
    problems = [problem.message for problem in refused(text).problems]
    assert any(SAYS.get(name, "") in message for message in problems), problems


def test_a_select_of_sums_names_what_goes_with_it() -> None:
    text = edit(SELECT, "select(tokens, tokens, prefers_0_0)").replace(
        "select_best", "select"
    )
    (problem,) = refused(text).problems
    assert problem.message == "aggregate goes with select_closest or select_best"


def test_a_file_may_hold_the_operation_but_not_another_of_its_name() -> None:
    from tpdebug.write import write

    text = write(PROGRAM, standalone=True).code
    assert "def select_best(keys, queries, scores, causal=False):" in text
    assert read(text).program == PROGRAM
    worse = text.replace("(-scores(query, keys[j]),", "(scores(query, keys[j]),")
    assert worse != text
    (problem,) = refused(worse).problems
    assert problem.message == "select_best differs from the operation in tpdebug.rasp"
