"""Cutting a program file down to a part of its program; what stays, stays as it was.

The part has some of the nodes of the file, maybe tables after them, and a read-out of
its own. Functions, constants, imports and statements that it does not need go.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence

import libcst

from tpdebug.nodes import Classifier, LookupTable, inputs_of
from tpdebug.program import Program
from tpdebug.write.edits import OFF, ON, Line, Small, edited, statements, without
from tpdebug.write.functions import function_lines
from tpdebug.write.kept import (
    CannotRewrite,
    Parts,
    dropped_names,
    gives,
    kept_in_run,
)
from tpdebug.write.layout import Call, call_lines, collection_lines
from tpdebug.write.literals import literal
from tpdebug.write.names import function_names
from tpdebug.write.scores import score_lines
from tpdebug.write.source import docstring_lines

INPUTS = {"ones": "[1] * len({})", "positions": "range(len({}))"}


def cut_source(text: str, parts: Parts, program: Program) -> str:
    """Rewrite the text of a file so that it holds a part of its program only.

    Args:
        text: the file.
        parts: the same, taken apart.
        program: the part: nodes of the file, then tables that are new.

    Raises:
        CannotRewrite: the text is such that it has to be written anew.
    """
    try:
        module = libcst.parse_module(text)
    except libcst.ParserSyntaxError as error:
        raise CannotRewrite(f"libcst cannot read it: {error.message}") from None
    whole = statements(module.body)
    if len(whole) != len(parts.tree.body):
        raise RuntimeError("libcst and ast count the statements of a file differently")
    cut = _Cut(parts, program, module)
    in_run = kept_in_run(parts, cut.local.values())
    gone = dropped_names(parts, in_run)
    changes: dict[int, Small | None] = {}
    added: dict[int, list[Line]] = {}
    for number, statement in enumerate(parts.tree.body):
        old = whole[number]
        if statement is parts.run:
            assert isinstance(old, libcst.FunctionDef)
            changes[number] = cut.run(old, in_run)
            added[number] = cut.functions()
        elif number == 0 and ast.get_docstring(parts.tree) is not None:
            changes[number] = old.with_changes(value=cut.docstring())
        elif gone.intersection(gives(statement)):
            changes[number] = without(old, gone)
        elif "CLASSES" in gives(statement):
            changes[number] = old.with_changes(value=_classes(program.classifier))
        elif "SCORES" in gives(statement):
            above = map(str.strip, text.split("\n")[: statement.lineno - 1])
            aligned = [line for line in above if line in (OFF, ON)][-1:] == [OFF]
            scores = _scores(program.classifier, aligned)
            changes[number] = old.with_changes(value=scores)
    body, left = edited(module.body, changes, added)
    if ast.get_docstring(parts.tree) is None:
        body = _with_docstring(body, cut.docstring())
    return module.with_changes(body=body, footer=[*left, *module.footer]).code


class _Cut:
    """Names and lines of what is added.

    Attributes:
        local: the local name of each variable that is scored or read by a new table.
    """

    def __init__(self, parts: Parts, program: Program, module: libcst.Module) -> None:
        self.parts = parts
        self.program = program
        self.module = module
        self.tables = [
            node
            for node in program.nodes
            if isinstance(node, LookupTable) and node.name not in parts.local
        ]
        new = {table.name for table in self.tables}
        read = [name for table in self.tables for name in inputs_of(table)]
        self.local = {
            name: parts.local.get(name) or self._free(name)
            for name in dict.fromkeys([*program.scored, *read])
            if name not in new
        }
        names = function_names(program)
        self.called = {t.name: self._free(names[t.name]) for t in self.tables}

    def _free(self, name: str) -> str:
        """A name that nothing in the file has."""
        wanted = name
        while wanted in self.parts.words or wanted.upper() in self.parts.words:
            wanted += "_"
        return wanted

    def docstring(self) -> libcst.BaseExpression:
        """What the circuit says of itself."""
        lines = docstring_lines(self.program)
        return libcst.parse_expression(self.module.default_newline.join(lines))

    def functions(self) -> list[Line]:
        """A function for each table that is new."""
        found: list[Line] = []
        for table in self.tables:
            lines = function_lines(self.program, table, self.called[table.name])
            body = _lines(libcst.parse_module("\n".join(lines) + "\n").body)
            apart = [libcst.EmptyLine(indent=False)] * 2
            found += [body[0].with_changes(leading_lines=apart), *body[1:]]
        return found

    def run(self, run: libcst.FunctionDef, in_run: set[int]) -> libcst.FunctionDef:
        """`run` with these statements, the lines that are new, and another answer."""
        if not isinstance(run.body, libcst.IndentedBlock):
            raise CannotRewrite("run stands on one line")
        parts = self.parts
        indent = run.body.indent or self.module.default_indent
        old = statements(run.body.body)
        changes: dict[int, Small | None] = {
            number: None for number in range(len(old)) if number not in in_run
        }
        changes[parts.answer] = self._answer(old[parts.answer], indent)
        added: dict[int, list[Line]] = {}
        inputs, tables = list(self._inputs()), list(self._looks(indent))
        if inputs:
            added[parts.start] = inputs
        if tables:
            added[parts.answer] = [*added.get(parts.answer, []), *tables]
        body, left = edited(run.body.body, changes, added)
        footer = [*left, *run.body.footer]
        return run.with_changes(body=run.body.with_changes(body=body, footer=footer))

    def _inputs(self) -> Iterator[Line]:
        """Inputs that the file has no name for."""
        for name, local in self.local.items():
            if name not in self.parts.local and name in INPUTS:
                value = INPUTS[name].format(self.parts.local["tokens"])
                yield _line([f"{local} = {value}"])

    def _looks(self, indent: str) -> Iterator[Line]:
        """The lines that apply the new tables."""
        for table in self.tables:
            inputs = [self.local[name] for name in table.inputs]
            call = Call("list", (Call("map", (self.called[table.name], *inputs)),))
            yield _line(call_lines(f"{indent}{table.name} = ", call), indent)

    def _answer(self, statement: Small, indent: str) -> Small:
        """The statement that calls `answer`, with what is scored now."""
        finder = _Answer()
        statement.visit(finder)
        assert finder.call is not None
        code = self.module.code_for_node
        whole, call = code(statement), code(finder.call)
        before, _, after = whole.partition(call)
        scored = (f"{n}={self.local.get(n, n)}" for n in self.program.scored)
        operation = code(finder.call.func)
        new = Call(operation, ("CLASSES", "SCORES", *scored))
        lines = call_lines(indent + before, new, after)
        (found,) = statements([_line(lines, indent)])
        return found


class _Answer(libcst.CSTVisitor):
    """Finds the call of `answer`."""

    call: libcst.Call | None = None

    def visit_Call(self, node: libcst.Call) -> None:
        """Note it."""
        match node.func:
            case libcst.Name(value="answer" | "answer_pooled"):
                self.call = node


def _line(lines: Sequence[str], indent: str = "") -> Line:
    """A statement on some lines, which are all indented so far."""
    text = "\n".join(line.removeprefix(indent) for line in lines)
    found = libcst.parse_statement(text)
    assert isinstance(found, libcst.SimpleStatementLine)
    return found


def _lines(body: Iterable[libcst.CSTNode]) -> list[Line]:
    found: list[Line] = []
    for line in body:
        assert isinstance(
            line, libcst.SimpleStatementLine | libcst.BaseCompoundStatement
        )
        found.append(line)
    return found


def _with_docstring(body: list[Line], text: libcst.BaseExpression) -> list[Line]:
    """A docstring on top of a module that has none."""
    first = libcst.SimpleStatementLine([libcst.Expr(text)])
    if not body:
        return [first]
    second = body[0].with_changes(
        leading_lines=[libcst.EmptyLine(indent=False), *body[0].leading_lines]
    )
    return [first, second, *body[1:]]


def _classes(classifier: Classifier) -> libcst.BaseExpression:
    items = [literal(name) for name in classifier.classes]
    lines = collection_lines("CLASSES = ", items, "()")
    return libcst.parse_expression("\n".join(lines).removeprefix("CLASSES = "))


def _scores(classifier: Classifier, aligned: bool) -> libcst.BaseExpression:
    """The score table, as the writer aligns it or as a formatter leaves it."""
    if aligned:
        lines = [line for line in score_lines(classifier) if not line.startswith("# ")]
    else:
        lines = ["SCORES = {"]
        for row in classifier.rows:
            points = ", ".join(map(str, row.scores))
            says = f"({points})"
            if row.value is not None:
                says = f"{{{literal(row.value)}: {says}}}"
            lines.append(f"    {literal(row.variable)}: {says},")
        lines.append("}")
    return libcst.parse_expression("\n".join(lines).removeprefix("SCORES = "))
