"""The body of `run`: which variable is computed how, in order, without its meaning.

The body is a straight line. Each assignment becomes a step; names of variables may be
chosen freely, and an attention may have a line of its own.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TypeAlias

from tpdebug.read.functions import describe
from tpdebug.read.module import Contents

Callee: TypeAlias = str | ast.Lambda


@dataclass(frozen=True, slots=True)
class Selection:
    """`select_closest(keys, queries, predicate)` or `select(...)`."""

    operation: str
    key: str
    query: str
    predicate: Callee


@dataclass(frozen=True, slots=True)
class Attend:
    """A head: `name = aggregate(selection, value)`."""

    name: str
    selection: Selection
    value: str
    node: ast.stmt


@dataclass(frozen=True, slots=True)
class Look:
    """A table: `name = list(map(function, inputs...))`."""

    name: str
    function: Callee
    inputs: tuple[str, ...]
    node: ast.stmt


@dataclass(frozen=True, slots=True)
class Embed:
    """`names... = embed(EMBEDDING, tokens)`."""

    names: tuple[str, ...]
    node: ast.stmt


@dataclass(frozen=True, slots=True)
class Answer:
    """`answer(CLASSES, SCORES, name=name, ...)`, pooled or not."""

    scored: tuple[str, ...]
    pooled: bool
    node: ast.stmt


@dataclass
class Steps:
    """What `run` does, in order."""

    parameter: str
    contents: Contents
    variables: dict[str, str] = field(default_factory=dict)
    selections: dict[str, Selection] = field(default_factory=dict)
    nodes: list[Attend | Look | Embed] = field(default_factory=list)
    answer: Answer | None = None
    answers: str | None = None
    delimits: dict[str, str] | None = None
    returned: bool = False

    def problem(self, node: ast.AST, message: str) -> None:
        """Note something that cannot be read."""
        self.contents.problem(node, message)


def run_steps(function: ast.FunctionDef, contents: Contents) -> Steps:
    """Read the body of `run`; problems go to `contents`."""
    arguments = function.args
    names = [a.arg for a in (*arguments.posonlyargs, *arguments.args)]
    steps = Steps(names[0] if names else "tokens", contents)
    others = (arguments.vararg, arguments.kwarg, *arguments.kwonlyargs)
    if len(names) != 1 or any(others) or function.decorator_list:
        steps.problem(function, "run takes one parameter, the tokens")
    for statement in function.body:
        if steps.returned:
            steps.problem(statement, "this comes after the return and never runs")
            continue
        match statement:
            case ast.Expr(value=ast.Constant()) | ast.Pass():
                pass
            case ast.Assign(targets=[target], value=value):
                _assign(steps, target, value, statement)
            case ast.Return(value=ast.expr() as value):
                _return(steps, value, statement)
            case _:
                steps.problem(statement, f"cannot read {describe(statement)} in run")
    if not steps.returned:
        steps.problem(function, "run does not return its answers")
    return steps


def _assign(
    steps: Steps, target: ast.expr, value: ast.expr, statement: ast.stmt
) -> None:
    if isinstance(target, ast.Tuple | ast.List):
        names = [item.id for item in target.elts if isinstance(item, ast.Name)]
        match value:
            case ast.Call(func=ast.Name(id="embed")) if len(names) == len(target.elts):
                _check_embed(steps, value)
                for name in names:
                    _bind(steps, name, name, statement)
                steps.nodes.append(Embed(tuple(names), statement))
                return
    if not isinstance(target, ast.Name):
        steps.problem(statement, f"cannot read {describe(statement)} in run")
        return
    name = target.id
    match value:
        case ast.Call(func=ast.Name(id="delimit")):
            _delimit(steps, name, value, statement)
        case ast.Call(func=ast.Name(id="select_closest" | "select")):
            selection = _selection(steps, value)
            if selection:
                steps.selections[name] = selection
                steps.variables.pop(name, None)
        case ast.Call(func=ast.Name(id="aggregate" | "aggregate_sum" as operation)):
            _attend(steps, name, operation, value, statement)
        case ast.Call(func=ast.Name(id="answer" | "answer_pooled")):
            steps.answer = _answer(steps, value, statement)
            steps.answers = name
        case _ if _is_positions(steps, value):
            _bind(steps, name, "positions", statement)
        case _ if _is_ones(steps, value):
            _bind(steps, name, "ones", statement)
        case _:
            _look(steps, name, value, statement)


def _bind(steps: Steps, name: str, variable: str, statement: ast.stmt) -> None:
    if name in steps.variables and variable != "tokens":
        steps.problem(statement, f"{name} is assigned twice")
    if name in steps.contents.functions or name in steps.contents.constants:
        steps.problem(statement, f"{name} is also the name of a function or constant")
    steps.variables[name] = variable


def _known(steps: Steps, node: ast.expr) -> str | None:
    """The variable that an expression names; a problem if it names none."""
    if isinstance(node, ast.Name) and node.id in steps.variables:
        return steps.variables[node.id]
    steps.problem(node, f"{describe(node)} is not a variable that run has computed")
    return None


def _operation(steps: Steps, call: ast.Call, positional: int) -> bool:
    name = call.func.id if isinstance(call.func, ast.Name) else ""
    if name not in steps.contents.operations:
        steps.problem(call, f"{name} is not imported from tpdebug.rasp")
        return False
    if len(call.args) != positional or any(a.arg is None for a in call.keywords):
        steps.problem(call, f"{name} takes {positional} arguments here")
        return False
    return True


def _delimit(steps: Steps, name: str, call: ast.Call, statement: ast.stmt) -> None:
    if not _operation(steps, call, 3):
        return
    given = [describe(argument).strip("`") for argument in call.args]
    if given != [steps.parameter, "ALPHABET", "LENGTHS"]:
        wanted = f"delimit({steps.parameter}, ALPHABET, LENGTHS, ...)"
        steps.problem(call, f"write {wanted}")
    if steps.delimits is not None:
        steps.problem(call, "tokens are delimited twice")
    steps.delimits = {}
    for keyword in call.keywords:
        option = str(keyword.arg)
        if option not in ("begin", "end", "unknown") or not (
            isinstance(keyword.value, ast.Name) and keyword.value.id == option.upper()
        ):
            steps.problem(keyword.value, f"write {option}={option.upper()}")
        steps.delimits[option] = option.upper()
    _bind(steps, name, "tokens", statement)


def _selection(steps: Steps, call: ast.Call) -> Selection | None:
    if not _operation(steps, call, 3):
        return None
    key, query = _known(steps, call.args[0]), _known(steps, call.args[1])
    predicate = _callee(steps, call.args[2])
    wanted = bool(steps.contents.constants.get("CAUSAL", False))
    match [(k.arg, k.value) for k in call.keywords]:
        case []:
            causal = False
        case [("causal", ast.Constant(value=bool() as causal))]:
            pass
        case [("causal", ast.Name(id="CAUSAL"))] if (
            "CAUSAL" in steps.contents.constants
        ):
            causal = wanted
        case _:
            steps.problem(call, "the only option of a selection is causal=CAUSAL")
            return None
    if causal != wanted:
        remedy = "add causal=CAUSAL" if not causal else "set CAUSAL = True"
        steps.problem(call, f"all heads are causal or none is: {remedy}")
    if key is None or query is None or predicate is None:
        return None
    assert isinstance(call.func, ast.Name)
    return Selection(call.func.id, key, query, predicate)


def _callee(steps: Steps, node: ast.expr) -> Callee | None:
    if isinstance(node, ast.Lambda):
        return node
    if isinstance(node, ast.Name) and node.id in steps.contents.functions:
        return node.id
    steps.problem(node, f"{describe(node)} is not a function of this file")
    return None


def _attend(
    steps: Steps, name: str, operation: str, call: ast.Call, statement: ast.stmt
) -> None:
    if not _operation(steps, call, 2):
        return
    inner = call.args[0]
    if isinstance(inner, ast.Call) and isinstance(inner.func, ast.Name):
        selection = _selection(steps, inner)
    elif isinstance(inner, ast.Name):
        selection = steps.selections.get(inner.id)
        if selection is None:
            steps.problem(inner, f"{inner.id} is not a selection")
    else:
        steps.problem(inner, f"cannot read {describe(inner)} as a selection")
        selection = None
    value = _known(steps, call.args[1])
    if selection is not None and value is not None:
        wanted = {"aggregate": "select_closest", "aggregate_sum": "select"}[operation]
        if selection.operation != wanted:
            steps.problem(call, f"{operation} goes with {wanted}")
        steps.nodes.append(Attend(name, selection, value, statement))
    _bind(steps, name, name, statement)


def _look(steps: Steps, name: str, value: ast.expr, statement: ast.stmt) -> None:
    """`list(map(f, a, b))`, or the same as a comprehension."""
    match value:
        case ast.Call(
            func=ast.Name(id="list"),
            args=[ast.Call(func=ast.Name(id="map"), args=[function, *inputs])],
        ) if inputs:
            pass
        case ast.ListComp(elt=ast.Call(func=function), generators=[loop]):
            found = _comprehension(value, loop)
            if found is None:
                steps.problem(statement, f"cannot read {describe(statement)} in run")
                return
            inputs = found
        case _:
            steps.problem(statement, f"cannot read {describe(statement)} in run")
            return
    callee = _callee(steps, function)
    names = [_known(steps, node) for node in inputs]
    known = tuple(n for n in names if n is not None)
    if callee is not None and len(known) == len(names):
        steps.nodes.append(Look(name, callee, known, statement))
    _bind(steps, name, name, statement)


def _comprehension(
    value: ast.ListComp, loop: ast.comprehension
) -> list[ast.expr] | None:
    """The inputs of `[f(a, b) for a, b in zip(x, y)]` or `[f(a) for a in x]`."""
    assert isinstance(value.elt, ast.Call)
    target = loop.target.elts if isinstance(loop.target, ast.Tuple) else [loop.target]
    if [ast.dump(a) for a in value.elt.args] != [
        ast.dump(a).replace("Store()", "Load()") for a in target
    ]:
        return None
    if loop.ifs or loop.is_async or value.elt.keywords:
        return None
    match loop.iter:
        case ast.Call(func=ast.Name(id="zip"), args=args) if len(args) == len(target):
            return list(args)
        case ast.Name() if len(target) == 1:
            return [loop.iter]
    return None


def _check_embed(steps: Steps, call: ast.Call) -> None:
    if _operation(steps, call, 2):
        first, second = call.args
        if not (isinstance(first, ast.Name) and first.id == "EMBEDDING"):
            steps.problem(first, "write embed(EMBEDDING, tokens)")
        if _known(steps, second) not in ("tokens", None):
            steps.problem(second, "embed takes the tokens")


def _is_positions(steps: Steps, value: ast.expr) -> bool:
    text = ast.unparse(value)
    return any(
        text in (f"range(len({name}))", f"list(range(len({name})))")
        for name, variable in steps.variables.items()
        if variable == "tokens"
    )


def _is_ones(steps: Steps, value: ast.expr) -> bool:
    text = ast.unparse(value)
    return any(
        text == f"[1] * len({name})"
        for name, variable in steps.variables.items()
        if variable == "tokens"
    )


def _answer(steps: Steps, call: ast.Call, statement: ast.stmt) -> Answer | None:
    if not _operation(steps, call, 2):
        return None
    if [ast.unparse(argument) for argument in call.args] != ["CLASSES", "SCORES"]:
        steps.problem(call, "write answer(CLASSES, SCORES, name=name, ...)")
    scored = []
    for keyword in call.keywords:
        variable = _known(steps, keyword.value)
        if variable is not None and variable != keyword.arg:
            steps.problem(keyword.value, f"write {variable}={variable}")
        elif variable is not None:
            scored.append(variable)
    if not call.keywords:
        steps.problem(call, "answer needs at least one variable to score")
    pooled = ast.unparse(call.func) == "answer_pooled"
    return Answer(tuple(scored), pooled, statement)


def _return(steps: Steps, value: ast.expr, statement: ast.stmt) -> None:
    """`return answer(...)`, or `return answers`, each maybe with `[1:-1]`."""
    steps.returned = True
    delimits = steps.delimits or {}
    left = "1" if "begin" in delimits else ""
    right = "-1" if "end" in delimits else ""
    wanted = f"[{left}:{right}]" if delimits.keys() & {"begin", "end"} else ""
    inner = value.value if isinstance(value, ast.Subscript) else value
    found = f"[{ast.unparse(value.slice)}]" if isinstance(value, ast.Subscript) else ""
    match inner:
        case ast.Call(func=ast.Name(id="answer" | "answer_pooled")):
            steps.answer = _answer(steps, inner, statement)
        case ast.Name(id=name) if name == steps.answers:
            pass
        case _:
            steps.problem(value, "run returns the result of answer(...)")
            return
    if steps.answer is not None and steps.answer.pooled:
        wanted = ""
    if found != wanted:
        meaning = "the letters only" if wanted else "every position"
        steps.problem(value, f"the answers are those of {meaning}: [...]{wanted}")
