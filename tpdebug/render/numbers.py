"""Numbers for people: scores at a scale, and counts of any size."""

from __future__ import annotations

from decimal import Decimal

MOST_DECIMALS = 4


def points(score: int, scale: int, sign: bool = False) -> str:
    """A score in its unit, with at most four decimals.

    >>> points(12, 1), points(391381600, 10**8), points(-5, 100, sign=True)
    ('12', '3.9138', '-0.05')
    """
    decimals = min(len(str(scale - 1)) if scale > 1 else 0, MOST_DECIMALS)
    found = Decimal(score) / scale
    smallest = Decimal(1).scaleb(-decimals)
    if score and abs(found) < smallest:
        return f"{found:{'+' if sign else ''}.1e}"
    return f"{found:{'+' if sign else ''},.{decimals}f}"


def count(inputs: int) -> str:
    """A count, rounded if nobody could read it.

    >>> count(19530), count(6**40)
    ('19,530', '1.34e+31')
    """
    return f"{inputs:,}" if inputs < 10**15 else f"{Decimal(inputs):.2e}"
