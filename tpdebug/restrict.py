"""The same program on fewer inputs: what cannot happen there is left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tpdebug.domain import Domain, shorten
from tpdebug.errors import DomainError
from tpdebug.nodes import (
    CategoricalHead,
    Classifier,
    Embedding,
    LookupTable,
    Node,
    NumericalHead,
    Predicate,
    Preference,
    Variable,
)
from tpdebug.normal import admit, input_variables
from tpdebug.program import Program


def restrict(program: Program, domain: Domain) -> Program:
    """Return a program on a part of its domain; it answers there as before.

    Args:
        program: the program.
        domain: some of its letters, in any order, and some of its lengths.

    Raises:
        DomainError: the program does not take all of these inputs.
    """
    if domain == program.domain:
        return program
    _check_inside(domain, program.domain)
    return fitted(program, domain)


def fitted(
    program: Program,
    domain: Domain,
    nodes: Sequence[Node] | None = None,
    classifier: Classifier | None = None,
) -> Program:
    """A program with other parts, without what is about values that are not taken.

    Args:
        program: the program.
        domain: some of its inputs.
        nodes: those of the program, some of them with other rules.
        classifier: that of the program with other scores.
    """
    variables = {v.name: v for v in input_variables(domain)}
    found = []
    for node in program.nodes if nodes is None else nodes:
        kept, written = admit(_narrow(node, variables, program), variables, domain)
        found.append(kept)
        variables.update({variable.name: variable for variable in written})
    scores = classifier or program.classifier
    rows = tuple(
        row
        for row in scores.rows
        if row.value is None or row.value in variables[row.variable].values
    )
    kept_scores: Classifier = replace(scores, rows=rows)
    return replace(program, domain=domain, nodes=tuple(found), classifier=kept_scores)


def inside(
    domain: Domain,
    *,
    alphabet: tuple[str, ...] | None = None,
    lengths: tuple[int, int] | None = None,
) -> Domain:
    """Return the part of a domain with these letters and lengths.

    Raises:
        DomainError: there are letters or lengths that the domain does not have.
    """
    unknown = domain.unknown
    if alphabet is not None and unknown not in alphabet:
        unknown = None
    keys = _keys(domain, alphabet)
    if keys is not None and not 0 < len(keys) < len(alphabet or domain.alphabet):
        raise DomainError(
            "inputs of keys and values need some of both; "
            f"the keys are {shorten(domain.keys or ())}"
        )
    part = replace(
        domain,
        alphabet=domain.alphabet if alphabet is None else alphabet,
        lengths=domain.lengths if lengths is None else lengths,
        unknown=unknown,
        keys=keys,
    )
    _check_inside(part, domain)
    return part


def _keys(domain: Domain, alphabet: tuple[str, ...] | None) -> tuple[str, ...] | None:
    if domain.keys is None or alphabet is None:
        return domain.keys
    return tuple(letter for letter in alphabet if letter in domain.keys)


def _check_inside(part: Domain, whole: Domain) -> None:
    foreign = [letter for letter in part.alphabet if letter not in whole.letter_index]
    if foreign:
        raise DomainError(
            f"the program does not know {shorten(foreign)}; "
            f"its letters are {shorten(whole.alphabet)}"
        )
    shortest, longest = whole.lengths
    if part.lengths[0] < shortest or part.lengths[1] > longest:
        raise DomainError(
            f"the program takes {shortest} to {longest} letters, "
            f"not {part.lengths[0]} to {part.lengths[1]}"
        )
    ours, theirs = (
        (domain.begin, domain.end, domain.causal) for domain in (part, whole)
    )
    if ours != theirs:
        raise DomainError("begin, end and causal are those of the program")
    if whole.keys is not None and part.keys != _keys(whole, part.alphabet):
        raise DomainError("the keys are those of the program")


def _narrow(node: Node, variables: dict[str, Variable], program: Program) -> Node:
    """Leave out what is about values that the variables no longer take."""
    match node:
        case CategoricalHead(predicate=Preference() as wants):
            return _narrow_preference(node, wants, variables)
        case CategoricalHead() | NumericalHead():
            keys = set(variables[node.key].values)
            queries = set(variables[node.query].values)
            cases = {
                query: [key for key in wanted if key in keys]
                for query, wanted in node.predicate.cases
                if query in queries
            }
            return replace(node, predicate=Predicate.of(cases))
        case LookupTable():
            known = [set(variables[name].values) for name in node.inputs]
            entries = {
                key: output
                for key, output in node.entries
                if all(v in values for v, values in zip(key, known, strict=True))
            }
            return LookupTable.of(node.name, node.inputs, entries, node.default)
        case Embedding():
            codes = dict(zip(program.domain.vocabulary, node.codes, strict=True))
            tokens = variables["tokens"].values
            return replace(node, codes=tuple(codes[str(token)] for token in tokens))


def _narrow_preference(
    head: CategoricalHead, wants: Preference, variables: dict[str, Variable]
) -> CategoricalHead:
    """Leave out keys and queries that there are no more."""
    keys = set(variables[head.key].values)
    queries = set(variables[head.query].values)
    cases = {
        query: [[key for key in group if key in keys] for group in groups]
        for query, groups in wants.cases
        if query in queries
    }
    return replace(head, predicate=Preference.of(cases))
