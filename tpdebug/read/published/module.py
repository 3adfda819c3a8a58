"""The top level of a published file: imports, helpers, `run`, examples."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from tpdebug.read.expressions import describe
from tpdebug.read.module import Contents
from tpdebug.read.published.helpers import NAMES, helper

Example = tuple[tuple[str, ...], object]
LOOP = {
    "print(f'x: {x}')",
    "print(f'y: {y}')",
    "y_hat = run(x)",
    "print(f'y_hat: {y_hat}')",
    "print()",
}


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
                known = helper(statement, contents)
                if contents.claim(name, statement, operation=True):
                    contents.operations.add(name)
                if known is not None and known.causal is not None:
                    causal.add(known.causal)
            case ast.FunctionDef(name="run"):
                if contents.claim("run", statement):
                    contents.functions["run"] = statement
            case ast.Assign(targets=[ast.Name(id="examples")], value=value):
                found.examples = _examples(value)
                contents.claim("examples", statement)
            case ast.For(target=target, iter=ast.Name(id="examples"), orelse=[]) if (
                ast.unparse(target) in ("x, y", "(x, y)")
                and {ast.unparse(line) for line in statement.body} <= LOOP
            ):
                pass  # prints what the program answers
            case ast.Expr(value=ast.Constant()) | ast.Pass():
                pass
            case _:
                contents.problem(statement, f"cannot read {describe(statement)} here")
    if len(causal) > 1:
        run = contents.functions["run"]
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


def _examples(value: ast.expr) -> list[Example]:
    """The examples, as far as they can be read; they only help to infer the domain."""
    try:
        pairs = ast.literal_eval(value)
    except (ValueError, TypeError, MemoryError, RecursionError):
        return []
    found = []
    for pair in pairs if isinstance(pairs, list) else ():
        match pair:
            case (list(tokens), wanted) if all(isinstance(t, str) for t in tokens):
                found.append((tuple(tokens), wanted))
    return found
