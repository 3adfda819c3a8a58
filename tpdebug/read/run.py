"""Reading the body of `run`: a straight line of operations.

Local names may be chosen freely, a selection may have a line of its own, and a table
may be applied with `list(map(...))` or a comprehension. Each name is given once, and
none hides something that the body relies on.
"""

from __future__ import annotations

import ast

from tpdebug.nodes import Tie
from tpdebug.read.expressions import describe
from tpdebug.read.module import Contents
from tpdebug.read.names import Answers, Meaning, Names, Unreadable
from tpdebug.read.steps import (
    Answer,
    Attend,
    Embed,
    Look,
    Selection,
    Steps,
)

SELECTIONS = {
    "select_closest": "aggregate",
    "select_best": "aggregate",
    "select": "aggregate_sum",
}
"""The operations that say where a head looks, and what goes with each."""


def run_steps(function: ast.FunctionDef, contents: Contents) -> Steps:
    """Read the body of `run`; problems go to `contents`."""
    reader = _RunReader(function, contents)
    for number, statement in enumerate(function.body, start=1):
        if isinstance(statement, ast.Return) and number < len(function.body):
            contents.problem(function.body[number], "this never runs: run has returned")
        reader.statement(statement)
        if isinstance(statement, ast.Return):
            break
    else:
        contents.problem(function, "run does not return its answers")
    if reader.steps.delimits is None:
        contents.problem(function, "run does not call delimit(...) on its tokens")
    variables = ((n, v) for n, v in reader.names.items() if isinstance(v, str))
    reader.steps.names.update(variables)
    return reader.steps


class _RunReader(Names):
    """Reads statements one by one."""

    def __init__(self, function: ast.FunctionDef, contents: Contents) -> None:
        calls = (node for node in ast.walk(function) if isinstance(node, ast.Call))
        super().__init__(contents, {ast.unparse(call.func) for call in calls})
        self.steps = Steps()
        arguments = function.args
        given = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        extra = (arguments.vararg, arguments.kwarg, *arguments.kwonlyargs)
        if len(given) != 1 or any(extra) or arguments.defaults:
            self.problem(function, "run takes one parameter, the tokens")
        if function.decorator_list:
            self.problem(function, "run has a decorator, which may change it")
        self.parameter = given[0].arg if given else "tokens"
        self.check_free(self.parameter, function)

    def statement(self, statement: ast.stmt) -> None:
        """Read one statement."""
        match statement:
            case ast.Expr(value=ast.Constant()) | ast.Pass():
                pass
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                self.bind(name, self.value(name, value, statement), statement)
            case ast.Assign(targets=[ast.Tuple() | ast.List() as target], value=value):
                self.embed(target, value, statement)
            case ast.Return(value=ast.expr() as value):
                self.result(value, statement)
            case _:
                self.problem(statement, f"cannot read {describe(statement)} in run")

    def value(self, name: str, value: ast.expr, statement: ast.stmt) -> Meaning:
        """Read what a name is given."""
        match value:
            case ast.Call(func=ast.Name(id="delimit")):
                return self.delimit(value)
            case ast.Call(func=ast.Name(id=pick)) if pick in SELECTIONS:
                return self.selection(value) or Unreadable()
            case ast.Call(func=ast.Name(id="aggregate" | "aggregate_sum" as pick)):
                return self.attend(name, pick, value, statement)
            case ast.Call(func=ast.Name(id="answer" | "answer_pooled")):
                self.answer(value, statement)
                return Answers()
        text = ast.unparse(value)
        for local, meaning in self.names.items():
            if meaning == "tokens":
                if text in (f"range(len({local}))", f"list(range(len({local})))"):
                    return "positions"
                if text == f"[1] * len({local})":
                    return "ones"
        return self.look(name, value, statement)

    def delimit(self, call: ast.Call) -> Meaning:
        """`delimit(tokens, ALPHABET, LENGTHS, begin=BEGIN, ...)`."""
        if self.steps.delimits is not None:
            self.problem(call, "tokens are delimited twice")
        self.steps.delimits = set()
        if not self.operation(call, 3):
            return Unreadable()
        given = [ast.unparse(argument) for argument in call.args]
        if given != [self.parameter, "ALPHABET", "LENGTHS"]:
            self.problem(call, f"write delimit({self.parameter}, ALPHABET, LENGTHS)")
        for keyword in call.keywords:
            option = str(keyword.arg)
            constant = ast.unparse(keyword.value)
            if option not in ("begin", "end", "unknown"):
                self.problem(keyword.value, f"delimit has no option {option}")
            elif constant != option.upper():
                self.problem(keyword.value, f"write {option}={option.upper()}")
            else:
                self.steps.delimits.add(option)
        return "tokens"

    def selection(self, call: ast.Call) -> Selection | None:
        """`select_closest(keys, queries, predicate, causal=CAUSAL)`."""
        if not self.operation(call, 3):
            return None
        key, query = self.known(call.args[0]), self.known(call.args[1])
        predicate = self.callee(call.args[2])
        operation = ast.unparse(call.func)
        options = {keyword.arg: keyword.value for keyword in call.keywords}
        tie = self.tie(operation, options.pop("tie", None))
        causal = self.causal(options.pop("causal", None))
        if options or tie is None or causal is None:
            ties = ' and tie="matches"' if operation == "select_closest" else ""
            self.problem(call, f"{operation} has the options causal=CAUSAL{ties}")
            return None
        if causal != bool(self.contents.constants.get("CAUSAL", False)):
            remedy = "set CAUSAL = True" if causal else "add causal=CAUSAL"
            self.problem(call, f"all heads are causal or none is: {remedy}")
        if key is None or query is None or predicate is None:
            return None
        return Selection(operation, key, query, predicate, tie)

    def causal(self, value: ast.expr | None) -> bool | None:
        """What the option `causal` says; None if that cannot be read."""
        match value:
            case None:
                return False
            case ast.Constant(value=bool() as causal):
                return causal
            case ast.Name(id="CAUSAL") if "CAUSAL" in self.contents.constants:
                return bool(self.contents.constants["CAUSAL"])
        return None

    def tie(self, operation: str, value: ast.expr | None) -> Tie | None:
        """What the option `tie` says; None if that cannot be read."""
        match value:
            case None:
                return "last"
            case ast.Constant(value="last" | "matches" as tie) if (
                operation == "select_closest"
            ):
                return tie
        return None

    def attend(
        self, name: str, operation: str, call: ast.Call, statement: ast.stmt
    ) -> Meaning:
        """`aggregate(selection, value)`, the selection in place or by name."""
        if not self.operation(call, 2):
            return Unreadable()
        inner, selection = call.args[0], None
        match inner:
            case ast.Call(func=ast.Name(id=pick)) if pick in SELECTIONS:
                selection = self.selection(inner)
            case ast.Name(id=local) if isinstance(self.names.get(local), Selection):
                found = self.names[local]
                selection = found if isinstance(found, Selection) else None
            case ast.Name(id=local) if isinstance(self.names.get(local), Unreadable):
                pass
            case _:
                self.problem(inner, f"{describe(inner)} is not a selection")
        value = self.known(call.args[1])
        if call.keywords:
            self.problem(call, f"{operation} has no options")
        if selection is None or value is None:
            return Unreadable()
        wanted = [pick for pick, goes in SELECTIONS.items() if goes == operation]
        if selection.operation not in wanted:
            self.problem(call, f"{operation} goes with {' or '.join(wanted)}")
            return Unreadable()
        self.steps.nodes.append(Attend(name, selection, value, statement))
        return name

    def look(self, name: str, value: ast.expr, statement: ast.stmt) -> Meaning:
        """`list(map(f, a, b))`, or the same as a comprehension."""
        inputs: list[ast.expr] | None = None
        match value:
            case ast.Call(
                func=ast.Name(id="list"),
                args=[
                    ast.Call(
                        func=ast.Name(id="map"), args=[function, *inputs], keywords=[]
                    )
                ],
                keywords=[],
            ):
                pass
            case ast.ListComp(elt=ast.Call(func=function)):
                inputs = comprehension_inputs(value)
        if not inputs:
            self.problem(statement, f"cannot read {describe(statement)} in run")
            return Unreadable()
        callee = self.callee(function)
        known = [self.known(node) for node in inputs]
        names = tuple(variable for variable in known if variable is not None)
        if callee is None or len(names) < len(known):
            return Unreadable()
        self.steps.nodes.append(Look(name, callee, names, statement))
        return name

    def embed(
        self, target: ast.Tuple | ast.List, value: ast.expr, statement: ast.stmt
    ) -> None:
        """Several names at once, given the codes of an embedding."""
        names = [item.id for item in target.elts if isinstance(item, ast.Name)]
        match value:
            case ast.Call(
                func=ast.Name(id="embed"),
                args=[ast.Name(id="EMBEDDING"), source],
                keywords=[],
            ) if len(names) == len(target.elts):
                readable = self.operation(value, 2) and self.known(source) == "tokens"
            case _:
                readable = False
        if readable:
            self.steps.nodes.append(Embed(tuple(names), statement))
        else:
            self.problem(statement, f"cannot read {describe(statement)} in run")
        for name in names:
            self.bind(name, name if readable else Unreadable(), statement)

    def answer(self, call: ast.Call, statement: ast.stmt) -> None:
        """`answer(CLASSES, SCORES, name=variable, ...)`."""
        if self.steps.answer is not None:
            self.problem(call, "answers are given twice")
        if not self.operation(call, 2):
            return
        if [ast.unparse(argument) for argument in call.args] != ["CLASSES", "SCORES"]:
            self.problem(call, "write answer(CLASSES, SCORES, name=variable, ...)")
        if not call.keywords:
            self.problem(call, "answer needs at least one variable to score")
        scored: dict[str, str] = {}
        for keyword in call.keywords:
            variable = self.known(keyword.value)
            if variable in scored.values():
                self.problem(keyword.value, f"{variable} is scored twice")
            elif variable is not None:
                scored[str(keyword.arg)] = variable
        pooled = ast.unparse(call.func) == "answer_pooled"
        self.steps.answer = Answer(scored, pooled, statement)

    def result(self, value: ast.expr, statement: ast.stmt) -> None:
        """`return answer(...)`, or `return answers`, each maybe with `[1:-1]`."""
        inner = value.value if isinstance(value, ast.Subscript) else value
        match inner:
            case ast.Call(func=ast.Name(id="answer" | "answer_pooled")):
                self.answer(inner, statement)
            case ast.Name(id=name) if isinstance(self.names.get(name), Answers):
                pass
            case _:
                self.problem(value, "run returns the result of answer(...)")
                return
        delimits = self.steps.delimits or set()
        ends = ("1" if "begin" in delimits else "", "-1" if "end" in delimits else "")
        pooled = self.steps.answer is not None and self.steps.answer.pooled
        wanted = f"[{ends[0]}:{ends[1]}]" if any(ends) and not pooled else ""
        found = ""
        if isinstance(value, ast.Subscript):
            found = f"[{ast.unparse(value.slice)}]"
        if found != wanted:
            says = f"those of the letters only: [...]{wanted}" if wanted else "all"
            self.problem(value, f"the answers to return are {says}")


def comprehension_inputs(value: ast.ListComp) -> list[ast.expr] | None:
    """The inputs of `[f(a, b) for a, b in zip(x, y)]` or `[f(a) for a in x]`.

    None if it is anything else.
    """
    if len(value.generators) != 1 or not isinstance(value.elt, ast.Call):
        return None
    loop, call = value.generators[0], value.elt
    paired = isinstance(loop.target, ast.Tuple)
    target = loop.target.elts if isinstance(loop.target, ast.Tuple) else [loop.target]
    names = [item.id for item in target if isinstance(item, ast.Name)]
    passed = [item.id for item in call.args if isinstance(item, ast.Name)]
    if not len(names) == len(set(names)) == len(target) == len(call.args):
        return None
    if passed != names or ast.unparse(call.func) in names:
        return None
    if loop.ifs or loop.is_async or call.keywords:
        return None
    match loop.iter:
        case ast.Call(func=ast.Name(id="zip"), args=args, keywords=keywords) if (
            paired and len(args) == len(target) and _harmless(keywords)
        ):
            return list(args)
        case ast.Name() if not paired:
            return [loop.iter]
    return None


def _harmless(keywords: list[ast.keyword]) -> bool:
    """Variables have one length, so `strict` changes nothing."""
    return all(keyword.arg == "strict" for keyword in keywords)
