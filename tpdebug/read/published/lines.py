"""The lines that every published `run` has, as the converter writes them."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field

from tpdebug.read.steps import Step

WEIGHTS = "classifier_weights"
READ_WEIGHTS = "pd.read_csv(PATH, index_col=[0, 1], dtype={'feature': str})"
READ_WORDS = "pd.read_csv(PATH).set_index('word')"
TAIL = (
    "logits = feature_logits.groupby(level=0).sum(numeric_only=True).to_numpy()",
    f"classes = {WEIGHTS}.columns.to_numpy()",
)
LETTERS = (
    "predictions = classes[logits.argmax(-1)]",
    "if tokens[0] == '<s>':\n    predictions[0] = '<s>'",
    "if tokens[-1] == '</s>':\n    predictions[-1] = '</s>'",
    "return predictions.tolist()",
)
POOLED = (
    "token_predictions = classes[logits.argmax(-1)]",
    "pooled = logits.mean(0)",
    "prediction = classes[pooled.argmax(-1)]",
    "if return_details:\n"
    "    return (prediction, logits, feature_logits, token_predictions)",
    "return prediction",
)
DETAILED = "tokens, return_details=False"
INPUTS = {
    "positions": "list(range(len(tokens)))",
    "ones": "[1 for _ in range(len(tokens))]",
}


@dataclass(frozen=True, slots=True)
class Scored:
    """A scores line: the rows of `feature`, looked up by the values of a variable."""

    feature: str
    variable: str
    numerical: bool
    node: ast.stmt


@dataclass(frozen=True, slots=True)
class Coded:
    """An embedding variable: a column of codes, maybe as members of an `Enum`."""

    name: str
    column: str
    enumeration: str | None
    node: ast.stmt


@dataclass
class Body:
    """What `run` does, in order.

    Attributes:
        steps: heads and tables.
        coded: the embedding variables.
        functions: predicates and tables.
        scored: the scores lines that count, in the order of their names.
        weights, words: the places of the CSV files, as written.
        pooled: whether there is one answer for the whole input.
    """

    steps: list[Step] = field(default_factory=list)
    coded: list[Coded] = field(default_factory=list)
    functions: dict[str, ast.FunctionDef] = field(default_factory=dict)
    scored: list[Scored] = field(default_factory=list)
    weights: ast.Constant | None = None
    words: ast.Constant | None = None
    pooled: bool = False


SCORES = re.compile(
    WEIGHTS + r"\.loc\[\[\('(\w+)', (str\((\w+)\)|'_')\) for (\w+) in (\w+)\]\]"
    r"(\.mul\((\w+), axis=0\))?"
)
MEMBERS = re.compile(
    r"\[(\w+)\[f'V\{(\w+):02\}'\] for (\w+) in embeddings\['(\w+)'\]\]"
)
CODES = re.compile(r"embeddings\['(\w+)'\]\.tolist\(\)")


@dataclass(frozen=True, slots=True)
class Lookup:
    """`classifier_weights.loc[[("feature", str(v)) for v in source]]`."""

    feature: str
    source: str
    numerical: bool


def lookup(value: ast.expr) -> Lookup | None:
    """Read a line of scores; None if it is none."""
    found = SCORES.fullmatch(ast.unparse(value))
    if found is None:
        return None
    feature, at, shown, loop, source, times, factor = found.groups()
    numerical = at == "'_'"
    plain = shown == loop != "str" and times is None
    fits = factor == source if numerical else plain
    return Lookup(feature, source, numerical) if fits else None


def coded(name: str, value: ast.expr, statement: ast.stmt) -> Coded | None:
    """Read `[Emb0[f"V{i:02}"] for i in embeddings["column"]]`, or `.tolist()` of it."""
    text = ast.unparse(value)
    found = MEMBERS.fullmatch(text)
    if found and found[1] != found[2] == found[3]:
        return Coded(name, found[4], found[1], statement)
    column = CODES.fullmatch(text)
    return Coded(name, column[1], None, statement) if column else None


def singular(name: str) -> str:
    """The variable that a list of outputs holds: `attn_0_1_outputs` -> `attn_0_1`."""
    return name.removesuffix("_outputs")
