"""Random terms, and inputs to try them on, for the tests of the search."""

from __future__ import annotations

import numpy as np

from tpdebug.domain import Domain
from tpdebug.inputs import blocks, with_specials
from trainers.readout import Readout
from trainers.search import Sample
from trainers.search.terms import Copied, Counted, Input, Mapped, Term


def domain_of(causal: bool) -> Domain:
    """A few inputs of every length."""
    return Domain(("a", "b"), (1, 4), "<s>", "</s>", causal)


def inputs_of(domain: Domain) -> tuple[Term, Term, Term]:
    """Tokens, positions, ones."""
    return (
        Term(Input("tokens"), "token", len(domain.vocabulary)),
        Term(Input("positions"), "number", domain.positions),
        Term(Input("ones"), "number", 2, numerical=True),
    )


def padded(domain: Domain) -> np.ndarray:
    """All inputs as codes, -1 after the end."""
    rows = []
    for block in blocks(domain):
        codes = with_specials(domain, block).astype(np.int64)
        after = domain.positions - codes.shape[1]
        rows.append(np.pad(codes, [(0, 0), (0, after)], constant_values=-1))
    return np.concatenate(rows)


def sample_of(domain: Domain) -> Sample:
    """All inputs, each place with the label 0."""
    tokens = padded(domain)
    return Sample(tokens, np.where(tokens < 0, -1, 0), domain.causal)


def random_terms(domain: Domain, seed: int, count: int = 6) -> list[Term]:
    """Terms over each other, of every sort."""
    drawn = np.random.default_rng(seed)
    terms = list(inputs_of(domain))

    def pick(numerical: bool | None) -> Term:
        fit = [t for t in terms if numerical is None or t.numerical == numerical]
        return fit[drawn.integers(len(fit))]

    while len(terms) < 3 + count:
        sort = drawn.integers(4)
        if sort < 2:
            value = pick(numerical=bool(sort))
            query, key = pick(numerical=False), pick(numerical=False)
            wants = drawn.random((query.size, key.size)) < drawn.random()
            size = (value.size - 1) * domain.positions + 1
            if sort and size < 200:
                made = Counted(query, key, value, wants)
                terms.append(Term(made, "number", size, numerical=True))
            elif not sort:
                made = Copied(query, key, value, wants)
                terms.append(Term(made, value.kind, value.size))
        else:
            if len(terms) == 3:
                continue
            first = terms[drawn.integers(3, len(terms))]  # else it were in no layer
            read = tuple(dict.fromkeys((first, *(pick(None) for _ in range(sort - 2)))))
            letters = drawn.random() < 0.3
            most = len(domain.vocabulary) if letters else 4
            shape = tuple(min(t.size, int(drawn.integers(2, 7))) for t in read)
            shape = tuple(
                n if t.numerical else t.size for n, t in zip(shape, read, strict=True)
            )
            output = drawn.integers(0, most, shape)
            kind = "token" if letters else "code"
            terms.append(Term(Mapped(read, output), kind, most))
    return terms[3:]


def says_its_value(term: Term) -> tuple[Readout, int]:
    """A read-out whose class is the value of a term, and how many classes it has."""
    classes = max(term.size, 2)
    label = np.arange(classes)
    rows, constant = np.eye(term.size, classes), np.zeros(classes)
    if term.numerical:  # the largest of 2 x c - c * c is at c = x
        rows, constant = 2.0 * label[None], -1.0 * label**2
    weights = np.concatenate([rows, constant[None]])
    return Readout((rows,), 0.0, 1.0, np.zeros((0, classes)), weights), classes
