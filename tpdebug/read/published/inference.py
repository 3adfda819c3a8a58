"""What domain a published program is meant for: inferred, and said so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tpdebug.domain import Domain, shorten
from tpdebug.errors import DomainError
from tpdebug.read.published.lines import Body
from tpdebug.read.published.module import Module
from tpdebug.read.published.weights import NOT_A_VALUE, Weights
from tpdebug.read.published.words import Words

BEGIN, END, UNKNOWN = "<s>", "</s>", "<unk>"
FILLERS = ("<pad>", "_")
"""Tokens that have rows, but are never given to a program."""


@dataclass(frozen=True)
class Inferred:
    """A domain, and what it was inferred from."""

    domain: Domain
    notes: tuple[str, ...]


def infer_domain(
    body: Body, module: Module, weights: Weights, words: Words | None
) -> Inferred:
    """Infer the widest domain that a published program can take.

    Raises:
        DomainError: the file does not say enough.
    """
    known, source = _tokens(body, weights, words)
    seen = [tokens for tokens, _ in module.examples]
    places, length_source = _positions(body, weights, seen)
    begin, end, ends_source = _ends(known, seen)
    given = {token for tokens in seen for token in tokens}
    fillers = [token for token in FILLERS if token not in given]
    letters = tuple(t for t in known if t not in (BEGIN, END, *fillers))
    most = places - (begin is not None) - (end is not None)
    if not letters or most < 1:
        raise DomainError("no letters or no positions have score rows")
    domain = Domain(
        letters,
        (1, most),
        begin,
        end,
        causal=module.causal,
        unknown=UNKNOWN if words is not None and UNKNOWN in letters else None,
    )
    _check_examples(domain, known, seen)
    left, right = (f'"{t}"' if t else "nothing" for t in (begin, end))
    notes = [
        f"letters: {shorten(letters)} ({source})",
        f"lengths: 1 to {most} letters ({length_source})",
        f"around them: {left} and {right} ({ends_source})",
        f"classes: {shorten(weights.classes)}",
    ]
    if words is not None and words.left_out:
        listed = shorten([repr(word) for word in words.left_out])
        notes.append(f"words that the file cannot look up itself: {listed}")
    return Inferred(domain, tuple(notes))


def _tokens(
    body: Body, weights: Weights, words: Words | None
) -> tuple[Sequence[str], str]:
    """Every token that the program knows."""
    if words is not None:
        return list(words.codes), "the words of its embeddings"
    for scored in body.scored:
        if scored.variable == "tokens":
            _check_rows(scored.feature, weights)
            return weights.values(scored.feature), f"their rows in {weights.name}"
    raise DomainError("the file does not say its letters: tokens are not scored")


def _positions(
    body: Body, weights: Weights, seen: list[tuple[str, ...]]
) -> tuple[int, str]:
    """How many positions there are."""
    for scored in body.scored:
        if scored.variable == "positions":
            _check_rows(scored.feature, weights)
            values = set(weights.values(scored.feature))
            count = next(i for i in range(len(values) + 1) if str(i) not in values)
            return count, f"{count} positions have rows"
    if seen:
        return max(map(len, seen)), "the longest of its examples"
    raise DomainError("the file does not say its lengths: positions are not scored")


def _ends(
    known: Sequence[str], seen: list[tuple[str, ...]]
) -> tuple[str | None, str | None, str]:
    """The begin and end tokens."""
    if seen:
        begins = any(tokens[:1] == (BEGIN,) for tokens in seen)
        ends = any(tokens[-1:] == (END,) for tokens in seen)
        source = f"as in its {len(seen)} examples"
    else:
        begins, ends, source = BEGIN in known, END in known, "it knows these tokens"
    return BEGIN if begins else None, END if ends else None, source


def _check_rows(feature: str, weights: Weights) -> None:
    """No row of a variable whose rows say what there is may be unusable.

    Raises:
        DomainError: one is.
    """
    for (name, value), flaw in weights.flaws.items():
        if name == feature and value not in (*FILLERS, *NOT_A_VALUE):
            raise DomainError(f"{weights.name}: the row of {name} {value} {flaw}")


def _check_examples(
    domain: Domain, known: Sequence[str], seen: list[tuple[str, ...]]
) -> None:
    """The examples run when the file is imported, so they must fit.

    Raises:
        DomainError: one does not; the message says why.
    """
    words = set(known)
    for number, tokens in enumerate(seen, start=1):
        letters = tokens[domain.letters]
        foreign = [token for token in tokens if token not in words]
        reason = (
            f"{foreign[0]!r} is not known" if foreign else domain.unreadable(letters)
        )
        if reason is None and domain.wrap(letters) != tokens:
            reason = "it begins or ends in another way than others"
        if reason is not None:
            raise DomainError(f"example {number} cannot be answered: {reason}")
