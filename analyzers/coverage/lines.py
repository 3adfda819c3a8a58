"""Lines of a program file: as coverage.py measures them, and as a trace tells them.

The two are equal, line for line, wherever a line belongs to a rule, and `RuleLines`
says where that is:

- a *table* is called once at each position with its inputs, so it runs through the
  lines on the way to the `return` of the entry that is taken, and no others;
- a *predicate* is called for a query with every key that is seen, at least one. If its
  decisions ask for the query alone, it runs through the lines on the way to the case of
  that query, whatever the keys are. If a decision asks for the key, the lines depend on
  keys that no rule names: such a function is left out, and so is a lambda;
- *score rows* stand in a literal that runs once, when the file is imported: no line
  tells one from another;
- `run` is a straight line: every input runs through all of it (in a file of another
  dialect, up to the first decision that may return, and not through what is decided).
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analyzers.spectra import Spectra
from tpdebug.execute import measure_lines
from tpdebug.nodes import LookupTable
from tpdebug.program import Program
from tpdebug.read import Source, read
from tpdebug.sourcemap import Span
from tpdebug.write import save

Bools = NDArray[np.bool_]
Body = Sequence[ast.stmt]

SECONDS_AN_INPUT = 0.2


@dataclass(frozen=True, slots=True)
class LineSpectra:
    """Which lines some inputs execute.

    Attributes:
        lines: the numbers of the lines; those of functions only, since the others run
            when the file is imported.
        executed: `[inputs, lines]`.
    """

    lines: tuple[int, ...]
    executed: Bools

    def of(self, lines: Sequence[int]) -> Bools:
        """Some of the lines: `[inputs, lines]`."""
        place = {line: i for i, line in enumerate(self.lines)}
        return self.executed[:, [place[line] for line in lines]]


def line_spectra(
    program: str | Path | Program, inputs: Sequence[Sequence[str]]
) -> LineSpectra:
    """Execute a program file under coverage.py, each input a context of its own.

    Args:
        program: the file; it is executed, in a child process. Or a program, which is
            written to a file first.
        inputs: the letters of each.

    Raises:
        UserError: the file cannot be read, fails or takes too long.
    """
    if isinstance(program, Program):
        with TemporaryDirectory() as folder:
            path = Path(folder) / "program.py"
            save(program, path)
            return line_spectra(path, inputs)
    path = Path(program)
    source = read(path)
    statements = _Statements(ast.parse(path.read_bytes()))
    timeout = 60 + SECONDS_AN_INPUT * len(inputs)
    found = measure_lines(path, inputs, timeout=timeout, published=source.published)
    place = {line: i for i, line in enumerate(statements.lines)}
    executed = np.zeros((len(inputs), len(place)), bool)
    for row, arcs in zip(executed, found.arcs, strict=True):
        passed = {statements.of.get(line) for arc in arcs for line in arc if line > 0}
        row[[place[line] for line in passed if line in place]] = True
    return LineSpectra(statements.lines, executed)


class RuleLines:
    """Which lines each rule runs through, in functions where rules say it all.

    Attributes:
        lines: the numbers of the lines that can be told from rules.
        matrix: which rules run through them, `[rules, lines]`.
        always: the lines that every input runs through.
    """

    def __init__(self, source: Source, text: str | bytes) -> None:
        tree = ast.parse(text)
        spectra = Spectra(source.program)
        functions = {
            node.lineno: node
            for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef)
        }
        numbers: dict[str, list[int]] = {}
        for number, rule in enumerate(spectra.rules):
            if rule.kind != "score":
                numbers.setdefault(rule.node, []).append(number)
        through: dict[int, list[int]] = {}
        for name, where in source.map.functions.items():
            function = functions.get(where.line)
            table = isinstance(source.program.writers.get(name), LookupTable)
            if function is not None and told_by_rules(function, table):
                for line in _lines_of(function.body):
                    through.setdefault(line, [])
                by_span: dict[Span, list[int]] = {}
                for number in numbers.get(name, ()):
                    rule = spectra.rules[number]
                    stands = source.map.rules.get(rule) or source.map.defaults[name]
                    by_span.setdefault(stands, []).append(number)
                for stands, some in by_span.items():
                    for line in _way(function, where, stands):
                        through[line] += some
        self.always = tuple(
            line
            for function in tree.body
            if isinstance(function, ast.FunctionDef) and function.name == "run"
            for line in _straight(function.body)
        )
        self.lines = tuple(sorted({*through, *self.always}))
        self.matrix = np.zeros((len(spectra.rules), len(self.lines)), bool)
        for place, line in enumerate(self.lines):
            self.matrix[through.get(line, []), place] = True

    def executed(self, taken: Bools) -> Bools:
        """Which lines inputs run through, `[inputs, lines]`.

        Args:
            taken: which rules they take, `[inputs, rules]`, as of `Spectra.executed`.
        """
        some = np.flatnonzero(taken.any(axis=0) & self.matrix.any(axis=1))
        counted = taken[:, some].astype(np.float32) @ self.matrix[some].astype(
            np.float32
        )
        found: Bools = counted > 0
        found[:, np.isin(self.lines, self.always)] = True
        return found


class _Statements:
    """The statements in functions: coverage.py may name any line of one.

    Attributes:
        lines: the first line of each.
        of: for each line the first one of its statement.
    """

    def __init__(self, tree: ast.AST) -> None:
        self.of: dict[int, int] = {}
        bodies = (n.body for n in ast.walk(tree) if isinstance(n, ast.FunctionDef))
        for statement in (s for body in bodies for s in _statements(body)):
            last = statement.end_lineno or statement.lineno
            if isinstance(statement, ast.If | ast.FunctionDef):
                last = max(statement.lineno, statement.body[0].lineno - 1)
            for line in range(statement.lineno, last + 1):
                self.of.setdefault(line, statement.lineno)
        self.lines = tuple(sorted(set(self.of.values())))


def _statements(body: Body) -> Iterator[ast.stmt]:
    """All statements that run, those inside of others too; no docstrings."""
    for statement in body:
        if _is_docstring(statement):
            continue
        yield statement
        if isinstance(statement, ast.If):
            yield from _statements([*statement.body, *statement.orelse])


def _lines_of(body: Body) -> list[int]:
    return [statement.lineno for statement in _statements(body)]


def _straight(body: Body) -> Iterator[int]:
    """The lines that run in any case, up to a decision that may return."""
    for statement in body:
        if not _is_docstring(statement):
            yield statement.lineno
        if isinstance(statement, ast.If) and any(
            isinstance(inner, ast.Return) for inner in _statements([statement])
        ):
            return


def _is_docstring(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def told_by_rules(function: ast.FunctionDef, table: bool) -> bool:
    """Whether the rules that are taken decide which lines of a function run.

    Each decision must end in `return`, and that of a predicate ask for the query alone.
    """
    arguments = [a.arg for a in (*function.args.posonlyargs, *function.args.args)]
    asked = set(arguments if table else arguments[:1])
    local = {
        name.id
        for name in ast.walk(function)
        if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store)
    }
    for statement in _statements(function.body):
        if isinstance(statement, ast.If):
            names: set[Any] = {
                n.id for n in ast.walk(statement.test) if isinstance(n, ast.Name)
            }
            others = names & {*arguments, *local} - asked
            if (others and not table) or not _returns(statement.body):
                return False
    return True


def _returns(body: Body) -> bool:
    """Whether some statements end in `return`, whatever is decided."""
    last = body[-1]
    if isinstance(last, ast.If):
        return _returns(last.body) and bool(last.orelse) and _returns(last.orelse)
    return isinstance(last, ast.Return)


def _way(function: ast.FunctionDef, whole: Span, stands: Span) -> list[int]:
    """The lines on the way to where a rule stands; its end, if it stands nowhere."""
    if stands == whole:
        return _passed(function.body)
    return _to(function.body, stands) or _passed(function.body)


def _to(body: Body, stands: Span) -> list[int] | None:
    """The lines on the way to a `return`; None if it is somewhere else."""
    lines: list[int] = []
    for statement in body:
        if isinstance(statement, ast.If):
            for inner in (statement.body, statement.orelse):
                rest = _to(inner, stands)
                if rest is not None:
                    return [*lines, statement.lineno, *rest]
        column = statement.col_offset + 1
        if (statement.lineno, column) == (stands.line, stands.column):
            return [*lines, statement.lineno]
        lines += _passed([statement])
    return None


def _passed(body: Body) -> list[int]:
    """The lines that run where nothing returns: no decision is taken."""
    lines: list[int] = []
    for statement in body:
        if not _is_docstring(statement):
            lines.append(statement.lineno)
            if isinstance(statement, ast.If):
                lines += _passed(statement.orelse)
    return lines
