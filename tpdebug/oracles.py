"""Right answers: for whole blocks of inputs at a time, as columns.

An oracle gives a label to each letter of an input, or none where nothing is scored; a
pooled one gives one label to the whole input.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Sequence
from threading import Event, Lock
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from tpdebug.columns import Column, expand, longest, stack
from tpdebug.domain import Domain, shorten
from tpdebug.errors import UserError, counted
from tpdebug.inputs import Letters, columns_of, decode, encode
from tpdebug.parts import PART, Part

Step: TypeAlias = Callable[[Any, str], tuple[Hashable, str]]
Function: TypeAlias = Callable[[Sequence[str]], Any]

UNSCORED = -1


class Oracle(ABC):
    """Knows the right answers.

    Attributes:
        domain: what the letters mean.
        pooled: whether it gives one label to a whole input.
        part: about how many inputs to ask for at a time.
        version: tells it from another of the same name, such as a hash of its file.
        stopped: when this is set, an answer that takes long may be broken off.
    """

    pooled = False
    part = PART
    version = ""

    def __init__(self, domain: Domain, labels: Sequence[str]) -> None:
        self.domain = domain
        self.known = tuple(labels)
        self.stopped = Event()

    @property
    def labels(self) -> tuple[str, ...]:
        """Every label that it has given or can give; more may come at the end."""
        return self.known

    def on(self, domain: Domain) -> Oracle:
        """The same oracle for a domain that has its letters in another order, or fewer.

        Raises:
            UserError: it does not know one of the letters.
        """
        if self.domain.alphabet == domain.alphabet:
            return self
        foreign = [a for a in domain.alphabet if a not in self.domain.letter_index]
        if foreign:
            raise UserError(
                f"what is right is not known for {shorten(foreign)}, only for "
                f"{shorten(self.domain.alphabet)}"
            )
        return Renumbered(self, domain)

    def resume(self, labels: Sequence[str]) -> None:
        """Number labels as they were in another process, before the first answer.

        Raises:
            ValueError: its labels are others.
        """
        if tuple(labels) != self.labels:
            raise ValueError("the labels are others")

    def right(self, part: Part, letters: Sequence[Column]) -> list[Column]:
        """The same as `wanted`, of a part of a survey and its letters."""
        return self.wanted(letters)

    @abstractmethod
    def wanted(self, letters: Sequence[Column]) -> list[Column]:
        """The index of the right label at each letter; -1 where nothing is scored.

        Args:
            letters: letter indices, a column for each letter.
        """

    def __call__(self, letters: Sequence[str]) -> tuple[str | None, ...]:
        """The right answers of one input, in words."""
        columns = self.wanted(columns_of(encode(self.domain, [letters])))
        places = [int(column[0]) for column in columns]
        return tuple(None if i == UNSCORED else self.labels[i] for i in places)


class BatchOracle(Oracle):
    """Computes the labels of many inputs at once.

    Args:
        function: maps letter indices to label indices, both `[inputs, letters]`.
    """

    def __init__(
        self,
        domain: Domain,
        labels: Sequence[str],
        function: Callable[[Letters], NDArray[Any]],
    ) -> None:
        super().__init__(domain, labels)
        self.function = function

    def wanted(self, letters: Sequence[Column]) -> list[Column]:
        """The labels, one for each input."""
        found = self.function(stack(letters, longest(letters)))
        return list(np.ascontiguousarray(found.T, dtype=np.int64))


class Machine(Oracle):
    """Reads an input from left to right; what it says depends on what it has read.

    Inputs that begin alike share its work. The states that are met are numbered.

    Args:
        start: the first state.
        step: maps a state and a letter to the next state and the label of the letter.
    """

    def __init__(
        self, domain: Domain, labels: Sequence[str], start: Hashable, step: Step
    ) -> None:
        super().__init__(domain, labels)
        self.step = step
        self.states: dict[Hashable, int] = {start: 0}
        self.rows: list[Hashable] = [start]
        self.next = np.full((1, len(domain.alphabet)), UNSCORED, np.int64)
        self.said = np.zeros_like(self.next)
        self.lock = Lock()

    def wanted(self, letters: Sequence[Column]) -> list[Column]:
        """The labels; each column is as long as the longest letter column so far."""
        state: Column = np.zeros(1, np.int64)
        found = []
        for letter in letters:
            size = longest([state, letter])
            state, letter = expand(state, size), expand(letter, size)
            place = state * len(self.domain.alphabet) + letter
            if (self.next.take(place) == UNSCORED).any():
                self._learn(np.unique(place))
            found.append(self.said.take(place))
            state = self.next.take(place)
        return found

    def _learn(self, places: Column) -> None:
        """Fill in what happens at pairs of a state and a letter."""
        many = len(self.domain.alphabet)
        with self.lock:
            following, said = self.next.copy(), self.said.copy()
            fresh = [p for p in places.tolist() if following.flat[p] == UNSCORED]
            for state, letter in (divmod(place, many) for place in fresh):
                new, label = self.step(self.rows[state], self.domain.alphabet[letter])
                if new not in self.states:
                    self.states[new] = len(self.rows)
                    self.rows.append(new)
                following[state, letter] = self.states[new]
                said[state, letter] = self.known.index(label)
            grown = len(self.rows) - len(following)
            edge = ((0, grown), (0, 0))
            self.said = np.pad(said, edge)
            self.next = np.pad(following, edge, constant_values=UNSCORED)


class FunctionOracle(Oracle):
    """Asks a Python function, input by input.

    Args:
        function: maps the letters of an input to their labels (None: not scored), or,
            pooled, to one label.
        name: what to call it in messages.
    """

    part = 1024  # it may be slow, and an interruption waits for the current part

    def __init__(
        self,
        domain: Domain,
        function: Function,
        *,
        pooled: bool = False,
        name: str = "the oracle",
    ) -> None:
        super().__init__(domain, ())
        self.function = function
        self.pooled = pooled
        self.name = name
        self.index: dict[str, int] = {}
        self.lock = Lock()

    def resume(self, labels: Sequence[str]) -> None:
        """Number labels in this order."""
        for label in labels:
            self._place(label)
        super().resume(labels)

    def wanted(self, letters: Sequence[Column]) -> list[Column]:
        """The labels, one for each input.

        Raises:
            UserError: the function fails, or does not give labels; or it was stopped.
        """
        inputs = decode(self.domain, stack(letters, longest(letters)))
        rows = [self._ask(letters) for letters in inputs]
        return list(np.ascontiguousarray(np.array(rows, np.int64).T))

    def _ask(self, letters: tuple[str, ...]) -> list[int]:
        if self.stopped.is_set():
            raise UserError(f"{self.name} was stopped")
        try:
            found = self.function(list(letters))
        except (Exception, SystemExit) as error:
            reason = f"{type(error).__name__}: {error}"
            raise UserError(f"{self._asked(letters)} raises {reason}") from error
        if self.pooled and (found is None or isinstance(found, str)):
            found = [found]
        count = 1 if self.pooled else len(letters)
        good = isinstance(found, list | tuple) and len(found) == count
        if not good or not all(f is None or isinstance(f, str) for f in found):
            strings = f"{counted(count, 'string')} (None: not scored)"
            wanted = "a string" if self.pooled else strings
            raise UserError(f"{self._asked(letters)} is {found!r}, not {wanted}")
        return [self._place(label) for label in found]

    def _asked(self, letters: tuple[str, ...]) -> str:
        return f'{self.name} of "{" ".join(letters)}"'

    def _place(self, label: str | None) -> int:
        if label is None:
            return UNSCORED
        if label not in self.index:
            with self.lock:
                if label not in self.index:
                    self.known = (*self.known, str.__str__(label))
                    self.index[label] = len(self.known) - 1
        return self.index[label]


class Renumbered(Oracle):
    """An oracle on a domain that has its letters in another order, or fewer of them."""

    def __init__(self, oracle: Oracle, domain: Domain) -> None:
        super().__init__(domain, ())
        self.oracle = oracle
        self.pooled = oracle.pooled
        self.part = oracle.part
        self.version = oracle.version
        self.stopped = oracle.stopped
        index = oracle.domain.letter_index
        self.place = np.array([index[letter] for letter in domain.alphabet])

    @property
    def labels(self) -> tuple[str, ...]:
        """Those of the other oracle."""
        return self.oracle.labels

    def resume(self, labels: Sequence[str]) -> None:
        """Number the labels of the other oracle."""
        self.oracle.resume(labels)

    def wanted(self, letters: Sequence[Column]) -> list[Column]:
        """The labels, with the letters as the oracle numbers them."""
        return self.oracle.wanted([self.place.take(column) for column in letters])


def oracle_for(
    given: Oracle | Function, domain: Domain, pooled: bool, name: str = "the oracle"
) -> Oracle:
    """The oracle for inputs of a domain that a function, or another oracle, stands for.

    Args:
        given: an oracle that knows the letters, in any order, or a function: see
            `FunctionOracle`.
        domain: the inputs.
        pooled: whether there is one label for a whole input.
        name: what to call a function in messages.

    Raises:
        UserError: the oracle does not know a letter, or is pooled and should not be.
    """
    if not isinstance(given, Oracle):
        return FunctionOracle(domain, given, pooled=pooled, name=name)
    if given.pooled != pooled:
        one, other = "one answer for each input", "one answer for each letter"
        ours, theirs = (one, other) if given.pooled else (other, one)
        raise UserError(f"there is {ours} that is right, and the program has {theirs}")
    return given.on(domain)
