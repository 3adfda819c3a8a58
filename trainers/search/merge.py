"""Terms that are always the same become one.

Rounds of growing do not know each other's parts: the same count is made again where it
is needed again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from trainers.search.sample import Sample
from trainers.search.terms import Copied, Counted, Input, Made, Mapped, Term


def merged(read: Sequence[Term], sample: Sample) -> tuple[Term, ...]:
    """The same terms, made of parts that differ somewhere.

    Args:
        read: what the read-out sees.
        sample: terms that are equal on all its inputs are taken to be the same.
    """
    terms = dict.fromkeys(part for term in read for part in _all(term))
    first: dict[tuple[object, ...], Term] = {}
    new: dict[Term, Term] = {}
    for term in terms:
        values = sample.values(term)[sample.real].astype("int32").tobytes()
        key = term.kind, term.size, term.numerical, values
        if key not in first:
            first[key] = _with_parts(term, new)
        new[term] = first[key]
    return tuple(dict.fromkeys(new[term] for term in read))


def _all(term: Term) -> tuple[Term, ...]:
    """All that a term is made of, inputs first, itself last."""
    parts = (term, *term.needs)
    inputs = (t for part in parts for t in part.reads if isinstance(t.made, Input))
    return (*dict.fromkeys(inputs), *term.needs, *(() if term.needs else (term,)))


def _with_parts(term: Term, new: dict[Term, Term]) -> Term:
    """A term with other terms in place of its parts."""
    made: Made = term.made
    match made:
        case Input():
            return term
        case Mapped():
            read = tuple(new[part] for part in made.inputs)
            same = read == made.inputs
            made = replace(made, inputs=read)
        case Copied() | Counted():
            query, key, value = (new[part] for part in term.reads)
            same = (query, key, value) == term.reads
            made = replace(made, query=query, key=key, value=value)
    return term if same else replace(term, made=made)
