"""The parts of a program: variables, predicates, heads, tables, embeddings, scores.

Standard library only. The parts hold what the program *means*, in a normal form, so
that two parts are equal exactly when they do the same; where they stand in a file is
kept apart, in a `SourceMap`. Semantics: paper, section 3; RASP (Weiss et al. 2021).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from tpdebug.errors import DomainError, ProgramError

Value: TypeAlias = str | int
Tie: TypeAlias = Literal["last", "matches"]
Key: TypeAlias = tuple[Value, ...]


def order(value: Value) -> tuple[bool, int, str]:
    """Sort key over values: integers by size, then strings."""
    return (True, 0, value) if isinstance(value, str) else (False, value, "")


def order_key(key: Key) -> tuple[tuple[bool, int, str], ...]:
    """Sort key over tuples of values."""
    return tuple(order(value) for value in key)


SINGULAR = {"tokens": "token", "positions": "position"}
"""What one value of an input variable is called."""


@dataclass(frozen=True, slots=True)
class Variable:
    """One value at each position.

    A categorical variable takes one of `values`; a numerical one counts, and its
    values are a `range` of integers.
    """

    name: str
    values: tuple[Value, ...] | range
    numerical: bool = False


@dataclass(frozen=True, slots=True)
class Predicate:
    """Which key values each query value looks for.

    `cases` holds (query value, key values) for every query value that looks for
    something, sorted; a query value without a case matches nothing.
    """

    cases: tuple[tuple[Value, tuple[Value, ...]], ...]

    @classmethod
    def of(cls, cases: Mapping[Value, Iterable[Value]]) -> Predicate:
        """Make a predicate from query value -> key values.

        >>> Predicate.of({1: ["b", "a"], 0: []}).cases
        ((1, ('a', 'b')),)
        """
        rows = {q: tuple(sorted(set(keys), key=order)) for q, keys in cases.items()}
        return cls(tuple((q, rows[q]) for q in sorted(rows, key=order) if rows[q]))

    @classmethod
    def where(
        cls,
        queries: Iterable[Value],
        keys: Sequence[Value],
        test: Callable[[Value, Value], bool],
    ) -> Predicate:
        """Make a predicate from a test of (query value, key value)."""
        return cls.of({q: [k for k in keys if test(q, k)] for q in queries})

    def keys_for(self, query: Value) -> tuple[Value, ...]:
        """Return the key values that `query` looks for, maybe none."""
        return dict(self.cases).get(query, ())


@dataclass(frozen=True, slots=True)
class Preference:
    """Which key values each query value would rather read than others.

    This is what attention by scores comes down to (paper, appendix A.4): only the order
    of the scores of a query value matters. `cases` holds (query value, groups of key
    values, the best first) for every query value that tells keys apart, sorted. The
    keys of a group are equally good; those that no group names come after all groups,
    and in a `Program` the worst keys are never named, so that equal preferences are
    equal.
    """

    cases: tuple[tuple[Value, tuple[tuple[Value, ...], ...]], ...]

    @classmethod
    def of(cls, cases: Mapping[Value, Iterable[Iterable[Value]]]) -> Preference:
        """Make a preference from query value -> groups of keys, the best first.

        A key that is named twice is as good as where it is named first.

        >>> Preference.of({1: [["b"], [], ["c", "b", "a"]], 0: []}).cases
        ((1, (('b',), ('a', 'c'))),)
        """
        rows = {query: _groups(groups) for query, groups in cases.items()}
        return cls(tuple((q, rows[q]) for q in sorted(rows, key=order) if rows[q]))

    @classmethod
    def by(
        cls,
        queries: Iterable[Value],
        keys: Sequence[Value],
        scores: Callable[[Value, Value], float],
    ) -> Preference:
        """Make a preference from the score of (query value, key value), high is good.

        >>> Preference.by([5], [0, 1, 2], lambda q, k: -abs(k - 1)).cases
        ((5, ((1,),)),)
        """
        cases: dict[Value, list[list[Value]]] = {}
        for query in queries:
            found: dict[float, list[Value]] = {}
            for key in keys:
                found.setdefault(scores(query, key), []).append(key)
            cases[query] = [found[score] for score in sorted(found, reverse=True)[:-1]]
        return cls.of(cases)

    def groups(self, query: Value, keys: Iterable[Value]) -> tuple[Key, ...]:
        """Return all of `keys` in groups, the best first; the last may be unnamed."""
        named = dict(self.cases).get(query, ())
        return _groups([*named, keys])


def _groups(groups: Iterable[Iterable[Value]]) -> tuple[Key, ...]:
    """Groups without repetitions, sorted inside; none is empty."""
    found, seen = list[Key](), set[Value]()
    for group in groups:
        fresh = set(group) - seen
        seen |= fresh
        found += [tuple(sorted(fresh, key=order))] if fresh else []
    return tuple(found)


@dataclass(frozen=True, slots=True)
class CategoricalHead:
    """Reads one position and copies a categorical value from there.

    Each query attends to the nearest position whose key matches; of two equally
    near, the left one; itself only when nothing else matches; position 0 when
    nothing matches. Writes the categorical variable `name` (paper, section 3.1).

    With a `Preference` in place of a predicate it attends to the best key that it sees,
    of equally good ones to the nearest, by the same rules (paper, appendix A.4).

    That is the `tie` policy "last". In the files that the paper's authors published,
    the query's own position competes at a distance equal to the number of matches,
    and the left of two at the same distance is taken: the policy "matches".
    """

    name: str
    query: str
    key: str
    value: str
    predicate: Predicate | Preference
    tie: Tie = "last"


@dataclass(frozen=True, slots=True)
class NumericalHead:
    """Sums a numerical value over every position whose key matches, itself too.

    Writes the numerical variable `name`; no match gives 0 (paper, section 3.3).
    """

    name: str
    query: str
    key: str
    value: str
    predicate: Predicate


@dataclass(frozen=True, slots=True)
class LookupTable:
    """Maps the values of its inputs at one position to a categorical value.

    This is what an MLP becomes (paper, section 3.2). `entries` holds (input values,
    output) in sorted order for all inputs whose output is not `default`; in a
    `Program` the default is the most frequent output, so that equal tables are equal.
    """

    name: str
    inputs: tuple[str, ...]
    entries: tuple[tuple[Key, Value], ...]
    default: Value

    @classmethod
    def of(
        cls,
        name: str,
        inputs: Iterable[str],
        entries: Mapping[Key, Value],
        default: Value,
    ) -> LookupTable:
        """Make a table from input values -> output, and a default for the others."""
        kept = ((k, entries[k]) for k in sorted(entries, key=order_key))
        rows = tuple((k, value) for k, value in kept if value != default)
        return cls(name, tuple(inputs), rows, default)

    def output(self, key: Key) -> Value:
        """Return the output for input values."""
        return dict(self.entries).get(key, self.default)


@dataclass(frozen=True, slots=True)
class Embedding:
    """Gives each token one code per embedding variable (paper, section 4.3).

    `codes[i]` holds the codes of token i of the domain's vocabulary.
    """

    names: tuple[str, ...]
    codes: tuple[tuple[int, ...], ...]


Node: TypeAlias = CategoricalHead | NumericalHead | LookupTable | Embedding
Head: TypeAlias = CategoricalHead | NumericalHead


def inputs_of(node: Node) -> tuple[str, ...]:
    """The names of the variables that a node reads."""
    match node:
        case LookupTable():
            return node.inputs
        case Embedding():
            return ("tokens",)
        case _:
            return (node.query, node.key, node.value)


def outputs_of(node: Node) -> tuple[str, ...]:
    """The names of the variables that a node writes."""
    return node.names if isinstance(node, Embedding) else (node.name,)


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """What one value of a variable adds to the score of each class.

    For a numerical variable `value` is None and the row counts as often as the
    variable says.
    """

    variable: str
    value: Value | None
    scores: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Classifier:
    """Sums integer scores over all variables; the largest sum is the answer.

    Ties go to the first class. A pooled classifier sums over all positions as well
    and gives one answer. Scores are fixed point: a score s stands for s / scale.
    """

    classes: tuple[str, ...]
    rows: tuple[ScoreRow, ...]
    scale: int = 1
    pooled: bool = False

    @classmethod
    def of(
        cls,
        classes: Iterable[str],
        scores: Mapping[tuple[str, Value | None], Sequence[int]],
        scale: int = 1,
        pooled: bool = False,
    ) -> Classifier:
        """Make a classifier from (variable, value) -> score of each class."""
        rows = (ScoreRow(v, x, tuple(row)) for (v, x), row in scores.items())
        return cls(tuple(classes), tuple(rows), scale, pooled)

    def index(self, answer: str) -> int:
        """Return the number of a class.

        Raises:
            DomainError: there is no such class.
        """
        if answer not in self.classes:
            known = " ".join(self.classes)
            raise DomainError(f"{answer!r} is not a class of the program: {known}")
        return self.classes.index(answer)


@dataclass(frozen=True, slots=True)
class Rule:
    """The unit of coverage, blame, dead code and repair.

    A `case` is what a head does with one query value (`key` holds it), or, if it has a
    preference, how good a key value is to a query value (`key` holds both); an `entry`
    is what a table does with one tuple of input values, a `score` the row of one value
    of a variable (an empty key for a numerical one).

    >>> print(Rule("case", "attn_0_0", ("3",)))
    attn_0_0['3']
    """

    kind: Literal["case", "entry", "score"]
    node: str
    key: Key

    def __str__(self) -> str:
        inside = ", ".join(repr(value) for value in self.key)
        prefix = "score of " if self.kind == "score" else ""
        return f"{prefix}{self.node}[{inside}]"


def require(condition: object, message: str) -> None:
    """Raise `ProgramError` with `message` unless the condition holds."""
    if not condition:
        raise ProgramError(message)
