"""From a program to a network that answers the same: the way back of `lift`.

The network is the hard Transformer that the program describes (paper, section 3.4), so
a program that was edited or repaired by hand is a model again. Compiling programs into
Transformers: tracr (Lindner et al., NeurIPS 2023).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from torch import Tensor

from tpdebug.domain import Domain
from tpdebug.errors import UserError
from tpdebug.inputs import Letters, with_specials
from tpdebug.nodes import (
    CategoricalHead,
    Embedding,
    Head,
    LookupTable,
    NumericalHead,
    Predicate,
    Preference,
    Value,
    Variable,
)
from tpdebug.program import Program
from trainers.discrete import (
    INPUTS,
    TOKENS,
    Copy,
    Count,
    Discrete,
    Floats,
    Node,
    Prefer,
    Table,
)

MOST_CELLS = 50_000_000

Codes = Mapping[Value, int]


def lower(program: Program) -> Discrete:
    """Write a program down as a network with every choice made.

    `trainers.network.Network` computes it. A token's code is its place in the
    vocabulary. Its scores are the integers of the program, without their scale, so that
    no sum is rounded. `trainers.lift.lift_like` is the way back.

    Raises:
        UserError: a table is too large for a network, or the scores are too fine.

    >>> from tpdebug.domain import Domain
    >>> from tpdebug.nodes import Classifier
    >>> from trainers.lift import lift_like
    >>> scores = {("tokens", "a"): [1, 0], ("tokens", "b"): [0, 1]}
    >>> program = Program(Domain(("a", "b"), (1, 3)), (), Classifier.of("ab", scores))
    >>> lift_like(program, lower(program), []) == program
    True
    """
    _check_exact(program)
    lowered = _Lowered(program)
    for node in program.nodes:
        lowered.add(node)
    scores = [lowered.scores(name) for name in lowered.numbers]
    classes = len(program.classifier.classes)
    return Discrete(
        tuple(lowered.nodes),
        tuple(scores),
        classes,
        program.domain.causal,
        program.classifier.pooled,
    )


def tokens_of(domain: Domain, letters: Letters) -> Tensor:
    """What the network of a program is given for inputs of one length.

    Args:
        domain: the inputs of the program.
        letters: letter indices `[inputs, letters]`.
    """
    return torch.from_numpy(with_specials(domain, letters).astype(np.int64))


class _Lowered:
    """The nodes so far.

    Attributes:
        numbers: the number of each variable in the network.
        layers: the layer that computes it.
    """

    def __init__(self, program: Program) -> None:
        self.program = program
        self.nodes: list[Node] = []
        self.numbers = {"tokens": 0, "positions": 1, "ones": 2}
        self.layers = dict.fromkeys(self.numbers, -1)
        self.codes: dict[str, Codes] = {
            name: _codes(program.variables[name], program.domain)
            for name in program.variables
        }

    def add(self, node: Head | LookupTable | Embedding) -> None:
        """Add what computes the variables of a node."""
        match node:
            case Embedding():
                for column, name in enumerate(node.names):
                    codes = [self.codes[name][row[column]] for row in node.codes]
                    output = np.array(codes, np.int64)
                    table = Table(0, (TOKENS,), output, *self._meaning(name))
                    self._number(name, table, 0)
            case LookupTable():
                layer = max(0, *(self.layers[name] for name in node.inputs))
                self._number(node.name, self._table(node, layer), layer)
            case _:
                read = (node.query, node.key, node.value)
                layer = 1 + max(self.layers[name] for name in read)
                self._number(node.name, self._head(node, layer), layer)

    def scores(self, name: str) -> Floats | None:
        """What each code of a variable adds to each class."""
        program, codes = self.program, self.codes[name]
        if name not in program.scored:
            return None
        numerical = program.variables[name].numerical
        size = 1 if numerical else 1 + max(codes.values())
        found = np.zeros((size, len(program.classifier.classes)))
        for row in program.classifier.rows:
            if row.variable == name:
                code = 0 if row.value is None else codes[row.value]
                found[code] = row.scores
        return found

    def _number(self, name: str, node: Node, layer: int) -> None:
        self.numbers[name] = INPUTS + len(self.nodes)
        self.layers[name] = layer
        self.nodes.append(node)

    def _head(self, head: Head, layer: int) -> Node:
        query, key = self.codes[head.query], self.codes[head.key]
        names = (head.query, head.key, head.value)
        asks, looks, copies = (self.numbers[name] for name in names)
        shape = (1 + max(query.values()), 1 + max(key.values()))
        if isinstance(head.predicate, Preference):
            scores = np.zeros(shape, np.int64)
            for value, code in query.items():
                for level, group in enumerate(head.predicate.groups(value, key)):
                    scores[code, [key[each] for each in group]] = -level
            return Prefer(layer, asks, looks, copies, scores)
        wanted = _matrix(head.predicate, query, key, shape)
        if isinstance(head, NumericalHead):
            return Count(layer, asks, looks, copies, wanted)
        assert isinstance(head, CategoricalHead)
        return Copy(layer, asks, looks, copies, wanted, head.tie)

    def _table(self, node: LookupTable, layer: int) -> Table:
        codes = [self.codes[name] for name in node.inputs]
        shape = [1 + max(each.values()) for each in codes]
        if np.prod([float(size) for size in shape]) > MOST_CELLS:
            raise UserError(f"the table {node.name} is too large for a network")
        written = self.codes[node.name]
        output = np.full(shape, written[node.default])
        for key, value in node.entries:
            place = tuple(each[v] for each, v in zip(codes, key, strict=True))
            output[place] = written[value]
        inputs = tuple(self.numbers[name] for name in node.inputs)
        return Table(layer, inputs, output, *self._meaning(node.name))

    def _meaning(self, name: str) -> tuple[bool, tuple[Value, ...]]:
        """Whether the codes of a variable are letters, and what others mean."""
        codes, vocabulary = self.codes[name], self.program.domain.vocabulary
        if all(value in vocabulary for value in codes):
            return True, ()
        if all(value == code for value, code in codes.items()):
            return False, ()
        return False, tuple(codes)


def _check_exact(program: Program) -> None:
    """Make sure that no sum of scores is too large for a float64 to be exact."""
    largest: dict[str, int] = {}
    for row in program.classifier.rows:
        variable = program.variables[row.variable]
        times = int(variable.values[-1]) if variable.numerical else 1
        size = times * max(map(abs, row.scores))
        largest[row.variable] = max(size, largest.get(row.variable, 0))
    places = program.domain.positions if program.classifier.pooled else 1
    if sum(largest.values()) * places >= 2**53:
        raise UserError("the scores are too large, or too fine, for a network")


def _matrix(
    predicate: Predicate, query: Codes, key: Codes, shape: Sequence[int]
) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    """Which key codes each query code looks for."""
    wanted = np.zeros((shape[0], shape[1]), bool)
    for value, keys in predicate.cases:
        wanted[query[value], [key[each] for each in keys]] = True
    return wanted


def _codes(variable: Variable, domain: Domain) -> Codes:
    """The code of each value: of a letter its place in the vocabulary, a number's own.

    Values that are neither are counted.
    """
    letters = {token: i for i, token in enumerate(domain.vocabulary)}
    if all(value in letters for value in variable.values):
        return {value: letters[str(value)] for value in variable.values}
    if all(isinstance(value, int) and value >= 0 for value in variable.values):
        return {value: int(value) for value in variable.values}
    return {value: i for i, value in enumerate(variable.values)}
