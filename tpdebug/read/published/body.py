"""Reading the body of a published `run`: which variable is computed how, and scored."""

from __future__ import annotations

import ast

from tpdebug.nodes import Tie
from tpdebug.read.expressions import describe
from tpdebug.read.module import BUILTINS, Contents
from tpdebug.read.names import Meaning, Names, Unreadable
from tpdebug.read.published.helpers import check_annotations
from tpdebug.read.published.lines import (
    DETAILED,
    INPUTS,
    LETTERS,
    POOLED,
    READ_WEIGHTS,
    READ_WORDS,
    TAIL,
    WEIGHTS,
    Body,
    Scored,
    coded,
    lookup,
    singular,
)
from tpdebug.read.run import comprehension_inputs
from tpdebug.read.steps import Attend, Look, Selection


def read_body(function: ast.FunctionDef, contents: Contents) -> Body:
    """Read the body of `run`; problems go to `contents`."""
    return _BodyReader(function, contents).read()


class _BodyReader(Names):
    """Reads statements one by one."""

    def __init__(self, function: ast.FunctionDef, contents: Contents) -> None:
        calls = (node for node in ast.walk(function) if isinstance(node, ast.Call))
        super().__init__(contents, {ast.unparse(call.func) for call in calls})
        self.own = {s.name for s in function.body if isinstance(s, ast.FunctionDef)}
        self.called -= self.own - BUILTINS
        self.function = function
        self.body = Body()
        self.parameter = "tokens"
        self.names["tokens"] = "tokens"
        self.lines: dict[str, Scored] = {}
        self.unread: set[str] = set()
        self.missing: set[str] = set()
        arguments = ast.unparse(function.args)
        if arguments not in ("tokens", DETAILED):
            self.problem(function, "write run(tokens)")
        self.detailed = arguments == DETAILED
        if self.detailed:
            self.names["return_details"] = Unreadable()
        if function.decorator_list:
            self.problem(function, "run has a decorator, which may change it")

    def read(self) -> Body:
        """Read every statement; the last ones are always the same."""
        statements = self.function.body
        start = next((i for i, s in enumerate(statements) if self.is_concat(s)), None)
        if start is None:
            self.problem(self.function, "run does not sum its scores: feature_logits")
            known = {*TAIL, *LETTERS, *POOLED}
            statements = [s for s in statements if ast.unparse(s) not in known]
        for statement in statements[:start]:
            self.statement(statement)
        if start is None:
            return self.body
        self.concat(statements[start])
        self.tail(statements[start + 1 :], statements[start])
        return self.body

    def statement(self, statement: ast.stmt) -> None:
        """Read one statement."""
        match statement:
            case ast.FunctionDef(name=name):
                self.check_free(name, statement)
                check_annotations(statement, self.contents)
                self.check_new(name, statement)
                self.body.functions[name] = statement
                self.check_calls(statement)
                self.contents.functions[name] = statement
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                self.assign(name, value, statement)
            case ast.Expr(value=ast.Constant()) | ast.Pass():
                pass
            case _:
                self.problem(statement, f"cannot read {describe(statement)} in run")

    def check_new(self, name: str, node: ast.stmt) -> None:
        """A name is given once."""
        if name in (*self.names, *self.lines, *self.unread, *self.body.functions):
            self.problem(node, f"{name} is given twice")

    def check_calls(self, function: ast.FunctionDef) -> None:
        """A function calls those before it only: it may be used at once."""
        for node in ast.walk(function):
            if isinstance(node, ast.Call):
                name = ast.unparse(node.func)
                if name in self.own and name not in self.body.functions:
                    self.problem(node, f"{name} is given later")

    def check_read(self, name: str, node: ast.stmt) -> None:
        """What comes from a file is read before it is used."""
        if name not in self.names and name not in self.missing:
            self.missing.add(name)
            self.problem(node, f"{name} is not read before this line")

    def assign(self, name: str, value: ast.expr, statement: ast.stmt) -> None:
        """Read `name = value`."""
        self.check_new(name, statement)
        if name == "embeddings":
            self.check_read("embed_df", statement)
        if self.file(name, value):
            self.names[name] = Unreadable()
        elif name.endswith("scores"):
            self.scores(name, value, statement)
        else:
            meaning = self.variable(name, value, statement)
            self.bind(name, meaning, statement)

    def file(self, name: str, value: ast.expr) -> bool:
        """The lines that read CSV files; False if it is another line."""
        calls = [node for node in ast.walk(value) if isinstance(node, ast.Call)]
        match [call for call in calls if ast.unparse(call.func) == "pd.read_csv"]:
            case [ast.Call(args=[ast.Constant(value=str()) as path])]:
                text = ast.unparse(value).replace(ast.unparse(path), "PATH", 1)
            case _:
                text = ast.unparse(value)
        if (name, text) == (WEIGHTS, READ_WEIGHTS):
            self.body.weights = path
        elif (name, text) == ("embed_df", READ_WORDS):
            self.body.words = path
        elif (name, text) != ("embeddings", "embed_df.loc[tokens]"):
            return False
        return True

    def scores(self, name: str, value: ast.expr, statement: ast.stmt) -> None:
        """`classifier_weights.loc[[("feature", str(v)) for v in variable]]`."""
        self.check_read(WEIGHTS, statement)
        self.unread.add(name)
        found = lookup(value)
        variable = None if found is None else self.names.get(found.source)
        if found is None:
            self.problem(statement, f"cannot read {describe(statement)} in run")
        elif isinstance(variable, str):
            self.unread.remove(name)
            scored = Scored(found.feature, variable, found.numerical, statement)
            self.lines[name] = scored
        elif not isinstance(variable, Unreadable):
            says = f"{found.source} is not a variable that run has computed"
            self.problem(statement, says)

    def variable(self, name: str, value: ast.expr, statement: ast.stmt) -> Meaning:
        """Read how a variable, or a selection, is computed."""
        if name in INPUTS and ast.unparse(value) == INPUTS[name]:
            return name
        match value:
            case ast.Call(func=ast.Name(id="select_closest" | "select" as operation)):
                return self.selection(operation, value) or Unreadable()
            case ast.Call(func=ast.Name(id="aggregate" | "aggregate_sum" as pick)):
                return self.attend(name, pick, value, statement)
            case ast.ListComp(elt=ast.Call(func=ast.Name(id=function))):
                inputs = comprehension_inputs(value)
                if inputs and function in self.body.functions:
                    return self.look(name, function, inputs, statement)
        return self.coded(name, value, statement)

    def operation(self, call: ast.Call, positional: int) -> bool:
        """Check that the file has an operation and calls it with its arguments."""
        name = ast.unparse(call.func)
        if name not in self.contents.operations:
            self.problem(call, f"{name} is not a function of this file")
            return False
        return super().operation(call, positional)

    def selection(self, operation: str, call: ast.Call) -> Selection | None:
        """`select_closest(keys, queries, predicate)`."""
        if not self.operation(call, 3) or call.keywords:
            self.problem(call, f"cannot read {describe(call)} in run")
            return None
        key, query = self.known(call.args[0]), self.known(call.args[1])
        predicate = self.callee(call.args[2])
        if isinstance(predicate, ast.Lambda):
            self.problem(call, f"cannot read {describe(call)} in run")
            return None
        if key is None or query is None or predicate is None:
            return None
        tie: Tie = "matches" if operation == "select_closest" else "last"
        return Selection(operation, key, query, predicate, tie)

    def attend(
        self, name: str, pick: str, call: ast.Call, statement: ast.stmt
    ) -> Meaning:
        """`aggregate(selection, values)`."""
        if not self.operation(call, 2):
            return Unreadable()
        if call.keywords:
            self.problem(call, f"{pick} has no options")
            return Unreadable()
        chosen = self.names.get(ast.unparse(call.args[0]))
        value = self.known(call.args[1])
        if not isinstance(chosen, Selection):
            if not isinstance(chosen, Unreadable):
                says = f"{describe(call.args[0])} is not a selection"
                self.problem(call, says)
            return Unreadable()
        wanted = {"aggregate": "select_closest", "aggregate_sum": "select"}[pick]
        if chosen.operation != wanted:
            self.problem(call, f"{pick} goes with {wanted}")
        if value is None or chosen.operation != wanted:
            return Unreadable()
        variable = singular(name)
        self.body.steps.append(Attend(variable, chosen, value, statement))
        return variable

    def look(
        self, name: str, function: str, inputs: list[ast.expr], statement: ast.stmt
    ) -> Meaning:
        """`[mlp_0_0(k0, k1) for k0, k1 in zip(x, y)]`."""
        known = [self.known(node) for node in inputs]
        names = tuple(variable for variable in known if variable is not None)
        if len(names) < len(known):
            return Unreadable()
        variable = singular(name)
        self.body.steps.append(Look(variable, function, names, statement))
        return variable

    def coded(self, name: str, value: ast.expr, statement: ast.stmt) -> Meaning:
        """An embedding variable."""
        found = coded(name, value, statement)
        if found is None:
            self.problem(statement, f"cannot read {describe(statement)} in run")
            return Unreadable()
        self.check_read("embeddings", statement)
        self.body.coded.append(found)
        return name

    def is_concat(self, statement: ast.stmt) -> bool:
        """Whether this is `feature_logits = ...`."""
        return ast.unparse(statement).startswith("feature_logits = ")

    def concat(self, statement: ast.stmt) -> None:
        """`feature_logits = pd.concat([df.reset_index() for df in [...]])`."""
        text = ast.unparse(statement)
        start = "feature_logits = pd.concat([df.reset_index() for df in ["
        if not (text.startswith(start) and text.endswith("]])")):
            self.problem(statement, f"cannot read {describe(statement)} in run")
            return
        names = text.removeprefix(start).removesuffix("]])").split(", ")
        for name in names:
            if name in self.lines:
                self.body.scored.append(self.lines[name])
            elif name not in self.unread:
                self.problem(statement, f"{name} is no line of scores")

    def tail(self, statements: list[ast.stmt], place: ast.stmt) -> None:
        """The last statements: sum, pick the class, return it."""
        found = [ast.unparse(statement) for statement in statements]
        before = len(self.contents.problems)
        self.body.pooled = "pooled = logits.mean(0)" in found
        if self.body.pooled and not self.detailed:
            self.problem(self.function, f"write run({DETAILED})")
        wanted = TAIL + (POOLED if self.body.pooled else LETTERS)
        for statement, text in zip(statements, found, strict=True):
            if text not in wanted:
                self.problem(statement, f"cannot read {describe(statement)} in run")
        for text in wanted:
            if text not in found:
                line = text.splitlines()[0]
                self.problem(place, f"run must go on with `{line}`")
        if len(self.contents.problems) == before and tuple(found) != wanted:
            self.problem(place, "the last lines of run are in another order")
