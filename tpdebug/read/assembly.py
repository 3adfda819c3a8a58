"""From the steps of `run` to nodes: each is checked against the variables before it."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from tpdebug.domain import Domain
from tpdebug.errors import ProgramError
from tpdebug.nodes import (
    CategoricalHead,
    Embedding,
    LookupTable,
    Node,
    NumericalHead,
    Predicate,
    Preference,
    Rule,
    Variable,
)
from tpdebug.normal import admit, input_variables
from tpdebug.read.cells import (
    Cells,
    predicate_cells,
    preference_cells,
    span,
    table_cells,
)
from tpdebug.read.functions import Function, FunctionReader
from tpdebug.read.steps import Attend, Callee, Embed, Look, Step, reads_of
from tpdebug.sourcemap import SourceMap, Span

Problem = Callable[[ast.AST, str], None]


class _Noted(Exception):  # noqa: N818 - no error of its own
    """A problem that has been noted already."""


class Assembly:
    """The nodes of a program, added one by one, and where they stand.

    Attributes:
        variables: every variable so far.
        nodes: every node so far, in normal form.
        objects: for variables whose values the file holds as other objects than the
            program does: value -> object.
    """

    def __init__(
        self,
        domain: Domain,
        functions: FunctionReader,
        problem: Problem,
        embedding: Any = None,
    ) -> None:
        self.domain = domain
        self.functions = functions
        self.problem = problem
        self.embedding = embedding
        self.variables = {v.name: v for v in input_variables(domain)}
        self.nodes: list[Node] = []
        self.objects: dict[str, Mapping[Any, Any]] = {}
        self.node_spans: dict[str, Span] = {}
        self.function_spans: dict[str, Span] = {}
        self.rule_spans: dict[Rule, Span] = {}
        self.default_spans: dict[str, Span] = {}

    def add(self, step: Step) -> None:
        """Make the node of a step, and add what it writes to the variables."""
        if any(name not in self.variables for name in reads_of(step)):
            return  # what it reads could not be read, which is noted
        try:
            self.add_node(self._node(step), step.node)
        except _Noted:
            return
        except ProgramError as error:
            self.problem(step.node, str(error))
            return
        if isinstance(step, Attend) and step.value in self.objects:
            self.objects[step.name] = self.objects[step.value]

    def add_node(self, node: Node, place: ast.stmt) -> None:
        """Add a node that stands at `place`.

        Raises:
            ProgramError: it does not fit the variables before it.
        """
        node, written = admit(node, self.variables, self.domain)
        self.nodes.append(node)
        for variable in written:
            self.variables[variable.name] = variable
            self.node_spans[variable.name] = span(place)

    def source_map(
        self, path: str | None, scores: dict[Rule, Span], weights: str | None = None
    ) -> SourceMap:
        """Where the nodes stand, and the score rows (in the file `weights`, if any)."""
        rules = self.rule_spans | scores
        nodes, functions = self.node_spans, self.function_spans
        return SourceMap(path, nodes, functions, rules, self.default_spans, weights)

    def _node(self, step: Step) -> Node:
        """Make the node of a step from its functions."""
        match step:
            case Embed():
                return _embedding(step.names, self.embedding, self.domain)
            case Look():
                inputs = [self.variables[name] for name in step.inputs]
                function = self._function(step.function, inputs)
                with self._placed(function):
                    cells = table_cells(step.name, function, inputs)
            case Attend(selection=chosen):
                query, key = self.variables[chosen.query], self.variables[chosen.key]
                function = self._function(chosen.predicate, [query, key])
                scored = chosen.operation == "select_best"
                read = preference_cells if scored else predicate_cells
                with self._placed(function):
                    cells = read(step.name, function, query, key)
        self.function_spans[step.name] = span(function.node)
        self.rule_spans |= cells.rules
        if cells.default is not None:
            self.default_spans[step.name] = cells.default
        if isinstance(step, Attend):
            return _head(step, cells)
        assert isinstance(cells.meaning, LookupTable)
        return cells.meaning

    @contextmanager
    def _placed(self, function: Function) -> Iterator[None]:
        """Note what is wrong with a function where the function stands."""
        try:
            yield
        except ProgramError as error:
            self.problem(function.node, str(error))
            raise _Noted from None

    def _function(self, callee: Callee, inputs: list[Variable]) -> Function:
        """The compiled function of a step, to be called with values of the program."""
        if isinstance(callee, str):
            function = self.functions.named(callee)
        else:
            function = self.functions.read(callee)
        if function is None:
            raise _Noted
        if len(function.parameters) != len(inputs):
            count = len(function.parameters)
            raise ProgramError(
                f"{function.name} takes {count} values, not {len(inputs)}"
            )
        known = [self.objects.get(variable.name) for variable in inputs]
        return _translated(function, known) if any(known) else function


def _translated(
    function: Function, objects: list[Mapping[Any, Any] | None]
) -> Function:
    """A function that is given the objects of the file for the values of a program."""
    tables = dict(zip(function.parameters, objects, strict=True))

    def body(scope: dict[str, Any]) -> Any:
        known = {n: t[scope[n]] for n, t in tables.items() if t is not None}
        return function.body(scope | known)

    return replace(function, body=body)


def _head(step: Attend, cells: Cells) -> CategoricalHead | NumericalHead:
    chosen, meaning = step.selection, cells.meaning
    parts = (step.name, chosen.query, chosen.key, step.value)
    if chosen.operation == "select":
        assert isinstance(meaning, Predicate)
        return NumericalHead(*parts, meaning)
    assert isinstance(meaning, Predicate | Preference)
    return CategoricalHead(*parts, meaning, chosen.tie)


def _embedding(names: tuple[str, ...], table: Any, domain: Domain) -> Embedding:
    if not isinstance(table, dict):
        raise ProgramError("EMBEDDING must map each token to its codes")
    missing = [token for token in domain.vocabulary if token not in table]
    if missing:
        raise ProgramError(f"EMBEDDING has no row for {missing[0]!r}")
    if not all(isinstance(row, tuple | list) for row in table.values()):
        raise ProgramError("EMBEDDING must map each token to a tuple of codes")
    return Embedding(names, tuple(tuple(table[t]) for t in domain.vocabulary))
