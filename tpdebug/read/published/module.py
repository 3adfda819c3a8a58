"""The top level of a published file: imports, helpers, `run`, examples."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from tpdebug.read.expressions import describe
from tpdebug.read.module import Contents
from tpdebug.read.published.helpers import NAMES, check_annotations, helper

Example = tuple[tuple[str, ...], object]
LOOP = (
    "print(f'x: {x}')",
    "print(f'y: {y}')",
    "y_hat = run(x)",
    "print(f'y_hat: {y_hat}')",
    "print()",
)


@dataclass
class Module:
    """What stands at the top level.

    Attributes:
        contents: helpers, `run`, problems.
        causal: whether heads look to the left only.
        enumerations: module -> the `Enum` classes that are imported from it.
        imports: the import of each of these modules.
        examples: inputs with the right answers.
    """

    contents: Contents = field(default_factory=Contents)
    causal: bool = False
    enumerations: dict[str, list[str]] = field(default_factory=dict)
    imports: dict[str, ast.stmt] = field(default_factory=dict)
    examples: list[Example] = field(default_factory=list)


def published_contents(tree: ast.Module) -> Module:
    """Sort the top-level statements of a published file."""
    found = Module()
    contents = found.contents
    causal: set[bool] = set()
    for statement in tree.body:
        if "y_hat" in contents.names and not isinstance(statement, ast.Expr):
            contents.problem(statement, "this stands after the examples are run")
        match statement:
            case ast.Import(names=[ast.alias(name=name, asname=short)]) if (
                name,
                short,
            ) in (("numpy", "np"), ("pandas", "pd")):
                contents.claim(short or name, statement)
            case ast.ImportFrom(module=str() as module, level=0) if module.endswith(
                "embeddings"
            ):
                _enumerations(statement, module, found)
            case ast.FunctionDef(name=name) if name in NAMES:
                check_annotations(statement, contents)
                known = helper(statement, contents)
                if contents.claim(name, statement, operation=True):
                    contents.operations.add(name)
                if known is not None and known.causal is not None:
                    causal.add(known.causal)
            case ast.FunctionDef(name="run"):
                contents.check_annotation(statement.returns)
                if contents.claim("run", statement):
                    contents.functions["run"] = statement
            case ast.Assign(targets=[ast.Name(id="examples")], value=value):
                _examples(value, found)
                contents.claim("examples", statement)
            case ast.For() if {
                "run",
                "examples",
            } <= contents.names and _prints_examples(statement):
                for name in ("x", "y", "y_hat"):
                    contents.claim(name, statement)
            case ast.Expr(value=ast.Constant()) | ast.Pass():
                pass
            case _:
                contents.problem(statement, f"cannot read {describe(statement)} here")
    run = contents.functions.get("run", tree)
    if "pd" not in contents.names:
        contents.problem(run, "pandas is not imported as pd")
    if len(causal) > 1:
        contents.problem(run, "one of select_closest and select is causal, one is not")
    found.causal = causal == {True}
    return found


def _enumerations(statement: ast.ImportFrom, module: str, found: Module) -> None:
    """`from package.name_embeddings import Emb0, Emb1`."""
    found.imports[module] = statement
    for alias in statement.names:
        if alias.asname is not None or alias.name == "*":
            found.contents.problem(statement, "import each Enum under its own name")
        elif found.contents.claim(alias.name, statement):
            found.enumerations.setdefault(module, []).append(alias.name)


def _prints_examples(loop: ast.For) -> bool:
    """Whether a loop only prints what the program answers to its examples."""
    head, *lines = ast.unparse(loop).splitlines()
    known = iter(LOOP)
    body = [line.strip() for line in lines]
    in_order = all(line in known for line in body)
    computed = "y_hat = run(x)" in body or not any("{y_hat}" in line for line in body)
    return head == "for x, y in examples:" and in_order and computed


def _examples(value: ast.expr, found: Module) -> None:
    """`[([token, ...], answers), ...]`; they help to infer the domain."""
    try:
        pairs = ast.literal_eval(value)
    except (ValueError, TypeError, MemoryError, RecursionError):
        pairs = None
    for pair in pairs if isinstance(pairs, list) else (None,):
        match pair:
            case (list(tokens), wanted) if all(isinstance(t, str) for t in tokens):
                found.examples.append((tuple(tokens), wanted))
            case _:
                says = (
                    f"examples must be pairs of tokens and answers: {describe(value)}"
                )
                found.contents.problem(value, says)
                return
