"""Right answers in a file: inputs with what is right for each, from JSONL or CSV."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

import numpy as np

from tpdebug.columns import Column, longest, stack
from tpdebug.domain import Domain
from tpdebug.errors import DomainError, UserError
from tpdebug.inputs import Letters, columns_of, decode, encode
from tpdebug.oracles import UNSCORED, Oracle
from tpdebug.parts import Listed, Part, listed_parts
from tpdebug.rows import Expected, case_of, check_count, read_rows, refuse

Input = tuple[str, ...]
Case = tuple[Input, Expected]


class Cases(Oracle):
    """Right answers that are listed with their inputs, case by case.

    An input may be listed several times, and with different answers: to a program, all
    words that it does not know are the same.

    Attributes:
        cases: inputs, as the program reads them, and their right answers.
        notes: what is odd about the list, in sentences.
    """

    def __init__(
        self,
        domain: Domain,
        cases: Sequence[Case],
        *,
        pooled: bool,
        notes: Sequence[str] = (),
    ) -> None:
        known = dict.fromkeys(a for _, row in cases for a in row if a is not None)
        super().__init__(domain, tuple(known))
        self.cases = cases
        self.pooled = pooled
        self.notes = tuple(notes)

    def on(self, domain: Domain) -> Cases:
        """The same cases for another domain.

        Raises:
            DomainError: one of them is not in it.
        """
        if domain == self.domain:
            return self
        for letters, _ in self.cases:
            reason = domain.why_not(letters)
            if reason is not None:
                raise DomainError(f'input "{" ".join(letters)}": {reason}')
        found = Cases(domain, self.cases, pooled=self.pooled, notes=self.notes)
        found.version = self.version
        return found

    def parts(self) -> list[Part]:
        """The cases as parts of a survey, shortest first."""
        by_length: dict[int, list[Case]] = {}
        for case in self.cases:
            by_length.setdefault(len(case[0]), []).append(case)
        found: list[Part] = []
        for _, cases in sorted(by_length.items()):
            rows = encode(self.domain, [letters for letters, _ in cases])
            labels = self._codes([expected for _, expected in cases])
            found += listed_parts(self.domain, [rows], [labels])
        return found

    def right(self, part: Part, letters: Sequence[Column]) -> list[Column]:
        """The labels that stand next to these inputs in the list."""
        if not isinstance(part, Listed) or part.labels is None:  # any other inputs
            return self.wanted(letters)
        return columns_of(part.labels)

    def wanted(self, letters: Sequence[Column]) -> list[Column]:
        """The labels of the first case with each of these inputs.

        Raises:
            UserError: there is no such case.
        """
        known = dict(reversed(self.cases))
        inputs = decode(self.domain, stack(letters, longest(letters)))
        missing = next((letters for letters in inputs if letters not in known), None)
        if missing is not None:
            raise UserError(f'no case has the input "{" ".join(missing)}"')
        codes = self._codes([known[letters] for letters in inputs])
        return columns_of(codes)

    def _codes(self, rows: Sequence[Expected]) -> Letters:
        """Labels as indices."""
        codes: dict[str | None, int] = {a: i for i, a in enumerate(self.labels)}
        codes[None] = UNSCORED
        return np.array([[codes[a] for a in row] for row in rows], np.int32)


def read_cases(
    path: Path,
    domain: Domain,
    pooled: bool,
    *,
    known: Collection[str] = (),
    fitting: bool = False,
) -> Cases:
    """Read inputs with their right answers, from JSONL or CSV.

    A line of JSON is an object with `input` and `expected`, each a list of letters or
    a text with letters between spaces (null or `-` is not scored; pooled: one label). A
    CSV file has these two columns.

    Args:
        path: the file; it is CSV if its name ends so.
        domain: what letters and lengths an input may have.
        pooled: whether there is one answer for each input.
        known: words that are not unknown, though they may be no letters of the domain.
        fitting: leave out the inputs that are not in the domain.

    Raises:
        UserError: the file cannot be read; the message lists every line at fault.
    """
    rows = read_rows(path)
    found: list[Case] = []
    first: dict[Input, Expected] = {}
    problems: list[str] = []
    left_out = contrary = 0
    for line, row in rows.lines():
        try:
            text, expected = case_of(row, pooled)
            words = tuple(domain.words(text))
            try:
                letters = _letters(words, domain, known)
            except DomainError:
                if not fitting:
                    raise
                left_out += 1
                continue
            check_count(expected, 1 if pooled else len(letters))
            contrary += contradict(first.setdefault(words, expected), expected)
            found.append((letters, expected))
        except UserError as error:
            problems.append(f"{path}:{line}: {error}")
    refuse(problems)
    if not found:
        which = " that fit" if left_out else ""
        raise UserError(f"{path} holds no cases{which}")
    notes = []
    if left_out:
        verb = "case is" if left_out == 1 else "cases are"
        notes.append(f"{left_out:,} {verb} of other inputs: left out")
    if contrary:
        verb = "has" if contrary == 1 else "have"
        says = f"{verb} an input that is listed before with other answers"
        notes.append(f"{contrary:,} of {len(found):,} cases {says}")
    cases = Cases(domain, found, pooled=pooled, notes=notes)
    cases.version = rows.version
    return cases


def _letters(words: Input, domain: Domain, known: Collection[str]) -> Input:
    """The letters of an input; unknown words are replaced.

    Raises:
        DomainError: it is not in the domain, or has words that are known elsewhere.
    """
    elsewhere = [a for a in words if a in known and a not in domain.letter_index]
    if elsewhere:
        raise DomainError(f"{elsewhere[0]!r} is not among the letters in question")
    letters = domain.accept(words)
    reason = domain.why_not(letters)
    if reason:
        raise DomainError(reason)
    return letters


def contradict(first: Expected, second: Expected) -> bool:
    """Whether two lists of answers differ where both score."""
    pairs = zip(first, second, strict=False)
    return any(a != b and None not in (a, b) for a, b in pairs)
