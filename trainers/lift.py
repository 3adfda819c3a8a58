"""From a trained network to the program that it is (paper, section 3.4).

What the network holds as one-hot codes becomes variables, predicates and tables; its
read-out becomes integer scores that change no prediction.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import product

import numpy as np

from tpdebug.domain import Domain
from tpdebug.evaluate import Evaluator
from tpdebug.inputs import Letters
from tpdebug.nodes import (
    CategoricalHead,
    Classifier,
    Key,
    LookupTable,
    Node,
    NumericalHead,
    Predicate,
    Value,
)
from tpdebug.program import Program
from trainers.discrete import Discrete, DiscreteHead, DiscreteTable
from trainers.fixed_point import FixedPoint, Floats, Ints, fixed_point

Codes = Mapping[int, Value]


def lift(
    network: Discrete,
    domain: Domain,
    classes: tuple[str, ...],
    task: str,
    inputs: Iterable[Letters],
) -> Program:
    """Write a discrete network down as a program.

    Args:
        network: what training settled on.
        domain: the inputs; a token's code is its place in the vocabulary.
        classes: the name of each class.
        task: the name of the task.
        inputs: blocks on which rounding the scores must change no prediction. If they
            are only a sample of the domain, scores are rounded ten times finer.
    """
    inputs = list(inputs)
    sampled = sum(map(len, inputs)) < domain.count
    lifted = _Lifted(domain)
    for layer in range(network.layers):
        lifted.add_layer(
            layer,
            [head for head in network.heads if head.layer == layer],
            [table for table in network.tables if table.layer == layer],
        )
    bare = Program(domain, tuple(lifted.nodes), Classifier(classes, ()), task)
    weights = dict(zip(lifted.codes, network.scores, strict=True))
    counts = dict(zip(lifted.counts, network.counts, strict=True))
    rows = {name: _rows(bare, name, lifted.codes[name], weights) for name in weights}
    rows |= {name: row[None] for name, row in counts.items()}
    features = _features(bare, list(rows), inputs)
    scores = fixed_point(rows, features, counts, finer=10 if sampled else 1)
    return _with_scores(bare, scores)


@dataclass
class _Lifted:
    """The nodes so far.

    Attributes:
        domain: the inputs.
        codes: what the codes of each categorical variable mean.
        counts: the values of each numerical variable.
    """

    domain: Domain
    nodes: list[Node] = field(default_factory=list)
    codes: dict[str, Codes] = field(default_factory=dict)
    counts: dict[str, range] = field(default_factory=lambda: {"ones": range(1, 2)})

    def __post_init__(self) -> None:
        self.codes["tokens"] = dict(enumerate(self.domain.vocabulary))
        self.codes["positions"] = {i: i for i in range(self.domain.positions)}

    def add_layer(
        self, layer: int, heads: list[DiscreteHead], tables: list[DiscreteTable]
    ) -> None:
        """Add the heads of a layer, which read what was there before; then its MLPs."""
        names, counts = list(self.codes), list(self.counts)
        for sums, prefix in ((False, "attn"), (True, "num_attn")):
            for i, head in enumerate(head for head in heads if head.sums == sums):
                self._add_head(f"{prefix}_{layer}_{i}", head, names, counts)
        names, counts = list(self.codes), list(self.counts)
        for counting, prefix in ((False, "mlp"), (True, "num_mlp")):
            chosen = (table for table in tables if table.counts == counting)
            for i, table in enumerate(chosen):
                known = counts if counting else names
                self._add_table(f"{prefix}_{layer}_{i}", table, known)

    def _add_head(
        self, name: str, head: DiscreteHead, names: list[str], counts: list[str]
    ) -> None:
        query, key = names[head.query], names[head.key]
        wanted = {
            meaning: [v for c, v in self.codes[key].items() if head.predicate[code, c]]
            for code, meaning in self.codes[query].items()
        }
        predicate = Predicate.of(wanted)
        if head.sums:
            value = counts[head.value]
            self.nodes.append(NumericalHead(name, query, key, value, predicate))
            most = self.counts[value][-1] * self.domain.positions
            self.counts[name] = range(most + 1)
        else:
            value = names[head.value]
            self.nodes.append(CategoricalHead(name, query, key, value, predicate))
            self.codes[name] = self.codes[value]

    def _add_table(self, name: str, table: DiscreteTable, names: list[str]) -> None:
        """A table over the values that its inputs can take."""
        inputs = [names[v] for v in table.inputs]
        meanings: list[Codes] = [
            {i: i for i in self.counts[v]} if table.counts else self.codes[v]
            for v in inputs
        ]
        last = len(table.output) - 1  # stands for all larger numbers
        cells = [np.minimum(list(codes), last) for codes in meanings]
        if inputs[0] == inputs[1]:
            inputs, meanings = inputs[:1], meanings[:1]
            outputs = table.output[cells[0], cells[0]]
        else:
            outputs = table.output[np.ix_(*cells)].reshape(-1)
        keys = product(*(m.values() for m in meanings))
        entries: dict[Key, Value] = dict(zip(keys, outputs.tolist(), strict=True))
        default = int(outputs[0])
        self.nodes.append(LookupTable.of(name, inputs, entries, default))
        self.codes[name] = {code: code for code in sorted(set(outputs.tolist()))}


def _rows(
    program: Program, name: str, codes: Codes, weights: Mapping[str, Floats]
) -> Floats:
    """The weights of a variable, in the order of its values in the program."""
    code = {value: c for c, value in codes.items()}
    return weights[name][[code[value] for value in program.variables[name].values]]


def _with_scores(bare: Program, fixed: FixedPoint) -> Program:
    scores: dict[tuple[str, Value | None], list[int]] = {}
    for name, table in fixed.scores.items():
        variable = bare.variables[name]
        values = [None] if variable.numerical else variable.values
        for value, row in zip(values, table.tolist(), strict=True):
            scores[name, value] = row
    classifier = Classifier.of(bare.classifier.classes, scores, fixed.scale)
    return replace(bare, classifier=classifier)


def _features(
    program: Program, names: list[str], inputs: Iterable[Letters]
) -> dict[str, Ints]:
    """The distinct combinations of values at letters: `[cases]` for each variable.

    A categorical variable is given by the index of its value, a numerical one as it is.
    """
    evaluator = Evaluator(program)
    letters = program.domain.letters
    found = []
    for block in inputs:
        values = evaluator.trace(block).variables
        stacked = np.stack([values[name][:, letters] for name in names], axis=-1)
        found.append(np.unique(stacked.reshape(-1, len(names)), axis=0))
    cases = np.unique(np.concatenate(found), axis=0)
    return dict(zip(names, cases.T, strict=True))
