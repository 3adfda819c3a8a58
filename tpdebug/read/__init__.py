"""Reading a program file, statically: it is never imported or executed.

`read` returns the program and where its parts stand in the file; `load` only the
program. What cannot be read is refused, with every reason and its place.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tpdebug.domain import Domain
from tpdebug.errors import DomainError, ProgramError, ReadError
from tpdebug.nodes import (
    CategoricalHead,
    Embedding,
    LookupTable,
    Node,
    NumericalHead,
    Predicate,
    Rule,
    Variable,
)
from tpdebug.normal import admit, input_variables
from tpdebug.program import Program
from tpdebug.read.cells import Cells, predicate_cells, span, table_cells
from tpdebug.read.functions import Function, FunctionReader
from tpdebug.read.loading import Text, parse, source_text
from tpdebug.read.module import Contents, contents
from tpdebug.read.run import run_steps
from tpdebug.read.scores import read_classifier
from tpdebug.read.steps import Attend, Callee, Embed, Look, Step, Steps, reads_of
from tpdebug.sourcemap import SourceMap, Span

if TYPE_CHECKING:
    import libcst

__all__ = ["Source", "load", "read"]


@dataclass(frozen=True)
class Source:
    """A program and where its parts stand in the file that it was read from."""

    program: Program
    map: SourceMap


def load(path: str | Path) -> Program:
    """Read a program file, without executing it.

    Raises:
        ReadError: it is not a program that can be read; every reason is given.
        UserError: there is no such file, or it is not text.
    """
    return read(path).program


def read(
    source: str | Path | libcst.Module, *, path: str | Path | None = None
) -> Source:
    """Read a program, without executing it.

    Args:
        source: a path, source text (a string with a line break), or a syntax tree.
        path: where text or a tree belongs; for messages, and for files next to it.

    Raises:
        ReadError: it is not a program that can be read; every reason is given.
        UserError: there is no such file, or it is not text.
    """
    text = source_text(source, path)
    tree = parse(text)
    try:
        return _Reader(text, tree).read()
    except RecursionError:
        raise text.error("nested too deeply to read") from None


class _Noted(Exception):  # noqa: N818 - no error of its own
    """A problem that has been noted already."""


class _Reader:
    """Puts a program together from what stands in a file."""

    def __init__(self, text: Text, tree: ast.Module) -> None:
        self.text = text
        self.contents: Contents = contents(tree, text)
        found = self.contents
        self.functions = FunctionReader(
            found.constants, found.functions, found.problems
        )
        self.nodes: list[Node] = []
        self.node_spans: dict[str, Span] = {}
        self.function_spans: dict[str, Span] = {}
        self.rule_spans: dict[Rule, Span] = {}

    def read(self) -> Source:
        """Return the program, or raise with every problem found."""
        if "run" not in self.contents.functions:
            if self.contents.problems and "run" in self.contents.names:
                raise self.failure()
            raise self.text.error(
                "not a learned program: there is no `def run(tokens)`"
            )
        run = self.contents.functions.pop("run")
        steps = run_steps(run, self.contents)
        for name in self.contents.functions:  # used or not
            self.functions.named(name)
        domain = self.domain(steps, run)
        if domain is None:
            raise self.failure()
        variables = {v.name: v for v in input_variables(domain)}
        for step in steps.nodes:
            if all(name in variables for name in reads_of(step)):
                self.admit(step, variables, domain)
        if steps.answer is None:
            raise self.failure()
        classifier, rules = read_classifier(self.contents, steps.answer, variables)
        if classifier is None or self.contents.problems:
            raise self.failure()
        task = self.contents.constants.get("TASK")
        about = self.contents.about
        try:
            task = task if isinstance(task, str) else None
            program = Program(domain, tuple(self.nodes), classifier, task, about)
        except ProgramError as error:
            self.contents.problem(run, str(error))
            raise self.failure() from None
        rules = self.rule_spans | rules
        places = (self.node_spans, self.function_spans, rules)
        return Source(program, SourceMap(self.text.path, *places))

    def failure(self) -> ReadError:
        """All problems, in the order of the file."""
        return ReadError(self.text.name, tuple(sorted(set(self.contents.problems))))

    def domain(self, steps: Steps, run: ast.FunctionDef) -> Domain | None:
        """The domain that the constants describe."""
        constants = self.contents.constants
        options = {name: name.upper() for name in steps.delimits or ()}
        needed = {"ALPHABET", "LENGTHS", *options.values()}
        missing = needed - self.contents.names
        if missing:
            names = ", ".join(sorted(missing))
            self.contents.problem(run, f"the file does not say its {names}")
        if not needed <= constants.keys():
            return None
        given = {option: constants[name] for option, name in options.items()}
        keys = constants.get("KEYS")
        try:
            return Domain(
                _tuple(constants["ALPHABET"]),
                _tuple(constants["LENGTHS"]),
                causal=bool(constants.get("CAUSAL", False)),
                keys=None if keys is None else _tuple(keys),
                **given,
            )
        except DomainError as error:
            place = self.contents.assignments.get("ALPHABET", run)
            self.contents.problem(place, f"the domain does not fit: {error}")
            return None

    def admit(
        self,
        step: Step,
        variables: dict[str, Variable],
        domain: Domain,
    ) -> None:
        """Make the node of a step, and add what it writes to the variables."""
        try:
            node, written = admit(self.node(step, variables, domain), variables, domain)
        except _Noted:
            return
        except ProgramError as error:
            self.contents.problem(step.node, str(error))
            return
        self.nodes.append(node)
        for variable in written:
            variables[variable.name] = variable
            self.node_spans[variable.name] = span(step.node)

    def node(
        self,
        step: Step,
        variables: dict[str, Variable],
        domain: Domain,
    ) -> Node:
        """Make the node of a step from its functions."""
        match step:
            case Embed():
                embedding = self.contents.constants.get("EMBEDDING")
                return _embedding(step.names, embedding, domain)
            case Look():
                inputs = [variables[name] for name in step.inputs]
                function = self.function(step.function, len(inputs))
                with self.placed(function):
                    cells = table_cells(step.name, function, inputs)
            case Attend(selection=selection):
                query, key = variables[selection.query], variables[selection.key]
                function = self.function(selection.predicate, 2)
                with self.placed(function):
                    cells = predicate_cells(step.name, function, query, key)
        self.function_spans[step.name] = span(function.node)
        self.rule_spans |= cells.rules
        if isinstance(step, Attend):
            return _head(step, cells)
        assert isinstance(cells.meaning, LookupTable)
        return cells.meaning

    @contextmanager
    def placed(self, function: Function) -> Iterator[None]:
        """Note what is wrong with a function where the function stands."""
        try:
            yield
        except ProgramError as error:
            self.contents.problem(function.node, str(error))
            raise _Noted from None

    def function(self, callee: Callee, arity: int) -> Function:
        """The compiled function of a step."""
        if isinstance(callee, str):
            function = self.functions.named(callee)
        else:
            function = self.functions.read(callee)
        if function is None:
            raise _Noted
        if len(function.parameters) != arity:
            count = len(function.parameters)
            raise ProgramError(f"{function.name} takes {count} values, not {arity}")
        return function


def _head(step: Attend, cells: Cells) -> CategoricalHead | NumericalHead:
    assert isinstance(cells.meaning, Predicate)
    selection = step.selection
    kind = CategoricalHead if selection.operation == "select_closest" else NumericalHead
    return kind(step.name, selection.query, selection.key, step.value, cells.meaning)


def _embedding(names: tuple[str, ...], table: Any, domain: Domain) -> Embedding:
    if not isinstance(table, dict):
        raise ProgramError("EMBEDDING must map each token to its codes")
    missing = [token for token in domain.vocabulary if token not in table]
    if missing:
        raise ProgramError(f"EMBEDDING has no row for {missing[0]!r}")
    if not all(isinstance(row, tuple | list) for row in table.values()):
        raise ProgramError("EMBEDDING must map each token to a tuple of codes")
    return Embedding(names, tuple(tuple(table[t]) for t in domain.vocabulary))


def _tuple(value: Any) -> Any:
    if not isinstance(value, tuple | list):
        raise DomainError(f"{value!r} is not a tuple")
    return tuple(value)
