"""Which rules were exercised, test by test: recorded, merged, kept in a file.

A context is what coverage.py calls by this name: a test, or any group of inputs.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analyzers.coverage.edges import MOST_PAIRS, Pairs
from analyzers.coverage.exercised import NOTHING, Exercised
from analyzers.spectra import Spectra
from tpdebug.errors import UserError
from tpdebug.evaluate import Evaluator
from tpdebug.files import read_limited, replace_file
from tpdebug.inputs import BLOCK, Letters, encode
from tpdebug.program import Program

Ints = NDArray[np.int64]

VERSION = 1
"""Counts changes of the file format. Version 1: rules with their hits, and pairs."""

KIND = "tpdebug rule coverage"
SIZE_LIMIT = 500_000_000
CELLS = 1 << 25
"""How many (input, rule) are looked at in one go."""


class RuleCoverage:
    """Records which rules of a program are exercised, by context.

    Several of them, of several processes, can be merged; the order makes no
    difference.

    Attributes:
        program: the program.
        spectra: numbers its rules.
        pairs: numbers its rule pairs; None if they are not recorded.
        contexts: what was exercised, by context.

    >>> from tpdebug.domain import Domain
    >>> from tpdebug.nodes import Classifier
    >>> rows = {("tokens", "a"): [1, 0], ("tokens", "b"): [0, 1]}
    >>> program = Program(Domain(("a", "b"), (1, 3)), (), Classifier.of("xy", rows))
    >>> found = RuleCoverage(program)
    >>> found.add("test_a", ["a", "aa"])
    >>> found.hits.tolist(), found.inputs
    ([2, 0], 2)
    """

    def __init__(self, program: Program, *, pairs: bool = True) -> None:
        self.program = program
        self.spectra = Spectra(program)
        known = Pairs(self.spectra)
        self.pairs = known if pairs and known.count <= MOST_PAIRS else None
        self.contexts: dict[str, Exercised] = {}

    def add(self, context: str, inputs: Iterable[Sequence[str]]) -> None:
        """Record what some inputs exercise.

        Args:
            context: the name of a test, or of this group of inputs.
            inputs: the letters of each.

        Raises:
            DomainError: an input is too short, too long, or has an unknown letter;
                then nothing is recorded.
        """
        accept = self.program.domain.accept
        found = self.contexts.get(context, NOTHING)
        for block in self._blocks([accept(letters) for letters in inputs]):
            found += self._exercised(block)
        self.contexts[context] = found

    def merge(self, other: RuleCoverage) -> None:
        """Take over all that another one has recorded.

        Inputs of a context that both have are counted twice.

        Raises:
            UserError: it is of another program, or only one of the two has pairs.
        """
        if other.digest != self.digest:
            raise UserError("the two coverages are of different programs")
        if (other.pairs is None) != (self.pairs is None):
            raise UserError("only one of the two coverages has pairs of rules")
        for context, found in other.contexts.items():
            self.contexts[context] = self.contexts.get(context, NOTHING) + found

    @property
    def inputs(self) -> int:
        """How many inputs there were."""
        return sum(found.inputs for found in self.contexts.values())

    @property
    def hits(self) -> Ints:
        """How many inputs exercised each rule, `[rules]`."""
        total = np.zeros(len(self.spectra.rules), np.int64)
        for found in self.contexts.values():
            total[found.rules] += found.hits
        return total

    @property
    def pairs_hit(self) -> NDArray[np.bool_]:
        """Whether each rule pair was exercised, `[pairs]`; empty if not recorded."""
        hit = np.zeros(0 if self.pairs is None else self.pairs.count, bool)
        for found in self.contexts.values():
            hit[found.pairs] = True
        return hit

    def by_rule(self) -> Mapping[int, list[str]]:
        """The contexts that exercise each rule, sorted; no entry if there is none."""
        found: dict[int, list[str]] = {}
        for context in sorted(self.contexts):
            for number in self.contexts[context].rules.tolist():
                found.setdefault(number, []).append(context)
        return found

    @cached_property
    def digest(self) -> str:
        """Tells programs apart by what they mean, whatever is said about them."""
        meaning = repr(replace(self.program, about=""))
        return hashlib.sha256(meaning.encode(errors="backslashreplace")).hexdigest()

    def data(self) -> dict[str, Any]:
        """All that was recorded, ready for JSON; rules and pairs by number."""
        return {
            "version": VERSION,
            "kind": KIND,
            "program": self.digest,
            "rules": len(self.spectra.rules),
            "pairs": None if self.pairs is None else self.pairs.count,
            "contexts": {
                context: {
                    "inputs": found.inputs,
                    "rules": found.rules.tolist(),
                    "hits": found.hits.tolist(),
                    "pairs": found.pairs.tolist(),
                }
                for context, found in sorted(self.contexts.items())
            },
        }

    @classmethod
    def of_data(cls, program: Program, data: Any, name: str) -> RuleCoverage:
        """What `data` returned, for the same program.

        Args:
            program: the program.
            data: what was read from JSON.
            name: where it is from, for messages.

        Raises:
            UserError: it is something else, or of another program.
        """
        if not isinstance(data, dict) or data.get("kind") != KIND:
            raise UserError(f"{name} holds no rule coverage")
        if data.get("version") != VERSION:
            version = data.get("version")
            raise UserError(f"{name} has format {version!r}; this reads {VERSION}")
        made = cls(program, pairs=data.get("pairs") is not None)
        if data.get("program") != made.digest:
            raise UserError(
                f"{name} is of another program, or of other inputs; record it again"
            )
        try:
            for context, row in data["contexts"].items():
                made.contexts[context] = made._of_row(row)
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
            raise UserError(f"{name} is damaged; record it again") from None
        return made

    def save(self, path: Path) -> None:
        """Write everything to a file, whole.

        Raises:
            UserError: it cannot be written.
        """
        replace_file(path, json.dumps(self.data()) + "\n")

    @classmethod
    def load(cls, program: Program, path: Path) -> RuleCoverage:
        """Read what was saved for the same program.

        Raises:
            UserError: it cannot be read, or is of another program.
        """
        content = read_limited(path, str(path), SIZE_LIMIT)
        try:
            data = json.loads(content)
        except (ValueError, RecursionError):
            raise UserError(f"{path} holds no rule coverage") from None
        return cls.of_data(program, data, str(path))

    @cached_property
    def _evaluator(self) -> Evaluator:
        return Evaluator(self.program)

    def _blocks(self, inputs: Sequence[tuple[str, ...]]) -> Iterator[Letters]:
        """Inputs in blocks of one length."""
        size = min(BLOCK, max(1, CELLS // max(len(self.spectra.rules), 1)))
        by_length: dict[int, list[tuple[str, ...]]] = {}
        for letters in inputs:
            by_length.setdefault(len(letters), []).append(letters)
        for rows in by_length.values():
            for start in range(0, len(rows), size):
                yield encode(self.program.domain, rows[start : start + size])

    def _exercised(self, block: Letters) -> Exercised:
        """What the inputs of a block exercise."""
        trace = self._evaluator.trace(block)
        hits = self.spectra.executed(trace).sum(axis=0)
        (rules,) = np.nonzero(hits)
        taken = [np.zeros(0, np.int64)]
        if self.pairs is not None:
            taken += [np.unique(numbers) for _, numbers in self.pairs.taken(trace)]
        return Exercised(len(block), rules, hits[rules], np.concatenate(taken))

    def _of_row(self, row: Mapping[str, Any]) -> Exercised:
        """A context as it stands in a file.

        Raises:
            ValueError: its numbers do not fit.
        """
        rules, hits, pairs = (
            np.array(row[name], dtype=np.int64) for name in ("rules", "hits", "pairs")
        )
        inputs, many = row["inputs"], 0 if self.pairs is None else self.pairs.count
        if type(inputs) is not int or rules.shape != hits.shape or hits.ndim != 1:
            raise ValueError("lengths differ")
        for numbers, most in ((rules, len(self.spectra.rules)), (pairs, many)):
            rising = numbers.ndim == 1 and (np.diff(numbers) > 0).all()
            if not rising or (
                len(numbers) and not 0 <= numbers[0] <= numbers[-1] < most
            ):
                raise ValueError("numbers are out of range")
        if len(hits) and not 1 <= hits.min() <= hits.max() <= inputs:
            raise ValueError("hits are out of range")
        return Exercised(inputs, rules, hits, pairs)
