"""The inputs of a program: which there are, how many, and in what order.

A `Domain` is finite. Its inputs are ordered shortest first, then by the order of the
alphabet, so each has an index; counting, indexing and membership are exact at any
size (Python integers). Arrays of inputs are made in `tpdebug.inputs`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from tpdebug.errors import DomainError, counted
from tpdebug.pairs import Pairs

MAX_LENGTH = 512
MAX_ALPHABET = 200_000


@dataclass(frozen=True)
class Domain:
    """The sequences of letters that a program is meant for.

    Attributes:
        alphabet: the letters, in order.
        lengths: the least and the greatest number of letters.
        begin, end: special tokens that the program puts around the letters.
        causal: whether a position sees only itself and what is left of it.
        unknown: the letter that stands for words outside the alphabet, if any.
        keys: if given, keys and values (the other letters) take turns, beginning
            with a key, and within one input a key always has the same value: the
            inputs of in-context learning (paper, section 4.1).

    >>> Domain(("a", "b"), (1, 3)).count
    14
    >>> Domain(("a", "b", "0", "1"), (2, 4), keys=("a", "b")).count
    24
    """

    alphabet: tuple[str, ...]
    lengths: tuple[int, int]
    begin: str | None = None
    end: str | None = None
    causal: bool = False
    unknown: str | None = None
    keys: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        problem = _flaw(self)
        if problem:
            raise DomainError(problem)

    @property
    def vocabulary(self) -> tuple[str, ...]:
        """Every token a program sees: the alphabet, then begin, then end."""
        specials = tuple(t for t in (self.begin, self.end) if t is not None)
        return self.alphabet + specials

    @property
    def positions(self) -> int:
        """How many positions the longest input takes, special tokens included."""
        return self.lengths[1] + self.offset + (self.end is not None)

    @property
    def offset(self) -> int:
        """The position of the first letter: 1 after a begin token, else 0."""
        return int(self.begin is not None)

    @property
    def letters(self) -> slice:
        """Where the letters stand among the positions of an input."""
        return slice(self.offset, None if self.end is None else -1)

    @cached_property
    def letter_index(self) -> dict[str, int]:
        """The place of each letter in the alphabet."""
        return {letter: i for i, letter in enumerate(self.alphabet)}

    @cached_property
    def pairs(self) -> Pairs | None:
        """The keys and values that take turns, where there are keys."""
        if self.keys is None:
            return None
        keys = set(self.keys)
        return Pairs(self.keys, tuple(a for a in self.alphabet if a not in keys))

    @property
    def count(self) -> int:
        """How many inputs there are."""
        shortest, longest = self.lengths
        return sum(self.count_of_length(n) for n in range(shortest, longest + 1))

    def count_of_length(self, length: int) -> int:
        """How many inputs have `length` letters (0 outside `lengths`)."""
        if not self.lengths[0] <= length <= self.lengths[1]:
            return 0
        if self.pairs is not None:
            return self.pairs.completions(length, bound=0)
        return int(len(self.alphabet) ** length)

    def input(self, index: int) -> tuple[str, ...]:
        """Return the input at `index`.

        Raises:
            DomainError: there is no such index.
        """
        rest = index
        for length in range(self.lengths[0], self.lengths[1] + 1):
            count = self.count_of_length(length)
            if 0 <= rest < count:
                return self._unrank(length, rest)
            rest -= count
        raise DomainError(
            f"input {index} is not among the {self.count:,} of the domain"
        )

    def index(self, letters: Sequence[str]) -> int:
        """Return the index of an input.

        Raises:
            DomainError: the input is not in the domain; the message says why.
        """
        reason = self.why_not(letters)
        if reason:
            raise DomainError(reason)
        shorter = sum(
            self.count_of_length(n) for n in range(self.lengths[0], len(letters))
        )
        return shorter + self._rank(letters)

    def why_not(self, letters: Sequence[str]) -> str | None:
        """Say why `letters` is not an input of the domain; None if it is one."""
        for place, letter in enumerate(letters, start=1):
            if letter not in self.letter_index:
                return self._foreign(place, letter)
        reason = self.unreadable(letters)
        if reason is None and self.pairs is not None:
            reason = self.pairs.why_not(letters)
        return reason

    def unreadable(self, letters: Sequence[str]) -> str | None:
        """Say why no program of this domain takes `letters`; None if one can."""
        shortest, longest = self.lengths
        if not shortest <= len(letters) <= longest:
            return f"an input has {span(self.lengths)}, not {len(letters)}"
        for place, letter in enumerate(letters, start=1):
            if letter not in self.letter_index and self.unknown is None:
                return self._foreign(place, letter)
        return None

    def accept(self, letters: Sequence[str]) -> tuple[str, ...]:
        """Return letters that a program here can take; unknown words are replaced.

        Raises:
            DomainError: there are too few or too many, or one is not known.
        """
        reason = self.unreadable(letters)
        if reason:
            raise DomainError(reason)
        return tuple(
            a if a in self.letter_index else str(self.unknown) for a in letters
        )

    def words(self, text: str) -> list[str]:
        """Split a line at white space, without a begin and an end token."""
        words = text.split()
        if self.begin is not None and words[:1] == [self.begin]:
            words = words[1:]
        if self.end is not None and words[-1:] == [self.end]:
            words = words[:-1]
        return words

    def parse(self, text: str) -> tuple[str, ...]:
        """Split a line into letters at white space; begin and end may be written out.

        Unknown words become the `unknown` letter where there is one.

        Raises:
            DomainError: the letters are not an input that a program here takes.

        >>> Domain(("a", "b"), (1, 3), begin="<s>").parse("<s> b a")
        ('b', 'a')
        """
        return self.accept(self.words(text))

    def wrap(self, letters: Sequence[str]) -> tuple[str, ...]:
        """Put the begin and end tokens around the letters."""
        begin = () if self.begin is None else (self.begin,)
        end = () if self.end is None else (self.end,)
        return (*begin, *letters, *end)

    def _foreign(self, place: int, letter: str) -> str:
        return (
            f"letter {place} is {letter!r}, which is not in the alphabet: "
            f"{shorten(self.alphabet)}"
        )

    def _rank(self, letters: Sequence[str]) -> int:
        if self.pairs is not None:
            return self.pairs.rank(letters)
        rank = 0
        for letter in letters:
            rank = rank * len(self.alphabet) + self.letter_index[letter]
        return rank

    def _unrank(self, length: int, rank: int) -> tuple[str, ...]:
        if self.pairs is not None:
            return self.pairs.unrank(length, rank)
        letters: list[str] = []
        for _ in range(length):
            rank, digit = divmod(rank, len(self.alphabet))
            letters.append(self.alphabet[digit])
        return tuple(reversed(letters))


def span(lengths: tuple[int, int]) -> str:
    """Say how many letters there may be.

    >>> span((1, 6)), span((1, 1))
    ('1 to 6 letters', '1 letter')
    """
    least = f"{lengths[0]} to " if lengths[0] < lengths[1] else ""
    return f"{least}{counted(lengths[1], 'letter')}"


def shorten(names: Sequence[object], most: int = 12) -> str:
    """List names for a message, the first `most` of them."""
    listed = " ".join(str(name) for name in names[:most])
    return listed if len(names) <= most else f"{listed} ... ({len(names):,} in all)"


def _flaw(domain: Domain) -> str | None:
    """Say what is wrong with the arguments of a domain."""
    named = [t for t in (domain.begin, domain.end) if t is not None]
    tokens = [*domain.alphabet, *named]
    for token in tokens:
        if not isinstance(token, str) or not token or token.split() != [token]:
            return f"a token is a string without white space, not {token!r}"
    if not 1 <= len(domain.alphabet) <= MAX_ALPHABET:
        return f"an alphabet has 1 to {MAX_ALPHABET:,} letters"
    twice = next((t for t, count in Counter(tokens).items() if count > 1), None)
    if twice is not None:
        return f"token {twice!r} is given twice"
    kinds = [type(n) for n in domain.lengths] if type(domain.lengths) is tuple else []
    if kinds != [int, int]:
        return f"lengths are two integers, least and most, not {domain.lengths!r}"
    shortest, longest = domain.lengths
    if not 1 <= shortest <= longest <= MAX_LENGTH:
        return (
            f"lengths must be 1 <= least <= most <= {MAX_LENGTH}, not {domain.lengths}"
        )
    if domain.unknown is not None and domain.unknown not in domain.alphabet:
        return f"the unknown letter {domain.unknown!r} is not in the alphabet"
    if domain.keys is not None:
        keys = [a for a in domain.alphabet if a in set(domain.keys)]
        if tuple(keys) != domain.keys or not 0 < len(keys) < len(domain.alphabet):
            return "keys must be some, not all, letters, in the alphabet's order"
    return None
