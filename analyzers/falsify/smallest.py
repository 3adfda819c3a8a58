"""The smallest failing input of each kind, in shortlex order.

First all inputs are looked at in order, as far as that is affordable: what comes first
there is proved to be the smallest. Other failures are made smaller from what is known:
letters are left out, replaced by earlier ones, or swapped, thousands of ways at a time,
as long as the failure stays of its kind.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np

from analyzers.falsify.found import Found, Group, Instance, failures_in
from analyzers.falsify.moves import admitted, changed, shortened, swapped
from analyzers.survey import Progress, survey
from tpdebug.domain import Domain
from tpdebug.inputs import Letters
from tpdebug.parts import Part, all_parts

PART = 16_384
MOST_MOVES = 60_000
"""How many ways to make an input smaller are tried at a time."""

MOST_NAMES = 200
"""How many letters, the first of the alphabet, are tried in the place of one."""

EARLIEST = 12
"""How many letters, the first of the alphabet, are tried at two places at once."""


def shrink(found: Found, kind: int) -> None:
    """Make the smallest known failure of a kind smaller, as long as there are ways."""
    domain = found.check.program.domain
    while True:
        before = found.groups[kind].smallest
        for block in smaller(domain, before):
            found.look(block)
            if found.groups[kind].smallest < before:
                break
        else:
            return


def smaller(domain: Domain, instance: Instance) -> Iterator[Letters]:
    """Inputs that are smaller than one, the most hopeful first."""
    row = np.array([instance.letters], np.int32)
    length, least = instance.length, domain.lengths[0]
    fewer = row
    for _ in range(min(2, length - least)):
        fewer = np.unique(np.concatenate(list(shortened(fewer))), axis=0)
        yield admitted(domain, fewer)
    every = np.arange(min(len(domain.alphabet), MOST_NAMES), dtype=np.int32)
    one = [*changed(row, every), *swapped(row), *renamed(row)]
    yield from _before(domain, row, np.concatenate(one))
    letters = np.union1d(every[:EARLIEST], row[0]).astype(np.int32)
    for places in _some_pairs(length, len(letters) ** 2):
        yield from _before(domain, row, np.concatenate(two(row, letters, places)))


def renamed(row: Letters) -> Iterator[Letters]:
    """One letter replaced by an earlier one everywhere; and all letters in order."""
    for letter in np.unique(row):
        for other in range(min(letter, MOST_NAMES)):
            yield np.where(row == letter, other, row).astype(np.int32)
    yield np.sort(row, axis=1)


def two(row: Letters, letters: Letters, places: list[tuple[int, int]]) -> list[Letters]:
    """Two letters replaced, at some pairs of places."""
    found = []
    for first, second in places:
        block = np.repeat(row, len(letters) ** 2, axis=0)
        block[:, first] = np.repeat(letters, len(letters))
        block[:, second] = np.tile(letters, len(letters))
        found.append(block)
    return found


def _some_pairs(length: int, ways: int) -> Iterator[list[tuple[int, int]]]:
    """All pairs of places, as many at a time as are few enough."""
    pairs = list(combinations(range(length), 2))
    step = max(1, MOST_MOVES // ways)
    yield from (pairs[i : i + step] for i in range(0, len(pairs), step))


def _before(domain: Domain, row: Letters, block: Letters) -> Iterator[Letters]:
    """The rows that come before one of the same length."""
    block = np.unique(admitted(domain, block), axis=0)  # in lexicographic order
    differs = block != row
    first = differs.argmax(axis=1)
    at = np.arange(len(block))
    kept = block[differs.any(axis=1) & (block[at, first] < row[0, first])]
    for start in range(0, len(kept), MOST_MOVES):
        yield kept[start : start + MOST_MOVES]


def sweep(
    found: Found,
    most: int,
    *,
    jobs: int | None = None,
    progress: Progress | None = None,
) -> int:
    """Look at the first inputs of the domain in order, and add what fails.

    It stops when no known kind can become smaller, or after about `most` inputs.

    Returns:
        How many inputs it looked at, from the first on.
    """
    domain = found.check.program.domain
    last = max(index_of(domain, group.smallest) for group in found.groups.values())
    parts: list[Part] = []
    total = 0
    for part in all_parts(domain, min(PART, found.check.oracle.part)):
        if total > last or total >= most:
            break
        parts.append(part)
        total += part.size
    found.swept = _key(domain, total)
    for group in found.groups.values():
        group.count = 0
    for letters, kind in found.seen.items():  # those before are counted by the sweep
        found.groups[kind].count += (len(letters), letters) >= found.swept
    look_at(found, parts, jobs=jobs, progress=progress)
    return total


def look_at(
    found: Found,
    parts: Sequence[Part],
    *,
    jobs: int | None = None,
    progress: Progress | None = None,
) -> None:
    """Add what fails in parts of a survey, and was not counted before."""

    def work(number: int) -> dict[int, Group]:
        return failures_in(found.check, found.kinds, parts[number])

    stopped = found.check.oracle.stopped
    stopped.clear()
    for _, groups in survey(parts, work, jobs=jobs, progress=progress, stopped=stopped):
        for kind, group in groups.items():
            found.add(kind, group)
    found.looked += sum(part.size for part in parts)


def index_of(domain: Domain, instance: Instance) -> int:
    """The index of a failing input in its domain."""
    return domain.index([domain.alphabet[i] for i in instance.letters])


def _key(domain: Domain, index: int) -> tuple[int, tuple[int, ...]]:
    """The length and the letters of the input at an index, or after the last one."""
    if index >= domain.count:
        return domain.lengths[1] + 1, ()
    letters = domain.input(index)
    return len(letters), tuple(domain.letter_index[a] for a in letters)
