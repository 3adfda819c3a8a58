"""Why a program gave an answer: what carried it, and the way back to the input.

An `Explanation` holds the scores of an answer against a rival class, variable by
variable, and for every variable involved a `Step`: how its value came about.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from tpdebug.errors import DomainError, counted
from tpdebug.evaluate import Evaluator, Trace
from tpdebug.findings import Contribution, Explanation, Letter, Place, Step
from tpdebug.inputs import encode
from tpdebug.nodes import (
    CategoricalHead,
    Embedding,
    Head,
    LookupTable,
    NumericalHead,
    Preference,
    Rule,
    Value,
)
from tpdebug.program import Program
from tpdebug.sourcemap import SourceMap

CARRIED = 0.9
"""The share of all that speaks for an answer that its carriers make up, at least."""


def explain(
    program: Program,
    letters: Sequence[str],
    *,
    position: int | None = None,
    expected: Sequence[str] | None = None,
    source: SourceMap | None = None,
) -> Explanation:
    """Explain the answer of a program at one position of an input.

    Args:
        program: the program.
        letters: the input, without begin and end tokens.
        position: which answer to explain, counted as the program does (0 is the
            begin token, where there is one). Default: the first wrong answer if
            `expected` is given, else the one with the least margin.
        expected: the right answers, one for each letter (pooled: one).
        source: where the rules stand, for `file:line`.

    Raises:
        DomainError: the input, the position or the expected answers do not fit.
    """
    letters = program.domain.accept(letters)
    trace = Evaluator(program).trace(encode(program.domain, [letters]))
    answered = _letters(program, trace, letters, expected)
    chosen = _choose(program, answered, position)
    rival = chosen.expected if chosen.wrong else chosen.runner_up
    positions = (
        range(len(letters) + len(program.domain.wrap(())))
        if chosen.position is None
        else (chosen.position,)
    )
    explainer = _Explainer(program, trace, source)
    contributions = sorted(
        explainer.contributions(chosen.answer, rival, positions),
        key=lambda c: (-c.difference, c.place.position),
    )
    carriers = _carriers(contributions)
    steps = explainer.steps(c.place for c in contributions[:carriers])
    return Explanation(
        answered, chosen, rival, tuple(contributions), carriers, tuple(steps)
    )


def _letters(
    program: Program,
    trace: Trace,
    letters: Sequence[str],
    expected: Sequence[str] | None,
) -> tuple[Letter, ...]:
    classes = program.classifier.classes
    pooled = program.classifier.pooled
    answers = [int(i) for i in trace.answers[0]]
    if expected is not None:
        _check_expected(expected, classes, len(answers))
    found = []
    for i, answer in enumerate(answers):
        position = None if pooled else i + program.domain.offset
        scores = [int(s) for s in trace.scores[0, 0 if position is None else position]]
        others = [c for c in range(len(classes)) if c != answer]
        second = max(others, key=lambda c: scores[c], default=None)
        found.append(
            Letter(
                position,
                " ".join(letters) if pooled else letters[i],
                classes[answer],
                None if second is None else classes[second],
                None if second is None else scores[answer] - scores[second],
                None if expected is None else expected[i],
            )
        )
    return tuple(found)


def _check_expected(
    expected: Sequence[str], classes: Sequence[str], count: int
) -> None:
    if len(expected) != count:
        given = counted(len(expected), "expected answer")
        raise DomainError(f"{given} for {counted(count, 'answer')}")
    for label in expected:
        if label not in classes:
            known = " ".join(classes)
            raise DomainError(f"{label!r} is not a class of the program: {known}")


def _choose(
    program: Program, letters: Sequence[Letter], position: int | None
) -> Letter:
    if position is not None:
        for letter in letters:
            if letter.position == position:
                return letter
        if program.classifier.pooled:
            raise DomainError("this program gives one answer for the whole input")
        first, last = letters[0].position, letters[-1].position
        raise DomainError(f"position {position} has no letter; use {first} to {last}")
    wrong = next((letter for letter in letters if letter.wrong), None)
    return wrong or min(letters, key=lambda letter: letter.margin or 0)


def _carriers(contributions: Sequence[Contribution]) -> int:
    """How many of the strongest carry the answer; equals stay together."""
    total = sum(max(c.difference, 0) for c in contributions)
    carried = 0
    for count, contribution in enumerate(contributions):
        enough = carried >= CARRIED * total
        before = contributions[count - 1].difference if count else 0
        if contribution.difference <= 0 or (
            enough and contribution.difference < before
        ):
            return count
        carried += contribution.difference
    return len(contributions)


class _Explainer:
    """Follows values back through the trace of one input."""

    def __init__(
        self, program: Program, trace: Trace, source: SourceMap | None
    ) -> None:
        self.program = program
        self.trace = trace
        self.source = source

    def where(self, rule: Rule) -> str | None:
        """`file:line` of a rule, if known."""
        return None if self.source is None else self.source.where(rule)

    def contributions(
        self, answer: str, rival: str | None, positions: Iterable[int]
    ) -> Iterator[Contribution]:
        """What each scored variable adds to both classes at each position."""
        classes = self.program.classifier.classes
        first = classes.index(answer)
        second = None if rival is None else classes.index(rival)
        rows = {
            (row.variable, row.value): row.scores
            for row in self.program.classifier.rows
        }
        zeros = (0,) * len(classes)
        for position in positions:
            for name in self.program.scored:
                value = self.trace.value(name, 0, position)
                numerical = self.program.variables[name].numerical
                scores = rows.get((name, None if numerical else value), zeros)
                times = int(value) if numerical else 1
                rule = Rule("score", name, () if numerical else (value,))
                yield Contribution(
                    Place(name, position),
                    value,
                    times * scores[first],
                    0 if second is None else times * scores[second],
                    self.where(rule) if scores is not zeros else None,
                )

    def steps(self, places: Iterable[Place]) -> list[Step]:
        """The steps that the given places depend on, each once, results first."""
        found: dict[Place, Step] = {}
        waiting = list(places)
        while waiting:
            place = waiting.pop(0)
            if place not in found:
                found[place] = self.step(place)
                waiting += [read for _, read in found[place].reads]
        return list(found.values())

    def step(self, place: Place) -> Step:
        """How one place got its value."""
        value = self.trace.value(place.variable, 0, place.position)
        node = self.program.writers.get(place.variable)
        match node:
            case None:
                return Step(place, value)
            case Embedding():
                token = Place("tokens", place.position)
                return Step(place, value, reads=(("token", token),))
            case LookupTable():
                reads = [(name, Place(name, place.position)) for name in node.inputs]
                key = tuple(
                    self.trace.value(name, 0, place.position) for name in node.inputs
                )
                rule = Rule("entry", node.name, key)
                return Step(place, value, rule, self.where(rule), reads=tuple(reads))
            case _:
                return self.head_step(node, place, value)

    def head_step(self, head: Head, place: Place, value: Value) -> Step:
        """How a head got its value: what it looked for, found and copied."""
        query = self.trace.value(head.query, 0, place.position)
        rule = self.trace.case(head, 0, place.position)
        row = self.trace.matches(head.name)[0, place.position]
        matches = tuple(int(j) for j in row.nonzero()[0])
        if isinstance(head, NumericalHead):
            attended, read = None, matches
        else:
            assert isinstance(head, CategoricalHead)
            attended = int(self.trace.attended[head.name][0, place.position])
            read = (attended,)
        reads = [("query", Place(head.query, place.position))]
        reads += [("key", Place(head.key, j)) for j in read if matches]
        reads += [("value", Place(head.value, j)) for j in read]
        if isinstance(head.predicate, Preference):
            looked_for = self.group(head, head.predicate, rule)
        else:
            looked_for = head.predicate.keys_for(query)
        return Step(
            place,
            value,
            rule,
            self.where(rule),
            attended,
            matches,
            looked_for,
            tuple(reads),
        )

    def group(
        self, head: Head, preference: Preference, rule: Rule
    ) -> tuple[Value, ...]:
        """The keys that are as good to a query as the one that was read."""
        query, key = rule.key
        keys = self.program.variables[head.key].values
        groups = preference.groups(query, keys)
        return next(group for group in groups if key in group)
