"""Files of the paper's converter: read as what they mean, and never executed."""

from __future__ import annotations

import contextlib
import csv
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.published import run_here, saved
from tests.running import text_of
from tests.strategies import embeddings, inputs, nodes, tokens
from tpdebug.domain import Domain
from tpdebug.errors import ReadError
from tpdebug.evaluate import answers
from tpdebug.execute import execute
from tpdebug.nodes import (
    CategoricalHead,
    Classifier,
    Embedding,
    LookupTable,
    Node,
    NumericalHead,
    Predicate,
    ScoreRow,
    Variable,
)
from tpdebug.normal import admit, input_variables
from tpdebug.program import Program
from tpdebug.read import read
from tpdebug.read.published.weights import NOT_A_VALUE

SPECIAL = ("<s>", "</s>")
HERE = {"path": '"{}"', "package": ""}

SMALL = Program(
    Domain(("a", "b"), (1, 3), "<s>"),
    (
        CategoricalHead(
            *("attn_0_0", "positions", "positions", "tokens"),
            Predicate.of({1: [0], 2: [1], 3: [1]}),
            "matches",
        ),
        NumericalHead(
            *("num_attn_0_0", "tokens", "tokens", "ones"),
            Predicate.of({"a": ["a"], "b": ["b"]}),
        ),
        LookupTable.of(
            *("mlp_0_0", ["attn_0_0", "positions"]),
            *({("a", 1): 2, ("b", 1): 2, ("a", 3): 7}, 5),
        ),
        LookupTable.of("num_mlp_0_0", ["num_attn_0_0"], {(1,): 3, (2,): 3}, 4),
    ),
    Classifier.of(
        ["x", "y", "z"],
        {
            ("tokens", "a"): (125, 0, -250),
            ("positions", 2): (0, 500, 375),
            ("attn_0_0", "b"): (625, 0, 250),
            ("num_attn_0_0", None): (0, 250, -125),
            ("mlp_0_0", 7): (-125, 0, 375),
            ("num_mlp_0_0", 3): (250, 625, 0),
        },
        scale=1000,
    ),
)
WORDY = Program(
    Domain(("the", "cat", "<unk>"), (1, 4), "<s>", "</s>", unknown="<unk>"),
    (
        Embedding(
            ("var0_embeddings", "var1_embeddings"),
            ((0, 1), (1, 1), (2, 3), (0, 7), (2, 7)),
        ),
        CategoricalHead(
            *("attn_0_0", "var0_embeddings", "var1_embeddings", "var0_embeddings"),
            Predicate.of({0: [3], 2: [7]}),
            "matches",
        ),
        LookupTable.of("mlp_0_0", ["attn_0_0", "var1_embeddings"], {(2, 7): 1}, 0),
    ),
    Classifier.of(
        ["LOC", "NUM"],
        {
            ("var1_embeddings", 7): (1, -2),
            ("attn_0_0", 2): (-3, 2),
            ("mlp_0_0", 1): (5, 4),
        },
        pooled=True,
    ),
)


@st.composite
def published_programs(draw: st.DrawFn, exact: bool = False) -> Program:
    """A small program of the kind that the converter makes.

    `exact` scores are eighths, so that adding them up as floats loses nothing.
    """
    domain, embedded = draw(published_domains())
    variables = {v.name: v for v in input_variables(domain)}
    parts: list[Node] = []
    for place in range(draw(st.integers(0, 5)) + embedded):
        if embedded and not parts:
            words = draw(embeddings(domain))
            names = tuple(f"var{i}_embeddings" for i in range(len(words.names)))
            part: Node = replace(words, names=names)
        else:
            drawn = draw(nodes("x", variables, domain, scored=False))
            part = as_published(drawn, place, variables)
        part, written = admit(part, variables, domain)
        parts.append(part)
        variables.update({variable.name: variable for variable in written})
    classes = draw(st.lists(usable_tokens(), min_size=1, max_size=4, unique=True))
    score = st.integers(-99, 99).map(lambda n: 125 * n)
    row = st.tuples(*[score if exact else st.integers(-(10**9), 10**9)] * len(classes))
    rows = {
        (name, value): draw(row)
        for name, variable in variables.items()
        if draw(st.booleans())
        for value in ([None] if variable.numerical else variable.values[:30])
    }
    scale = 1000 if exact else 10**7
    while scale > 1 and all(s % 10 == 0 for row in rows.values() for s in row):
        scale //= 10
        rows = {place: tuple(s // 10 for s in row) for place, row in rows.items()}
    classifier = Classifier.of(classes, rows, scale, draw(st.booleans()))
    return Program(domain, tuple(parts), classifier)


@st.composite
def published_domains(draw: st.DrawFn) -> tuple[Domain, bool]:
    """A domain, and whether its letters are words that have codes."""
    letters = draw(st.lists(usable_tokens(), min_size=1, max_size=5, unique=True))
    begin, end = (t if draw(st.booleans()) else None for t in SPECIAL)
    embedded = draw(st.booleans())
    if embedded and draw(st.booleans()):
        letters = [t for t in letters if t != "<unk>"] + ["<unk>"]
    unknown = "<unk>" if embedded and "<unk>" in letters else None
    lengths, causal = (1, draw(st.integers(1, 5))), draw(st.booleans())
    if embedded and all(t.lstrip("-").isdigit() for t in letters):
        letters.append("w")
    return Domain(tuple(letters), lengths, begin, end, causal, unknown), embedded


def usable_tokens() -> st.SearchStrategy[str]:
    """Tokens that a CSV file can hold, and that pandas does not take for missing."""
    out = (*SPECIAL, *NOT_A_VALUE)
    return tokens().filter(lambda token: token not in out and "\0" not in token)


def as_published(node: Node, place: int, variables: Mapping[str, Variable]) -> Node:
    """A node as the converter could make it: one key a query, integers as outputs."""
    match node:
        case LookupTable():
            outputs = [*dict.fromkeys(v for _, v in node.entries), node.default]
            number = {v: v if isinstance(v, int) else outputs.index(v) for v in outputs}
            entries = {key: number[output] for key, output in node.entries}
            counts = all(variables[name].numerical for name in node.inputs)
            name = f"num_mlp_{place}_0" if counts else f"mlp_{place}_0"
            return LookupTable.of(name, node.inputs, entries, number[node.default])
        case CategoricalHead() | NumericalHead():
            first = Predicate.of({q: keys[:1] for q, keys in node.predicate.cases})
            if isinstance(node, NumericalHead):
                return replace(node, name=f"num_attn_{place}_0", predicate=first)
            name = f"attn_{place}_0"
            return replace(node, name=name, predicate=first, tie="matches")
    return node


@given(published_programs(), st.booleans())
@settings(max_examples=100)
def test_a_published_file_is_read_as_the_program_that_it_was_made_from(
    tmp_path_factory: pytest.TempPathFactory, program: Program, members: bool
) -> None:
    path = saved(program, tmp_path_factory.mktemp("files"), members=members)
    assert read(path).program == program
    assert read(text_of(program)).program == program  # and so is ours, ties and all


@given(published_programs(exact=True), st.booleans(), st.data())
@settings(max_examples=50)
def test_executing_a_published_file_agrees_with_evaluate(
    tmp_path_factory: pytest.TempPathFactory,
    program: Program,
    members: bool,
    data: st.DataObject,
) -> None:
    pytest.importorskip("pandas")
    folder = tmp_path_factory.mktemp("files")
    path = saved(program, folder, members=members, examples=[], **HERE)
    asked = data.draw(st.lists(inputs(program.domain), min_size=1, max_size=3))
    assert run_here(path, program.domain, asked) == answers(program, asked)


WRITTEN = {
    "plain": '"programs/rasp/{}"',
    "no folder": '"{}"',
    "raw": r'r"programs\rasp\trec\{}"',
    "doubled": r'"programs\\rasp\\trec\\{}"',
    "unescaped": r'"programs\rasp\trec\{}"',
    "a drive": r"'C:\rasp\{}'",
    "not ASCII": '"日本/été/{}"',
    "prefix and quotes": "R'''rub/{}'''",
}


@pytest.mark.parametrize("name", ["prog", "reverse", "bur", "日本é"])
@pytest.mark.parametrize("written", WRITTEN)
def test_csv_files_are_found_next_to_the_program(
    written: str, name: str, tmp_path: Path
) -> None:
    path = saved(WORDY, tmp_path, name, path=WRITTEN[written], members=False)
    needs = read(path).published
    assert needs is not None
    names = [file for _, file in needs.files]
    assert names == [f"{name}_weights.csv", f"{name}_embeddings.csv"]


@pytest.mark.parametrize(
    ("program", "asked", "options"),
    [
        (SMALL, ["a", "bba"], {"path": r'"programs\rasp\trec\{}"'}),
        (WORDY, [("cat",), ("the", "cat", "the", "<unk>")], {}),
    ],
)
def test_published_files_run_in_a_child(
    program: Program, asked: list[Sequence[str]], options: Any, tmp_path: Path
) -> None:
    pytest.importorskip("pandas")
    path = saved(program, tmp_path, **options)
    found = execute(path, asked, published=read(path).published)
    assert found == answers(program, asked)


def test_codes_may_be_members_or_numbers(tmp_path: Path) -> None:
    texts = []
    for members in (True, False):
        path = saved(WORDY, tmp_path, members=members)
        assert read(path).program == WORDY
        texts.append((tmp_path / "prog_weights.csv").read_text())
    assert "attn_0_0_outputs,Emb0.V02,-3.0,2.0" in texts[0]
    assert "attn_0_0_outputs,2,-3.0,2.0" in texts[1]


@given(published_programs(), st.booleans())
@settings(max_examples=40)
def test_rules_point_to_their_lines(
    tmp_path_factory: pytest.TempPathFactory, program: Program, members: bool
) -> None:
    folder = tmp_path_factory.mktemp("files")
    source = read(saved(program, folder, members=members))
    for rule in program.rules():
        where = source.map.where(rule)
        assert where is not None
        path, _, line = where.rpartition(":")
        text = Path(path).read_bytes().decode().split("\n")[int(line) - 1].strip()
        node = program.writers.get(rule.node)
        if rule.kind == "score":
            assert Path(path).name == "prog_weights.csv"
            (row,) = csv.reader([text])
            scores = tuple(round(float(s) * program.classifier.scale) for s in row[2:])
            value = rule.key[0] if rule.key else None
            assert ScoreRow(rule.node, value, scores) in program.classifier.rows
            assert row[0] in (rule.node, f"{rule.node}_outputs")
        elif isinstance(node, LookupTable):
            assert text == f"return {node.output(rule.key)}"
        elif isinstance(node, CategoricalHead | NumericalHead):
            for key in node.predicate.keys_for(rule.key[0]):
                code = f".V{key:02}" if isinstance(key, int) and members else repr(key)
                assert text.endswith((code, f" == {key!r}"))


def test_a_link_to_a_program_leads_to_its_rows(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    path = saved(SMALL, tmp_path / "real")
    (tmp_path / "link.py").symlink_to(path)
    source = read(tmp_path / "link.py")
    assert source.program == SMALL
    assert source.map.scores is not None
    assert Path(source.map.scores).samefile(tmp_path / "real" / "prog_weights.csv")


def test_the_notes_say_what_was_inferred(tmp_path: Path) -> None:
    path = saved(SMALL, tmp_path)
    weights = tmp_path / "prog_weights.csv"
    idle = (
        "tokens,<pad>,1,2,3\ntokens,_,1,2,3\ntokens,_,1,2,3\nmlp_0_0_outputs,6,,0,1\n"
    )
    weights.write_text(weights.read_text() + idle)
    source = read(path)
    assert source.program == SMALL
    assert source.notes[:4] == (
        "letters: a b (their rows in prog_weights.csv)",
        "lengths: 1 to 3 letters (4 positions have rows)",
        'around them: "<s>" and nothing (as in its 1 examples)',
        "classes: x y z",
    )
    assert "3 of the 20 rows of prog_weights.csv" in "\n".join(source.notes[4:])


def test_without_examples_the_rows_say_what_is_around(tmp_path: Path) -> None:
    source = read(saved(WORDY, tmp_path, examples=[]))
    assert source.program == WORDY
    assert '"<s>" and "</s>" (it knows these tokens)' in source.notes[2]
    assert "words of its embeddings" in source.notes[0]


HOSTILE = {
    "at the top": ("\n\nexamples", "\n\nTOUCH\nexamples"),
    "a default": ("(chosen, values):", "(chosen, values=TOUCH):"),
    "an annotation": ("aggregate(chosen,", "aggregate(chosen: TOUCH,"),
    "a result": ("def run(tokens):", "def run(tokens) -> TOUCH:"),
    "a decorator": ("def run(", "@TOUCH\ndef run("),
    "in run": ("    positions =", "    TOUCH\n    positions ="),
    "in a predicate": ("if q_token in {'a'}", "if q_token in {TOUCH}"),
    "a parameter": ("k_position):", "k_position: TOUCH):"),
    "another default": ("k_position):", "k_position=TOUCH):"),
    "another result": ("k_position):", "k_position) -> TOUCH:"),
    "the path": ('csv"', 'csv" if TOUCH else 0'),
    "examples": ("examples = [", "examples = [] if TOUCH else ["),
    "the loop": ("    print()", "    TOUCH"),
    "an import": ("def run(", "import prog_embeddings\n\n\ndef run("),
}
HOSTILE_CLASSES = {
    "at the top": ("\n\nclass Emb0", "\n\nTOUCH\n\nclass Emb0"),
    "in a class": ("    V01 =", "    TOUCH\n    V01 ="),
    "a member": ("['<unk>']", "[TOUCH]"),
    "a base": ("class Emb0(Enum)", "class Emb0(Enum, *[TOUCH][:0])"),
    "a metaclass": ("class Emb0(Enum)", "class Emb0(Enum, metaclass=TOUCH)"),
    "a decorator": ("class Emb1", "@TOUCH\nclass Emb1"),
    "a method": ("    V01 =", "    def f(self, x=TOUCH): pass\n    V01 ="),
}


def touching(path: Path, old: str, new: str) -> None:
    """Edit a file so that it makes another one when it runs."""
    text = path.read_text()
    assert old in text
    path.write_text(
        text.replace(old, new.replace("TOUCH", "__import__('os').mkdir('touched')"), 1)
    )


@pytest.mark.parametrize("name", HOSTILE)
def test_a_published_file_is_never_executed(name: str, tmp_path: Path) -> None:
    path = saved(SMALL, tmp_path, **HERE)
    (tmp_path / "prog_embeddings.py").write_text("import os; os.mkdir('touched')\n")
    touching(path, *HOSTILE[name])
    refused_untouched(path, SMALL.domain)


@pytest.mark.parametrize("name", HOSTILE_CLASSES)
def test_classes_of_codes_are_never_executed(name: str, tmp_path: Path) -> None:
    path = saved(WORDY, tmp_path, **HERE)
    touching(tmp_path / "prog_embeddings.py", *HOSTILE_CLASSES[name])
    refused_untouched(path, WORDY.domain)


def refused_untouched(path: Path, domain: Domain) -> None:
    touched = path.parent / "touched"
    with contextlib.chdir(path.parent), pytest.raises(ReadError):
        read(path)
    assert not touched.exists()
    pytest.importorskip("pandas")
    with contextlib.suppress(Exception):
        run_here(path, domain, [domain.alphabet[:1]])
    assert touched.exists()


def test_the_own_position_competes_at_the_number_of_matches(tmp_path: Path) -> None:
    head = CategoricalHead(
        *("attn_0_0", "tokens", "tokens", "positions"),
        Predicate.of({"a": ["a"]}),
        "matches",
    )
    rows = {("attn_0_0", i): [int(j == i) for j in range(5)] for i in range(5)}
    classifier = Classifier.of("01234", rows)
    program = Program(Domain(("a", "b"), (1, 5)), (head,), classifier)
    source = read(saved(program, tmp_path, path='"{}"'))
    assert source.program == program
    asked = ["abbba", "abbaa"]
    expected = [tuple("00004"), tuple("00043")]  # two matches, three
    assert answers(source.program, asked) == expected
    last = Program(program.domain, (replace(head, tie="last"),), classifier)
    assert answers(last, asked)[0] == tuple("40000")
    pytest.importorskip("pandas")
    assert run_here(tmp_path / "prog.py", program.domain, asked) == expected
