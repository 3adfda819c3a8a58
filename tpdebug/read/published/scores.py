"""From the rows of a CSV file to integer scores of the variables of a program."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tpdebug.domain import shorten
from tpdebug.nodes import Rule, Value, Variable
from tpdebug.read.assembly import Assembly
from tpdebug.read.published.lines import Body, Scored
from tpdebug.read.published.weights import Row, Weights, scale_of
from tpdebug.sourcemap import Span

if TYPE_CHECKING:
    import ast

Place = tuple[str, Value | None]
Problem = Callable[["ast.AST", str], None]


class ScoreTable:
    """Collects the score rows that a program can ever look up.

    Attributes:
        rows: for each variable and value, the rows that count (mostly one).
        rules: where they stand in the CSV file.
        used: the rows that were looked up.
    """

    def __init__(self, weights: Weights, assembly: Assembly, problem: Problem) -> None:
        self.weights = weights
        self.assembly = assembly
        self.problem = problem
        self.rows: dict[Place, list[Row]] = {}
        self.rules: dict[Rule, Span] = {}
        self.used: set[tuple[str, str]] = set()

    def add(self, scored: Scored) -> None:
        """Look up the rows of one line of scores."""
        variable = self.assembly.variables[scored.variable]
        if variable.numerical != scored.numerical:
            kind = "numerical" if variable.numerical else "categorical"
            says = f"{scored.variable} is {kind}, but is not scored so"
            self.problem(scored.node, says)
            return
        missing: list[str] = []
        for value, text in self._texts(variable):
            place = (scored.feature, text)
            row = self.weights.rows.get(place)
            self.used.add(place)
            if row is None:
                flaw = self.weights.flaws.get(place)
                missing.append(f"{text} {flaw}" if flaw else text)
                continue
            self.rows.setdefault((variable.name, value), []).append(row)
            key = () if value is None else (value,)
            line = Span(row.line, 1, row.line, 1)
            self.rules[Rule("score", variable.name, key)] = line
        if missing:
            says = f"{self.weights.name} has no row that can be used for"
            self.problem(scored.node, f"{says} {scored.feature}: {shorten(missing)}")

    def _texts(self, variable: Variable) -> list[tuple[Value | None, str]]:
        """What stands in the file for each value of a variable."""
        if variable.numerical:
            return [(None, "_")]
        objects: Any = self.assembly.objects.get(variable.name, {})
        return [(value, str(objects.get(value, value))) for value in variable.values]

    def scores(self) -> tuple[dict[Place, tuple[int, ...]], int]:
        """The integer scores, and their scale."""
        scale = scale_of([row for rows in self.rows.values() for row in rows])
        scores = {
            place: tuple(
                int(sum(column) * scale)
                for column in zip(*(row.scores for row in rows), strict=True)
            )
            for place, rows in self.rows.items()
        }
        return scores, scale

    def notes(self) -> list[str]:
        """What is in the file and never matters."""
        places = (*self.weights.rows, *self.weights.flaws)
        idle = sum(place not in self.used for place in places)
        if not idle:
            return []
        rows = f"{idle} of the {len(places)} rows of {self.weights.name}"
        return [f"{rows} are for values that never occur"]


def published_classifier(
    body: Body, assembly: Assembly, weights: Weights, problem: Problem
) -> ScoreTable:
    """Look up every line of scores; what is missing goes to `problem`."""
    table = ScoreTable(weights, assembly, problem)
    for scored in body.scored:
        if scored.variable in assembly.variables:
            table.add(scored)
    return table
