"""Programs as the paper's converter writes them: a writer, for tests.

The functions that such a file brings along are those that the reader knows by their
structure, so there is one copy of them.
"""

from __future__ import annotations

import contextlib
import csv
import io
import runpy
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from tpdebug.domain import Domain
from tpdebug.nodes import (
    CategoricalHead,
    Embedding,
    Key,
    LookupTable,
    Node,
    NumericalHead,
    Value,
)
from tpdebug.program import Program
from tpdebug.read.published.helpers import (
    AGGREGATE,
    AGGREGATE_SUM,
    CAUSAL_SELECT,
    CLOSEST,
    SELECT,
)

LETTERS_TAIL = """\
    predictions = classes[logits.argmax(-1)]
    if tokens[0] == "<s>":
        predictions[0] = "<s>"
    if tokens[-1] == "</s>":
        predictions[-1] = "</s>"
    return predictions.tolist()
"""
POOLED_TAIL = """\
    token_predictions = classes[logits.argmax(-1)]
    pooled = logits.mean(0)
    prediction = classes[pooled.argmax(-1)]
    if return_details:
        return prediction, logits, feature_logits, token_predictions
    return prediction
"""
LOOP = """\
for x, y in examples:
    print(f"x: {x}")
    print(f"y: {y}")
    y_hat = run(x)
    print(f"y_hat: {y_hat}")
    print()
"""


def saved(program: Program, folder: Path, name: str = "prog", **options: Any) -> Path:
    """Write the files of a program to a folder; return the path of the program."""
    for file, text in files_of(program, name, **options).items():
        (folder / file).write_bytes(text.encode())
    return folder / f"{name}.py"


def files_of(
    program: Program,
    name: str = "prog",
    *,
    members: bool = True,
    path: str = '"programs/rasp/{}"',
    package: str = "programs.rasp.",
    examples: Sequence[Sequence[str]] | None = None,
) -> dict[str, str]:
    """The files of a program by name.

    Args:
        program: every categorical head has the tie policy "matches" and looks for at
            most one key value; every table writes integers; an embedding comes first.
        name: what the files are called.
        members: whether codes are members of `Enum` classes, or plain integers.
        path: how the file says where a CSV file is.
        package: where it imports the `Enum` classes from.
        examples: inputs at the end of the file; left out, they show every letter.
    """
    writer = _Writer(program, name, members, path, package)
    if examples is None:
        letters, most = program.domain.alphabet, program.domain.lengths[1]
        starts = range(0, len(letters), most)
        examples = [program.domain.wrap(letters[i : i + most]) for i in starts]
    return writer.files([list(letters) for letters in examples])


def run_here(
    path: Path, domain: Domain, asked: Iterable[Sequence[str]]
) -> list[tuple[str, ...]]:
    """Execute a file in its folder and answer inputs; nothing is taken from reading."""
    found = []
    with contextlib.chdir(path.parent), contextlib.redirect_stdout(io.StringIO()):
        sys.path.insert(0, str(path.parent))
        try:
            run = runpy.run_path(path.name)["run"]
        finally:
            sys.path.remove(str(path.parent))
            sys.modules.pop(f"{path.stem}_embeddings", None)
        for letters in asked:
            answer = run(list(domain.wrap(letters)))
            one = isinstance(answer, str)
            found.append((answer,) if one else tuple(answer[domain.letters]))
    return found


class _Writer:
    """Writes the files of one program."""

    def __init__(
        self, program: Program, name: str, members: bool, path: str, package: str
    ) -> None:
        self.program, self.name = program, name
        self.members, self.path, self.package = members, path, package
        self.embedding = next(
            (n for n in program.nodes if isinstance(n, Embedding)), None
        )
        inputs = ("tokens", "positions", "ones", *(self.coded or ()))
        self.called = {
            v: v if v in inputs else f"{v}_outputs" for v in program.variables
        }
        self.enums = {v: f"Emb{i}" for i, v in enumerate(self.coded if members else ())}
        for node in program.nodes:
            if isinstance(node, CategoricalHead) and node.value in self.enums:
                self.enums[node.name] = self.enums[node.value]
        shown = {"positions", "ones", *program.scored}
        shown |= set() if self.coded else {"tokens"}
        self.scored = [v for v in program.variables if v in shown]

    @property
    def coded(self) -> tuple[str, ...]:
        return self.embedding.names if self.embedding else ()

    def files(self, examples: list[list[str]]) -> dict[str, str]:
        found = {f"{self.name}.py": self.module(examples)}
        found[f"{self.name}_weights.csv"] = self.weights()
        if self.embedding is not None:
            found[f"{self.name}_embeddings.csv"] = self.words(self.embedding)
            if self.members:
                found[f"{self.name}_embeddings.py"] = self.enumerations(self.embedding)
        return found

    def module(self, examples: list[list[str]]) -> str:
        causal, pooled = self.program.domain.causal, self.program.classifier.pooled
        closest = CLOSEST.format(seen="keys[: row + 1]" if causal else "keys")
        head = "import numpy as np\nimport pandas as pd\n"
        if self.embedding is not None and self.members:
            names = ", ".join(self.enums[name] for name in self.coded)
            head += f"from {self.package}{self.name}_embeddings import {names}\n"
        select = CAUSAL_SELECT if causal else SELECT
        parts = [head, closest, select, AGGREGATE, AGGREGATE_SUM]
        arguments = "tokens, return_details=False" if pooled else "tokens"
        body = [self.inputs(), *map(self.node, self.program.nodes), self.concat()]
        tail = POOLED_TAIL if pooled else LETTERS_TAIL
        parts.append(f"def run({arguments}):\n" + "\n".join(body) + tail)
        label = self.program.classifier.classes[0]
        pairs = [(x, label if pooled else [label] * len(x)) for x in examples]
        parts.append(f"examples = {pairs!r}\n{LOOP}")
        return "\n\n".join(part.strip("\n") + "\n" for part in parts)

    def inputs(self) -> str:
        path = self.path.format(f"{self.name}_weights.csv")
        lines = [
            f"    classifier_weights = pd.read_csv(\n        {path}, "
            'index_col=[0, 1], dtype={"feature": str}\n    )\n',
            self.scores("tokens"),
            "    positions = list(range(len(tokens)))\n" + self.scores("positions"),
            "    ones = [1 for _ in range(len(tokens))]\n" + self.scores("ones"),
        ]
        return "\n".join(lines)

    def node(self, node: Node) -> str:
        match node:
            case CategoricalHead():
                return self.head(node, "", "select_closest", "aggregate")
            case NumericalHead():
                return self.head(node, "num_", "select", "aggregate_sum")
            case LookupTable():
                return self.table(node)
        return self.embed(node)

    def embed(self, node: Embedding) -> str:
        path = self.path.format(f"{self.name}_embeddings.csv")
        text = f'    embed_df = pd.read_csv({path}).set_index("word")\n'
        text += "    embeddings = embed_df.loc[tokens]\n"
        for name in node.names:
            column = f'embeddings["{name}"]'
            codes = f"{column}.tolist()"
            if name in self.enums:
                codes = f'[{self.enums[name]}[f"V{{i:02}}"] for i in {column}]'
            text += f"    {name} = {codes}\n{self.scores(name)}"
        return text

    def head(
        self, node: CategoricalHead | NumericalHead, kind: str, select: str, pick: str
    ) -> str:
        place = node.name.split("attn_")[1]
        q, k = self.singular(node.query), self.singular(node.key)
        q, k = (f"q_{q}", f"k_{k}") if q == k else (q, k)
        by_key: dict[Value, list[str]] = {}
        for query, (key,) in node.predicate.cases:
            by_key.setdefault(key, []).append(self.literal(node.query, query))
        text = f"    def {kind}predicate_{place}({q}, {k}):\n"
        for word, (key, found) in zip(_ifs(), by_key.items(), strict=False):
            text += f"        {word} {q} in {{{', '.join(found)}}}:\n"
            text += f"            return {k} == {self.literal(node.key, key)}\n"
        text += "" if by_key else "        pass\n"
        keys, queries, values = (
            self.called[v] for v in (node.key, node.query, node.value)
        )
        predicate, pattern = f"{kind}predicate_{place}", f"{node.name}_pattern"
        text += f"\n    {pattern} = {select}({keys}, {queries}, {predicate})\n"
        text += f"    {node.name}_outputs = {pick}({pattern}, {values})\n"
        return text + self.scores(node.name)

    def table(self, node: LookupTable) -> str:
        parameters = ", ".join(map(self.singular, node.inputs))
        key = parameters if len(node.inputs) == 1 else f"({parameters})"
        by_output: dict[Value, list[str]] = {}
        for cell, output in node.entries:
            by_output.setdefault(output, []).append(self.cell(node, cell))
        text = f"    def {node.name}({parameters}):\n        key = {key}\n"
        for word, (output, cells) in zip(_ifs(), by_output.items(), strict=False):
            text += f"        {word} key in {{{', '.join(cells)}}}:\n"
            text += f"            return {output!r}\n"
        text += f"        return {node.default!r}\n\n"
        loop = ", ".join(f"k{i}" for i in range(len(node.inputs)))
        source = ", ".join(self.called[v] for v in node.inputs)
        source = source if len(node.inputs) == 1 else f"zip({source})"
        text += f"    {node.name}_outputs = [\n"
        text += f"        {node.name}({loop}) for {loop} in {source}\n    ]\n"
        return text + self.scores(node.name)

    def cell(self, node: LookupTable, key: Key) -> str:
        found = [self.literal(n, v) for n, v in zip(node.inputs, key, strict=True)]
        return found[0] if len(found) == 1 else f"({', '.join(found)})"

    def scores(self, variable: str) -> str:
        if variable not in self.scored:
            return ""
        called = self.called[variable]
        value, times = "str(v)", ""
        if self.program.variables[variable].numerical:
            value, times = '"_"', f".mul({called}, axis=0)"
        return (
            f"    {self.singular(variable)}_scores = classifier_weights.loc[\n"
            f'        [("{called}", {value}) for v in {called}]\n    ]{times}\n'
        )

    def concat(self) -> str:
        names = ", ".join(f"{self.singular(v)}_scores" for v in self.scored)
        return f"""\
    feature_logits = pd.concat([df.reset_index() for df in [{names}]])
    logits = feature_logits.groupby(level=0).sum(numeric_only=True).to_numpy()
    classes = classifier_weights.columns.to_numpy()
"""

    def singular(self, variable: str) -> str:
        return self.called[variable].removesuffix("s")

    def literal(self, variable: str, value: Value) -> str:
        return self.member(variable, value) or repr(value)

    def member(self, variable: str, value: Value) -> str:
        return f"{self.enums[variable]}.V{value:02}" if variable in self.enums else ""

    def weights(self) -> str:
        classifier = self.program.classifier
        known = {(row.variable, row.value): row.scores for row in classifier.rows}
        nothing = (0,) * len(classifier.classes)
        rows: list[Sequence[object]] = [("feature", "value", *classifier.classes)]
        for name in self.scored:
            variable = self.program.variables[name]
            for value in (None,) if variable.numerical else variable.values:
                text = "_" if value is None else self.member(name, value) or value
                scores = known.get((name, value), nothing)
                decimals = [score / classifier.scale for score in scores]
                rows.append((self.called[name], text, *decimals))
        return _csv(rows)

    def words(self, node: Embedding) -> str:
        rows = zip(self.program.domain.vocabulary, node.codes, strict=True)
        header = ("word", *node.names)
        return _csv([header, *((word, *codes) for word, codes in rows)])

    def enumerations(self, node: Embedding) -> str:
        text = "from enum import Enum\n"
        for column, name in enumerate(node.names):
            words: dict[int, list[str]] = {}
            rows = zip(self.program.domain.vocabulary, node.codes, strict=True)
            for word, codes in rows:
                words.setdefault(codes[column], []).append(word)
            text += f"\n\nclass {self.enums[name]}(Enum):\n"
            text += "".join(f"    V{c:02} = {words[c]!r}\n" for c in sorted(words))
        return text


def _ifs() -> Iterable[str]:
    yield "if"
    while True:
        yield "elif"


def _csv(rows: Iterable[Sequence[object]]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()
