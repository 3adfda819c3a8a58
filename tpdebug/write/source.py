"""The source text of a program, put together in reading order."""

from __future__ import annotations

import csv
import inspect
import io
import re
from collections.abc import Iterator

from tpdebug.nodes import (
    CategoricalHead,
    Embedding,
    LookupTable,
    Node,
    NumericalHead,
    Preference,
    inputs_of,
)
from tpdebug.program import Program
from tpdebug.write.functions import function_lines
from tpdebug.write.layout import (
    Call,
    call_lines,
    collection_lines,
    fits,
)
from tpdebug.write.literals import escape, literal
from tpdebug.write.names import function_names, layer
from tpdebug.write.scores import score_lines
from tpdebug.write.standalone import operation_sources


def source(program: Program, standalone: bool, embedding: str | None) -> str:
    """Return the text of a program file; see `tpdebug.write.write`."""
    functions = function_names(program)
    body = list(_run(program, functions))
    used = sorted(_operations(program, embedding))
    parts = [docstring_lines(program)]
    if not standalone:
        parts.append(_imports(used))
    parts.append(list(_constants(program, embedding)))
    sections = ["\n\n".join("\n".join(part) for part in parts if part)]
    if standalone:
        sections += operation_sources(used)
    for node in program.nodes:
        if not isinstance(node, Embedding):
            sections.append(
                "\n".join(function_lines(program, node, functions[node.name]))
            )
    sections.append("\n".join(body))
    sections.append("\n".join(score_lines(program.classifier)))
    return "\n\n\n".join(sections) + "\n"


def embedding_csv(program: Program) -> str:
    """Return the CSV file of a program's embedding: token, then its codes."""
    text = io.StringIO()
    out = csv.writer(text, lineterminator="\n")
    node = next(node for node in program.nodes if isinstance(node, Embedding))
    out.writerow(["token", *node.names])
    rows = zip(program.domain.vocabulary, node.codes, strict=True)
    out.writerows([token, *codes] for token, codes in rows)
    return text.getvalue()


def describe(program: Program) -> str:
    """Say in one line what a program is made of."""
    heads = sum(isinstance(n, CategoricalHead | NumericalHead) for n in program.nodes)
    tables = sum(isinstance(n, LookupTable) for n in program.nodes)
    layers = len({layer(node) for node in program.nodes} - {None})
    counts = [
        f"{count} {noun}{'' if count == 1 else 's'}"
        for count, noun in ((layers, "layer"), (heads, "head"), (tables, "table"))
        if count
    ]
    return f"{program.task or 'program'}: {', '.join(counts) or 'scores only'}."


def docstring_lines(program: Program) -> list[str]:
    """Lay out what is known of a program as the docstring of its file."""
    about = inspect.cleandoc(program.about.replace("\r\n", "\n")).strip()
    about = about or describe(program)
    text = "".join(c if c == "\n" else escape(c) for c in about)
    lines = [line.rstrip() for line in text.replace('"""', '\\"\\"\\"').split("\n")]
    if len(lines) > 1:
        return [f'"""{lines[0]}', *lines[1:], '"""']
    space = " " if re.search(r'(?<!\\)"$', lines[0]) else ""
    return [f'"""{lines[0]}{space}"""']


def _operations(program: Program, embedding: str | None) -> set[str]:
    used = {"delimit", "answer_pooled" if program.classifier.pooled else "answer"}
    for node in program.nodes:
        match node:
            case CategoricalHead(predicate=Preference()):
                used |= {"select_best", "aggregate"}
            case CategoricalHead():
                used |= {"select_closest", "aggregate"}
            case NumericalHead():
                used |= {"select", "aggregate_sum"}
            case Embedding():
                used |= {"embed"} | ({"load_embedding"} if embedding else set())
            case LookupTable():
                pass
    return used


def _imports(used: list[str]) -> list[str]:
    line = f"from tpdebug.rasp import {', '.join(used)}"
    if fits(line):
        return [line]
    return ["from tpdebug.rasp import (", *(f"    {name}," for name in used), ")"]


def _constants(program: Program, embedding: str | None) -> Iterator[str]:
    domain = program.domain
    specials = {"BEGIN": domain.begin, "END": domain.end, "UNKNOWN": domain.unknown}
    if program.task is not None:
        yield f"TASK = {literal(program.task)}"
    if embedding is not None:
        yield f"EMBEDDING = load_embedding(__file__, {literal(embedding)})"
        specials_count = len(domain.vocabulary) - len(domain.alphabet)
        part = f"[:-{specials_count}]" if specials_count else ""
        yield f"ALPHABET = tuple(EMBEDDING){part}"
    else:
        yield from _strings("ALPHABET", domain.alphabet)
    if domain.keys is not None:
        yield from _strings("KEYS", domain.keys)
    yield f"LENGTHS = ({domain.lengths[0]}, {domain.lengths[1]})"
    yield from (f"{k} = {literal(v)}" for k, v in specials.items() if v is not None)
    if domain.causal:
        yield "CAUSAL = True"
    yield from _strings("CLASSES", program.classifier.classes)
    if program.classifier.scale != 1:
        yield f"SCALE = {program.classifier.scale}"
    if embedding is None:
        yield from _inline_embedding(program)


def _strings(name: str, values: tuple[str, ...]) -> list[str]:
    return collection_lines(f"{name} = ", [literal(value) for value in values], "()")


def _inline_embedding(program: Program) -> Iterator[str]:
    for node in program.nodes:
        if isinstance(node, Embedding):
            yield "EMBEDDING = {"
            rows = zip(program.domain.vocabulary, node.codes, strict=True)
            for token, codes in rows:
                start = f"    {literal(token)}: "
                lines = collection_lines(start, [str(code) for code in codes], "()")
                yield from (*lines[:-1], lines[-1] + ",")
            yield "}"


def _run(program: Program, functions: dict[str, str]) -> Iterator[str]:
    """The straight line of operations, one variable a line, in evaluation order."""
    domain = program.domain
    yield "def run(tokens):"
    yield f'    """{_run_doc(program)}"""'
    names = ("begin", "end", "unknown")
    options = [f"{n}={n.upper()}" for n in names if getattr(domain, n) is not None]
    arguments = ("tokens", "ALPHABET", "LENGTHS", *options)
    yield from call_lines("    tokens = ", Call("delimit", arguments))
    scored = program.scored or ("tokens",)
    read = {name for node in program.nodes for name in inputs_of(node)} | set(scored)
    if "positions" in read:
        yield "    positions = range(len(tokens))"
    if "ones" in read:
        yield "    ones = [1] * len(tokens)"
    before: str | None = None
    for node in program.nodes:
        if layer(node) != before:
            before = layer(node)
            yield ""
        yield from _step(program, node, functions)
    if program.nodes:
        yield ""
    scores = tuple(f"{name}={name}" for name in scored)
    operation = "answer_pooled" if program.classifier.pooled else "answer"
    call = Call(operation, ("CLASSES", "SCORES", *scores))
    left = "1" if domain.begin is not None else ""
    right = "-1" if domain.end is not None else ""
    if program.classifier.pooled or not (left or right):
        yield from call_lines("    return ", call)
        return
    yield from call_lines("    answers = ", call)
    yield f"    return answers[{left}:{right}]"


def _run_doc(program: Program) -> str:
    if program.classifier.pooled:
        return "Return the answer for the whole input."
    return "Return the answer at each letter."


def _step(program: Program, node: Node, functions: dict[str, str]) -> list[str]:
    """The line that computes what a node writes."""
    match node:
        case Embedding():
            targets = ", ".join(node.names)
            start = (
                f"    [{targets}] = " if len(node.names) == 1 else f"    {targets} = "
            )
            return call_lines(start, Call("embed", ("EMBEDDING", "tokens")))
        case LookupTable():
            table = Call("map", (functions[node.name], *node.inputs))
            return call_lines(f"    {node.name} = ", Call("list", (table,)))
        case _:
            closest = isinstance(node, CategoricalHead)
            arguments = (node.key, node.query, functions[node.name])
            options = ["causal=CAUSAL"] if program.domain.causal else []
            if isinstance(node, CategoricalHead) and node.tie != "last":
                options.append(f"tie={literal(node.tie)}")
            pick = "select_closest" if closest else "select"
            pick = "select_best" if isinstance(node.predicate, Preference) else pick
            inner = Call(pick, (*arguments, *options))
            outer = Call(
                "aggregate" if closest else "aggregate_sum", (inner, node.value)
            )
            return call_lines(f"    {node.name} = ", outer)
