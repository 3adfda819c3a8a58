"""From a trained network to the program that it is (paper, section 3.4).

What the network holds as one-hot codes becomes variables, predicates and tables; its
read-out becomes integer scores that change no prediction.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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
    Predicate,
    Value,
)
from tpdebug.program import Program
from trainers.discrete import Discrete
from trainers.fixed_point import Floats, Ints, fixed_point


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
    nodes, codes = _nodes(network, domain)
    bare = Program(domain, tuple(nodes), Classifier(classes, ()), task)
    weights = dict(zip(codes, network.scores, strict=True))
    return _with_scores(bare, weights, codes, inputs, finer=10 if sampled else 1)


def _nodes(
    network: Discrete, domain: Domain
) -> tuple[list[Node], dict[str, Mapping[int, Value]]]:
    """The nodes, and for each variable what its codes mean."""
    codes: dict[str, Mapping[int, Value]] = {
        "tokens": dict(enumerate(domain.vocabulary)),
        "positions": {i: i for i in range(domain.positions)},
    }
    nodes: list[Node] = []
    for layer in range(network.layers):
        names = list(codes)
        for i, head in enumerate(h for h in network.heads if h.layer == layer):
            query, key, value = (names[v] for v in (head.query, head.key, head.value))
            wanted = {
                meaning: [codes[key][head.predicate[code]]]
                for code, meaning in codes[query].items()
                if head.predicate[code] in codes[key]
            }
            name = f"attn_{layer}_{i}"
            predicate = Predicate.of(wanted)
            nodes.append(CategoricalHead(name, query, key, value, predicate))
            codes[name] = codes[value]
        names = list(codes)
        for i, table in enumerate(t for t in network.tables if t.layer == layer):
            name = f"mlp_{layer}_{i}"
            node = _table(name, [names[v] for v in table.inputs], table.output, codes)
            nodes.append(node)
            found = {node.default, *(output for _, output in node.entries)}
            codes[name] = {int(code): int(code) for code in found}
    return nodes, codes


def _table(
    name: str,
    inputs: list[str],
    output: Ints,
    codes: Mapping[str, Mapping[int, Value]],
) -> LookupTable:
    """A table over the values that its inputs can take."""
    first, second = (codes[v] for v in inputs)
    if inputs[0] == inputs[1]:
        inputs = inputs[:1]
        entries: dict[Key, Value] = {(first[a],): int(output[a, a]) for a in first}
    else:
        pairs = product(first, second)
        entries = {(first[a], second[b]): int(output[a, b]) for a, b in pairs}
    return LookupTable.of(name, inputs, entries, next(iter(entries.values())))


def _with_scores(
    bare: Program,
    weights: Mapping[str, Floats],
    codes: Mapping[str, Mapping[int, Value]],
    inputs: Iterable[Letters],
    finer: int,
) -> Program:
    """Give a program integer scores that predict what the real ones do."""
    features = _features(bare, list(weights), inputs)
    rows: dict[str, Floats] = {}
    for name, values in codes.items():
        code = {value: c for c, value in values.items()}
        known = bare.variables[name].values
        rows[name] = np.stack([weights[name][code[value]] for value in known])
    fixed = fixed_point(rows, features, finer)
    scores: dict[tuple[str, Value | None], list[int]] = {}
    for name, table in fixed.scores.items():
        for value, row in zip(bare.variables[name].values, table, strict=True):
            scores[name, value] = [int(score) for score in row]
    classifier = Classifier.of(bare.classifier.classes, scores, fixed.scale)
    return Program(bare.domain, bare.nodes, classifier, bare.task)


def _features(
    program: Program, names: list[str], inputs: Iterable[Letters]
) -> dict[str, Ints]:
    """The distinct combinations of values at letters: `[cases]` for each variable."""
    evaluator = Evaluator(program)
    letters = program.domain.letters
    found = []
    for block in inputs:
        values = evaluator.trace(block).variables
        stacked = np.stack([values[name][:, letters] for name in names], axis=-1)
        found.append(np.unique(stacked.reshape(-1, len(names)), axis=0))
    cases = np.unique(np.concatenate(found), axis=0)
    return dict(zip(names, cases.T, strict=True))
