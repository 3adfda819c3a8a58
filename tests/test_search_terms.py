"""What the search thinks that a term is, is what the program computes."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("torch")
import torch

from tests.searching import (
    domain_of,
    inputs_of,
    padded,
    random_terms,
    sample_of,
    says_its_value,
)
from tpdebug.evaluate import Evaluator
from tpdebug.inputs import blocks
from trainers.discrete import INPUTS, Copy, Count, Table
from trainers.lift import lift
from trainers.network import Network
from trainers.search.assemble import assemble, terms_of
from trainers.search.terms import Mapped, Term

CAUSAL = pytest.mark.parametrize("causal", [False, True], ids=["both sides", "causal"])
SEEDS = range(8)


@CAUSAL
def test_the_terms_are_of_every_sort_and_differ(causal: bool) -> None:
    """So that the tests below say something."""
    domain = domain_of(causal)
    sample, kinds = sample_of(domain), set()
    varied = 0
    for seed in SEEDS:
        for term in random_terms(domain, seed):
            kinds.add(type(term.made).__name__)
            varied += len(np.unique(sample.values(term)[sample.real])) > 1
    assert kinds == {"Copied", "Counted", "Mapped"}
    assert varied > 20


@CAUSAL
@pytest.mark.parametrize("seed", SEEDS)
def test_values_are_those_of_the_network_and_of_the_program(
    seed: int, causal: bool
) -> None:
    domain = domain_of(causal)
    sample, tokens = sample_of(domain), torch.from_numpy(padded(domain))
    everything = list(blocks(domain))
    for term in random_terms(domain, seed):
        readout, classes = says_its_value(term)
        network = assemble((term,), readout, classes, causal)
        values, real = sample.values(term), sample.real
        found = Network(network).predictions(tokens).numpy()
        assert (found[real] == values[real]).all()
        names = tuple(map(str, range(classes)))
        program = lift(network, domain, names, "test", everything)
        evaluator, start = Evaluator(program), 0
        for block in everything:
            count, length = block.shape
            wanted = values[start : start + count, 1 : 1 + length]
            assert (evaluator.answers(block) == wanted).all()
            start += count
        assert start == len(values)


@CAUSAL
@pytest.mark.parametrize("seed", SEEDS)
def test_a_network_as_terms_has_the_same_values(seed: int, causal: bool) -> None:
    domain = domain_of(causal)
    *inputs, ones = inputs_of(domain)
    sample = sample_of(domain)
    for term in random_terms(domain, seed):
        readout, classes = says_its_value(term)
        network = assemble((term,), readout, classes, causal)
        again = terms_of(network, inputs, ones)
        assert len(again) == len(network.nodes) == len(term.needs)
        (place,) = (
            v for v, rows in enumerate(network.scores[INPUTS:]) if rows is not None
        )
        same = again[place]
        assert (same.numerical, same.size >= 1) == (term.numerical, True)
        real = sample.real
        assert (sample.values(same)[real] == sample.values(term)[real]).all()


@pytest.mark.xfail(reason="a table that reads inputs alone is put in layer -1")
def test_a_table_of_inputs_alone_can_be_written_down() -> None:
    domain = domain_of(causal=False)
    tokens, positions, _ = inputs_of(domain)
    output = np.arange(tokens.size * positions.size) % 3
    made = Mapped((tokens, positions), output.reshape(tokens.size, positions.size))
    readout, classes = says_its_value(term := Term(made, "code", 3))
    network = assemble((term,), readout, classes, causal=False)
    assert lift(network, domain, ("0", "1", "2"), "test", list(blocks(domain))).nodes


@CAUSAL
def test_nodes_come_after_what_they_read_and_tables_after_heads(causal: bool) -> None:
    domain = domain_of(causal)
    for seed in SEEDS:
        term = random_terms(domain, seed)[-1]
        readout, classes = says_its_value(term)
        nodes = assemble((term,), readout, classes, causal).nodes
        for number, node in enumerate(nodes, start=INPUTS):
            match node:
                case Table():
                    reads = node.inputs
                case Copy() | Count():
                    reads = (node.query, node.key, node.value)
            assert max(reads) < number
        order = [(node.layer, isinstance(node, Table)) for node in nodes]
        assert order == sorted(order)


@CAUSAL
@pytest.mark.parametrize("seed", SEEDS)
def test_what_a_head_finds_is_what_its_tables_say(seed: int, causal: bool) -> None:
    """`copies` and `sums` are how candidates are looked at without making them."""
    domain = domain_of(causal)
    sample = sample_of(domain)
    terms = [*inputs_of(domain), *random_terms(domain, seed)]
    keys = [t for t in terms if not t.numerical and t.size < 20]
    drawn = np.random.default_rng(seed)

    def one(found: list[Term]) -> Term:
        return found[drawn.integers(len(found))]

    for _ in range(10):
        key, code_of = one(keys), one(keys)
        wants = np.zeros((1, key.size), dtype=bool)
        wants[0, drawn.integers(0, key.size)] = True
        nearest = sample.nearest_of(key, wants, code_of)
        code = int(wants[0].argmax())
        absent = sample.ranks(key)[sample.scored][:, code] == sample.positions
        copied = sample.copies(key, code_of)[:, code]
        assert (copied[~absent] == nearest[~absent]).all()
        first = sample.values(code_of)[:, :1].repeat(sample.positions, 1)
        assert (nearest[absent] == first[sample.scored][absent]).all()
