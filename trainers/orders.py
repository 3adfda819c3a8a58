"""Orders that are as plain as can be: what training leaves open should say nothing.

A score for each query code and key code puts all keys in order, and most of that order
is chance: a key that never wins may stand anywhere below those that do. Here the keys
of a query are put into as few groups as possible, and queries are given the order of
another query where that does as well, most of them the same one. On the inputs that are
looked at no head copies anything else than before. All limits are counts: nothing
depends on a clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray

from tpdebug.columns import numbered
from trainers.attention import ranks
from trainers.data import PAD
from trainers.discrete import Discrete, Prefer
from trainers.network import Network

Ints: TypeAlias = NDArray[Any]  # integers of whatever size
Levels: TypeAlias = tuple[int, ...]
"""For each key code how many groups are better."""

_MOST_WORK = 2 * 10**9
"""Keys that are compared for one head; where it were more the order is left alone."""


def plain_orders(network: Discrete, blocks: Iterable[Ints]) -> Discrete:
    """The same network with plain orders; on these inputs every variable is as before.

    Args:
        network: what training settled on.
        blocks: inputs, with special tokens, as codes `[inputs, positions]`.
    """
    if not any(isinstance(node, Prefer) for node in network.nodes):
        return network
    tokens = _stacked(list(blocks))
    real = (tokens != PAD).numpy()
    values = [value.numpy() for value in Network(network).values(tokens)]
    nodes = []
    for node in network.nodes:
        if isinstance(node, Prefer) and _work(node, real) <= _MOST_WORK:
            node = _plain(node, _cases(node, values, real, network.causal))
        nodes.append(node)
    return replace(network, nodes=tuple(nodes))


def _work(head: Prefer, real: NDArray[np.bool_]) -> int:
    """How many keys are compared, about: each order is tried at each query."""
    queries, positions = int(real.sum()), int(real.shape[1])
    return 2 * queries * positions * len(head.scores)


def _stacked(blocks: Sequence[Ints]) -> torch.Tensor:
    """All inputs, padded to the length of the longest."""
    longest = max(block.shape[1] for block in blocks)
    padded = [
        np.pad(block, [(0, 0), (0, longest - block.shape[1])], constant_values=PAD)
        for block in blocks
    ]
    return torch.from_numpy(np.concatenate(padded).astype(np.int64))


@dataclass(frozen=True, slots=True)
class _Cases:
    """What one query code sees, wherever it occurs.

    Attributes:
        keys, copied: the key and the value at each position, `[cases, positions]`.
        near: how near each position is, 0 is nearest; as many as there are positions
            where it is not seen.
    """

    keys: Ints
    copied: Ints
    near: Ints

    def read(self, levels: Levels, values: Ints) -> Ints:
        """The values at the positions that are attended to, `[cases]`."""
        count = self.near.shape[1]
        cost = np.array(levels, np.int32)[self.keys] * count + self.near
        cost[self.near == count] = (max(levels) + 1) * count
        found: Ints = np.take_along_axis(values, cost.argmin(1)[:, None], 1)
        return found[:, 0]

    def plain(self, levels: Levels) -> Levels:
        """An order with few groups that copies the same values."""
        wanted = self.read(levels, self.copied)
        winners = np.unique(self.read(levels, self.keys)).tolist()
        groups = [
            {key for key in winners if levels[key] == level}
            for level in sorted({levels[key] for key in winners})
        ]
        groups.append({*range(len(levels))}.difference(winners))
        for i in reversed(range(len(groups) - 1)):
            fewer = [*groups[:i], groups[i] | groups[i + 1], *groups[i + 2 :]]
            if (self.read(_levels(fewer), self.copied) == wanted).all():
                groups = fewer
        return _levels(groups)


def _cases(
    head: Prefer, values: Sequence[Ints], real: NDArray[np.bool_], causal: bool
) -> dict[int, _Cases]:
    """What each query code that occurs sees; of cases that are alike there is one."""
    positions = real.shape[1]
    near = ranks(positions).numpy().astype(np.int16)
    found = {}
    for code in np.unique(values[head.query][real]).tolist():
        row, at = np.nonzero((values[head.query] == code) & real)
        seen = real[row]
        if causal:
            seen &= np.tri(positions, dtype=bool)[at]
        far = np.where(seen, near[at], np.int16(positions))
        keys, copied = (
            np.where(seen, values[v][row], 0).astype(np.int16)
            for v in (head.key, head.value)
        )
        kept = numbered(np.stack([keys, copied, far], 1))[0]
        found[code] = _Cases(keys[kept], copied[kept], far[kept])
    return found


def _plain(head: Prefer, cases: dict[int, _Cases]) -> Prefer:
    """A head with plain orders; query codes that do not occur tell no keys apart."""
    best = head.scores.max(1, keepdims=True)
    before = [tuple(row) for row in (best - head.scores).tolist()]
    plain = dict.fromkeys(each.plain(before[code]) for code, each in cases.items())
    right = {levels: set[int]() for levels in plain}
    for code, each in cases.items():
        wanted = each.read(before[code], each.copied)
        for levels in plain:
            if (each.read(levels, each.copied) == wanted).all():
                right[levels].add(code)
    after = dict(_shared(right))
    same = (0,) * len(before)
    rows = [after.get(code, same) for code in range(len(before))]
    worse = np.array(rows)
    return replace(head, scores=worse.max(1, keepdims=True) - worse)


def _shared(right: dict[Levels, set[int]]) -> Iterator[tuple[int, Levels]]:
    """An order for each query code, so that many codes have the same one.

    Args:
        right: for each order the codes for which it does as well as theirs.
    """
    left = set[int]().union(*right.values())
    while left:
        often = min(right, key=lambda o: (-len(right[o] & left), max(o), o))
        yield from ((code, often) for code in sorted(right[often] & left))
        left -= right[often]


def _levels(groups: Sequence[set[int]]) -> Levels:
    """The level of each key code."""
    level = {key: i for i, group in enumerate(groups) for key in group}
    return tuple(level[key] for key in sorted(level))
