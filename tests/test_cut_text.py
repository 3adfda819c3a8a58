"""Files of circuits: what stays of the original, in any spelling of it."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest

from analyzers.circuits import slice_answer
from tests.running import run_all
from tests.test_cut import check, written
from tests.test_hand_edits import SAME_MEANING, edit
from tests.test_hand_edits import TEXT as EDITED
from tpdebug.read import read

FILE = '''#!/usr/bin/env python
# Licence: do what you like.
"""What it does."""

from __future__ import annotations

from typing import Any
import math  # was never used

# The operations.
from tpdebug.rasp import aggregate, aggregate_sum, answer, delimit, select
from tpdebug.rasp import select_closest

# Section: constants.

TASK = "mine"
ALPHABET = ("a", "b")  # two letters
LENGTHS = (1, 3)
CLASSES = ("x", "?")
SCALE = 10
VOWELS = ("a",)  # for the count only
AUTHOR = "me"


# Looks back.
def before(q, k):
    return k == q - 1  # by one


# Section: counting.


# Counts vowels.
def vowel(_: Any, k: str):
    # among the letters
    return k in VOWELS


def run(letters):
    """Answer."""
    # Check first.
    words = delimit(letters, ALPHABET, LENGTHS)  # checked
    places = range(len(words))

    # This one looks back.
    s = select_closest(places, places, before)
    left = aggregate(s, words)  # to the left

    # This one counts.
    s = select(words, words, vowel)
    unit = [1] * len(words)
    vowels = aggregate_sum(s, unit)

    # Then answer.
    return answer(CLASSES, SCORES, vowels=vowels, l=left)


SCORES = {
    "l": {"a": (0, 9)},
    "vowels": (1, 0),
}
# The end.
'''

CUT = '''#!/usr/bin/env python
# Licence: do what you like.
"""A circuit of prog.py, enough for the answer "?": 1 head.

Answers "?" where left is "a", and "??" elsewhere.
These values are seen at position 1 of 4 inputs of length 3, "a b b" among them: there
prog.py answers "?" on every one (proved on all 8 inputs).
At other positions and lengths, where this file answers too, nothing was compared.
"""

from __future__ import annotations

import math  # was never used

# The operations.
from tpdebug.rasp import aggregate, answer, delimit
from tpdebug.rasp import select_closest

# Section: constants.

ALPHABET = ("a", "b")  # two letters
LENGTHS = (1, 3)
CLASSES = ("?", "??")
AUTHOR = "me"


# Looks back.
def before(q, k):
    return k == q - 1  # by one


# Section: counting.


def run(letters):
    """Answer."""
    # Check first.
    words = delimit(letters, ALPHABET, LENGTHS)  # checked
    places = range(len(words))

    # This one looks back.
    s = select_closest(places, places, before)
    left = aggregate(s, words)  # to the left

    unit = [1] * len(words)

    # Then answer.
    return answer(CLASSES, SCORES, ones=unit, left=left)


SCORES = {
    "ones": (0, 1),
    "left": {"a": (2, 0)},
}
# The end.
'''


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_what_stays_stays_as_it_was(newline: str, tmp_path: Path) -> None:
    text = FILE.replace("\n", newline)
    kept, code = written(text, tmp_path, ("a", "b", "b"), 1)
    assert kept.anew is None
    assert code == CUT.replace("\n", newline)


def test_counts_get_a_table_before_run(tmp_path: Path) -> None:
    text = FILE.replace('"l": {"a": (0, 9)}', '"l": {}').replace("(1, 0)", "(0, 1)")
    kept, code = written(text, tmp_path, ("a", "b", "b"), 1)
    assert kept.anew is None
    function, line = (
        '''    # among the letters
    return k in VOWELS


def table_vowels_is_1(vowels):
    """The value of vowels_is_1."""
    return int(vowels == 1)


def run(letters):
''',
        """    vowels = aggregate_sum(s, unit)
    vowels_is_1 = list(map(table_vowels_is_1, vowels))

    # Then answer.
    return answer(CLASSES, SCORES, ones=unit, vowels_is_1=vowels_is_1)
""",
    )
    assert function in code
    assert line in code
    assert "before" not in code
    assert 'VOWELS = ("a",)  # for the count only' in code


def test_what_is_run_as_a_script_keeps_what_it_uses(tmp_path: Path) -> None:
    main = '\nif __name__ == "__main__":\n    print(VOWELS, vowel)\n'
    kept, code = written(FILE + main, tmp_path, ("a", "b", "b"), 1)
    assert kept.anew is None
    assert code.endswith(main)
    assert 'VOWELS = ("a",)' in code
    assert "# Counts vowels.\ndef vowel(_: Any, k: str):" in code
    assert "from typing import Any" in code
    assert "aggregate_sum" not in code
    assert run_all(code, [("a", "b", "b")]) == [("?", "?", "??")]


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("k == q - 1  # by", "k == q - len(CLASSES) + 1  #", "uses CLASSES"),
        ("return k == q - 1", "return k == q - SCALE // 10", "uses SCALE"),
        ("# The end.", 'if __name__ == "__main__":\n    print(TASK)', "uses TASK"),
        (
            FILE[FILE.index("def run") : FILE.index("SCORES = {")],
            "def run(t): t = delimit(t, ALPHABET, LENGTHS); "
            "p = range(len(t)); l = aggregate(select_closest(p, p, before), t); "
            "return answer(CLASSES, SCORES, l=l)\n",
            "run stands on one line",
        ),
        (
            "words = delimit(letters, ALPHABET, LENGTHS)  # checked\n"
            "    places = range(len(words))",
            "words = delimit(letters, ALPHABET, LENGTHS); places = range(len(words))",
            None,
        ),
    ],
    ids=["CLASSES", "SCALE", "TASK", "one line", "two on a line"],
)
def test_what_cannot_be_cut_down_is_written_anew(
    old: str, new: str, why: str | None, tmp_path: Path
) -> None:
    text = FILE.replace(old, new)
    assert text != FILE
    kept, code = written(text, tmp_path, ("a", "b", "b"), 1)
    if why is None:
        assert kept.anew is None
    else:
        assert why in str(kept.anew)
    program = read(text).program
    found = slice_answer(program, ("a", "b", "b"), position=1)
    check(program, found, read(code).program, code)


@pytest.mark.parametrize(("name", "line"), [("AUTHOR", "ones"), ("ones", "ones_")])
def test_an_input_that_the_file_does_not_name_gets_a_line(
    name: str, line: str, tmp_path: Path
) -> None:
    text = FILE
    for old, new in (
        ("    s = select(words, words, vowel)\n", ""),
        ("    unit = [1] * len(words)\n", ""),
        ("    vowels = aggregate_sum(s, unit)\n", ""),
        ("vowels=vowels, ", ""),
        ("AUTHOR", name),
    ):
        assert old in text
        text = text.replace(old, new)
    kept, code = written(text, tmp_path, ("a", "b", "b"), 1)
    assert kept.anew is None
    assert f"    places = range(len(words))\n    {line} = [1] * len(words)\n\n" in code
    assert f"(CLASSES, SCORES, ones={line}, left=left)" in code


ANSWER = "return answer(CLASSES, SCORES, vowels=vowels, l=left)"
SPELLINGS = {
    "no docstring": [('"""What it does."""\n\n', "")],
    "only a docstring": [("#!/usr/bin/env python\n# Licence: do what you like.\n", "")],
    "parentheses": [(ANSWER, ANSWER.replace("return ", "return (\n        ") + ")")],
    "comments inside the answer": [
        (ANSWER, ANSWER.replace("SCORES, ", "SCORES,  # mine\n        "))
    ],
    "a broken line": [(ANSWER, ANSWER.replace("return ", "return \\\n        "))],
    "a name for the answers": [
        (ANSWER, ANSWER.replace("return", "a =") + "  # all\n    return a")
    ],
    "space before the call": [(ANSWER, ANSWER.replace("answer(", "answer ("))],
    "semicolons": [
        ("vowel)\n    unit", "vowel); unit"),
        ("(words)\n    vowels", "(words); vowels"),
    ],
    "annotations": [
        ("CLASSES = (", "CLASSES: tuple[str, ...] = ("),
        ("SCORES = {", "SCORES: dict[str, Any] = {"),
        ("VOWELS =", "VOWELS: tuple[str, ...] ="),
    ],
    "tabs": [("    ", "\t")],
    "two spaces": [("    ", "  ")],
    "no last line break": [("# The end.\n", "# The end.")],
    "a byte order mark": [("#!/usr/bin/env", "\ufeff#!/usr/bin/env")],
    "a form feed": [("# Looks back.", "\f# Looks back.")],
    "one import": [
        (
            "answer, delimit, select\nfrom tpdebug.rasp import select_closest",
            "answer, delimit, select, select_closest as select_closest",
        )
    ],
    "an import over lines": [
        (
            "import aggregate, aggregate_sum, answer, delimit, select\n",
            "import (\n    aggregate,\n    aggregate_sum,\n    answer,  # says it\n"
            "    delimit,\n    select,  # counts\n)\n",
        )
    ],
    "a lambda with the name of a variable": [
        ("words, vowel)", "words, lambda _, left: left in VOWELS)")
    ],
    "names that are known elsewhere": [
        ("before", "ones"),
        ("def vowel", "def is_a(ones):\n    return ones\n\n\ndef vowel"),
    ],
    "a default for a formatter": [
        ("SCORES = {\n", "# fmt: off\nSCORES = {\n"),
        ("# The end.", "# fmt: on\n# The end."),
    ],
    "a table that goes": [
        ("VOWELS =", "# fmt: off\nVOWELS ="),
        ("AUTHOR", "# fmt: on\nAUTHOR"),
    ],
}


@pytest.mark.parametrize("changes", SPELLINGS.values(), ids=SPELLINGS)
def test_any_spelling_can_be_cut_down(
    changes: list[tuple[str, str]], tmp_path: Path
) -> None:
    text = edit(FILE, ("(0, 9)", "(0, 2)"), *changes)
    program = read(text.removeprefix("\ufeff")).program
    seen = set()
    for letters, position in product(("abb", "aaa", "bb", "ba"), range(2)):
        found = slice_answer(program, tuple(letters), position=position)
        kept, code = written(text, tmp_path, tuple(letters), position)
        assert kept.anew is None
        check(program, found, kept.program, code)
        names = {value.place.variable for value in found.kept}
        assert ("# to the left" in code) is ("left" in names)
        assert not any(line.rstrip().endswith(";") for line in code.splitlines())
        counts = "# among the letters" in code
        assert counts is ("vowels" in names and "lambda" not in text)
        assert code.count("# fmt: off") == code.count("# fmt: on")
        seen.add("+".join(sorted(names)))
    assert seen >= {"left", "vowels", "left+vowels"}


def test_a_name_inside_a_comprehension_is_no_variable(tmp_path: Path) -> None:
    text = edit(
        EDITED,
        (
            "list(map(table_0_0, attn_0_0))",
            "[table_0_0(num_0_2) for num_0_2 in attn_0_0]",
        ),
        ("(   1,     0)", "(   0,     0)"),
        ("(   0,     4)", "(   0,     0)"),
        ("(  -3,     0)", "(   0,     0)"),
    )
    kept, code = written(text, tmp_path, tuple("cab"), 3)
    assert kept.anew is None
    assert "mlp_0_0 = [table_0_0(num_0_2) for num_0_2 in attn_0_0]" in code
    assert "num_0_2 = " not in code


@pytest.mark.parametrize("changes", SAME_MEANING.values(), ids=SAME_MEANING)
def test_files_that_were_edited_by_hand_are_cut_down(
    changes: list[tuple[str, str]], tmp_path: Path
) -> None:
    text = edit(EDITED, *changes)
    program = read(text).program
    for letters in ("abca", "ccb", "b", "aab"):
        for position in range(1, len(letters) + 1):
            found = slice_answer(program, tuple(letters), position=position)
            kept, code = written(text, tmp_path, tuple(letters), position)
            assert kept.anew is None
            assert read(code).program == kept.program
            check(program, found, kept.program, code)
