"""Where heads with a preference look: the best key that they see, the nearest of these.

A key costs as many steps as groups are better than its own, then as many as keys would
be nearer; the cheapest is attended to (paper, appendix A.4: attention by scores).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from tpdebug.columns import Column, align
from tpdebug.evaluate.codes import index_of
from tpdebug.evaluate.scores import join
from tpdebug.nodes import Preference
from tpdebug.program import Program


class Chooser:
    """A preference as an array.

    Attributes:
        levels: how many groups are better, for a query and a key value
            `[queries, keys]`.
        causal: whether a query sees only itself and what is left of it.
    """

    def __init__(
        self, program: Program, query: str, key: str, preference: Preference
    ) -> None:
        queries, keys = program.variables[query], program.variables[key]
        place = index_of(keys)
        self.levels = np.zeros((len(queries.values), len(keys.values)), np.int64)
        for row, value in zip(self.levels, queries.values, strict=True):
            for level, group in enumerate(preference.groups(value, keys.values)):
                row[[place[key] for key in group]] = level
        self.causal = program.domain.causal

    def attended(
        self, keys: Sequence[Column], queries: Sequence[Column]
    ) -> Iterator[Column]:
        """The position that each query attends to: a column `[entries]` for each."""
        count = len(keys)
        costs = self.levels.reshape(-1) * count
        costs = costs.astype(np.min_scalar_type(int(costs.max()) + count))
        for i, query in enumerate(queries):
            near = _nearest_first(i, i + 1 if self.causal else count)
            best: Column | None = None
            for j in sorted(near):
                pair = join([query, keys[j]], self.levels.shape)
                cost = costs.take(pair) + costs.dtype.type(near.index(j))
                best = cost if best is None else np.minimum(*align(best, cost))
            assert best is not None  # itself is always seen
            place = np.array(near, np.min_scalar_type(count))
            yield place.take(best % count)

    def matches(
        self, queries: NDArray[np.int64], keys: NDArray[np.int64]
    ) -> NDArray[np.bool_]:
        """Which keys are as good as any that a query sees `[inputs, queries, keys]`.

        Args:
            queries, keys: value indices `[inputs, positions]`.
        """
        levels = self.levels[queries[:, :, None], keys[:, None, :]]
        if self.causal:
            seen = np.tri(queries.shape[1], dtype=bool)
            levels = np.where(seen, levels, self.levels.max() + 1)
        found: NDArray[np.bool_] = levels == levels.min(2, keepdims=True)
        return found


def _nearest_first(position: int, length: int) -> list[int]:
    """Positions as `CategoricalHead` takes them: near, left before right, itself."""
    return sorted(range(length), key=lambda j: (j == position, abs(position - j), j))
