"""How much is searched."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is searched.

    Attributes:
        codes: the most codes that a table may have.
        numerical: whether heads may count.
        many: whether a predicate may want several key codes.
        rounds: how many terms may be added to the read-out.
        screen: about how many labels candidates are looked at on.
        heat: about how many labels the best candidates are tried on first.
        trial: about how many labels finalists are tried on.
        keep: how many candidates of each length are tried first.
        finalists: how many of them are tried in earnest.
        active: how many terms of the program are built upon.
        latest: how many of these when looking further.
        bank: how many terms are looked through then.
        tables: how many of these tables are fitted with.
        counts: how many counts are computed with, any two.
        answering: how many heads are tried whose keys say which position they answer.
        events: how many tables of each length are tried as keys of heads that count.
        enough: a round need not look further if it takes away this share of the loss.
        least: the search ends with a round that takes away a smaller share.
        table_loss: how many nats a case fitted tables may lose for fewer codes.
    """

    codes: int
    numerical: bool = True
    many: bool = True
    rounds: int = 16
    screen: int = 1000
    heat: int = 4000
    trial: int = 20_000
    keep: int = 12
    finalists: int = 6
    active: int = 6
    latest: int = 2
    bank: int = 250
    tables: int = 60
    counts: int = 20
    answering: int = 20
    events: int = 6
    enough: float = 0.4
    least: float = 0.01
    table_loss: float = 0.001
