"""Patterns: sets of inputs in a few words, letter by letter."""

from __future__ import annotations

from dataclasses import dataclass

from tpdebug.domain import shorten

BRACKETS = ("{}", "[]", "<>", "()", "⟨⟩")
MOST_LETTERS = 12


@dataclass(frozen=True, slots=True)
class Pattern:
    """All inputs of one length that have certain letters at certain places.

    Attributes:
        alphabet: all letters.
        places: for each place the letters that may stand there.
        inputs: how many inputs that is.

    Written, it has a letter, a set of letters, `*` for any letter or `!` for any letter
    but these; long sets are cut short.

    >>> alphabet = ("0", "1", "2", "3")
    >>> print(Pattern(alphabet, (("1",), alphabet, ("0", "2"), ("0", "1", "3")), 24))
    1 * {0 2} !2
    """

    alphabet: tuple[str, ...]
    places: tuple[tuple[str, ...], ...]
    inputs: int

    def __str__(self) -> str:
        return " ".join(map(self._place, self.places))

    def _place(self, letters: tuple[str, ...]) -> str:
        """A letter, a set of letters, `*` for any letter, `!` for any but these."""
        others = tuple(a for a in self.alphabet if a not in letters)
        if not others and len(letters) > 1:
            return "*"
        negative = 0 < len(others) < len(letters)
        return f"!{self._set(others)}" if negative else self._set(letters)

    def _set(self, letters: tuple[str, ...]) -> str:
        """Letters in brackets that are no letters themselves."""
        if len(letters) == 1:
            special = letters[0] == "*" or letters[0].startswith("!")
            return f'"{letters[0]}"' if special else letters[0]
        used = set("".join(self.alphabet))
        free = (pair for pair in BRACKETS if used.isdisjoint(pair))
        left, right = tuple(next(free, BRACKETS[0]))
        return f"{left}{shorten(letters, MOST_LETTERS)}{right}"

    def matches(self, letters: tuple[str, ...]) -> bool:
        """Whether an input has this pattern."""
        return len(letters) == len(self.places) and all(
            letter in allowed
            for letter, allowed in zip(letters, self.places, strict=True)
        )


@dataclass(frozen=True, slots=True)
class Atlas:
    """Patterns that cover exactly the inputs in question, shortest first.

    Attributes:
        patterns: they cover no other inputs; they may overlap.
        left: how many inputs in question no pattern covers.
        least: where some are left, how many patterns would be needed at the least:
            there are so many of these inputs of which no two fit into one pattern.
    """

    patterns: tuple[Pattern, ...]
    left: int
    least: int = 0

    @property
    def complete(self) -> bool:
        """Whether the patterns cover all inputs in question."""
        return self.left == 0
