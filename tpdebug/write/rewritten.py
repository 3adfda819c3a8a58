"""A program file changed in place so that it says another program of the same wiring.

Only what differs changes: functions, score rows, their scale, and what the docstring
says of accuracy and origin. The nodes follow each other, for what one writes says which
rules the next one has.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from itertools import product
from pathlib import Path

from tpdebug.errors import ReadError
from tpdebug.files import same_file
from tpdebug.findings import Alteration, Groups, Keys, Output, Scores
from tpdebug.nodes import (
    Embedding,
    Head,
    LookupTable,
    Node,
    Preference,
    Rule,
    Value,
    inputs_of,
)
from tpdebug.program import Program
from tpdebug.read import Source, read
from tpdebug.read.loading import Text, parse
from tpdebug.write.about import say_anew
from tpdebug.write.kept import CannotRewrite, gives
from tpdebug.write.mend import mended_source
from tpdebug.write.scores import score_lines
from tpdebug.write.source import docstring_lines
from tpdebug.write.texts import Edits, marked


def check_elsewhere(source: Source, text: str, path: Path, target: Path) -> None:
    """Make sure that the text of a program file says the same in another place.

    Args:
        source: the program.
        text: what is to be written.
        path: its file.
        target: the other one.

    Raises:
        CannotRewrite: it does not.
    """
    if source.published is not None:
        raise CannotRewrite("it is in another dialect")
    if "load_embedding(" in text and not same_file(path.parent, target.parent):
        raise CannotRewrite("its embedding is in another folder")


def rewritten(text: str, path: Path, program: Program, sentences: Sequence[str]) -> str:
    """The text of a program file, changed so that it says another program.

    Args:
        text: the file, in our own dialect.
        path: where it is, for the files next to it.
        program: what it shall say: a program with the same domain and wiring, and what
            is known of it, for a file without a docstring.
        sentences: what its docstring shall say of its accuracy and origin.

    Raises:
        CannotRewrite: it is written in a way in which it cannot be changed in place.
    """
    mark, text = marked(text)
    try:
        found = _rewritten(text, path, program, careful=False)
    except CannotRewrite:
        found = _rewritten(text, path, program, careful=True)
    edits, tree = Edits(found), parse(Text(found, str(path), None))
    say_anew(edits, tree, sentences, docstring_lines(program))
    found = edits.result()
    _check(found, path, program)
    return mark + found


def _rewritten(text: str, path: Path, wanted: Program, *, careful: bool) -> str:
    """The text with other rules, scores and scale.

    Raises:
        CannotRewrite: they cannot be changed in place.
    """
    for _ in range(len(wanted.nodes) + 2):  # each node is changed once, then the scores
        source = _read(text, path)
        changes = list(_changes(source.program, wanted))
        if not changes:
            break
        anew = None
        if all(isinstance(each, Scores) for each in changes):
            anew = _scores_anew(text, source.program, wanted)
        text = anew or mended_source(text, source, wanted, changes, careful=careful)
    text = _with_scale(text, path, wanted.classifier.scale)
    _check(text, path, wanted)
    return text


def _read(text: str, path: Path) -> Source:
    try:
        return read(text if "\n" in text else f"{text}\n", path=path)
    except ReadError as error:
        raise CannotRewrite(f"changed in place it cannot be read: {error}") from None


def _check(text: str, path: Path, wanted: Program) -> None:
    if _read(text, path).program != wanted:
        raise CannotRewrite("changed in place it would be another program")


def _changes(now: Program, wanted: Program) -> Iterator[Alteration]:
    """Rules of nodes that read what they shall read; if no node differs, score rows."""
    differs = False
    for node, other in zip(now.nodes, wanted.nodes, strict=True):
        if node == other:
            continue
        differs = True
        read = (
            now.variables[n].values == wanted.variables[n].values
            for n in inputs_of(node)
        )
        if all(read):
            yield from _of_node(wanted, node, other)
    if not differs:
        yield from _of_scores(now, wanted)


def _of_node(program: Program, node: Node, other: Node) -> Iterator[Alteration]:
    """The rules of a node that differ."""
    match node, other:
        case LookupTable(), LookupTable():
            values = [program.variables[name].values for name in node.inputs]
            old, new = dict(node.entries), dict(other.entries)
            for key in product(*values):
                output = new.get(key, other.default)
                if old.get(key, node.default) != output:
                    yield Output(Rule("entry", node.name, key), output)
        case Embedding(), _:
            raise CannotRewrite("its embedding has other codes")
        case _:
            assert not isinstance(node, LookupTable | Embedding)
            assert not isinstance(other, LookupTable | Embedding)
            keys = program.variables[node.key].values
            for query in program.variables[node.query].values:
                before, after = _wants(node, query, keys), _wants(other, query, keys)
                if before != after:
                    yield after


def _wants(head: Head, query: Value, keys: Sequence[Value]) -> Keys | Groups:
    """What a head looks for; a preference is said whole, so one key stands for all."""
    if isinstance(head.predicate, Preference):
        rule = Rule("case", head.name, (query, keys[0]))
        return Groups(rule, head.predicate.groups(query, keys))
    return Keys(Rule("case", head.name, (query,)), head.predicate.keys_for(query))


def _of_scores(now: Program, wanted: Program) -> Iterator[Scores]:
    """The score rows that differ; one that is missing adds nothing."""
    before, after = (
        {(row.variable, row.value): row.scores for row in program.classifier.rows}
        for program in (now, wanted)
    )
    none = (0,) * len(wanted.classifier.classes)
    for variable, value in dict.fromkeys([*before, *after]):
        scores = after.get((variable, value), none)
        if before.get((variable, value), none) != scores:
            key = () if value is None else (value,)
            yield Scores(Rule("score", variable, key), scores)


def _scores_anew(text: str, now: Program, wanted: Program) -> str | None:
    """The text with another score table, in columns, if it stands as it was written."""
    newline = Edits(text).newline
    old, new = (newline.join(score_lines(p.classifier)) for p in (now, wanted))
    return text.replace(old, new) if text.count(old) == 1 else None


def _with_scale(text: str, path: Path, scale: int) -> str:
    """The text with another scale of its scores."""
    edits, tree = Edits(text), parse(Text(text, str(path), None))
    given = {name: s for s in tree.body for name in gives(s)}
    at = given.get("SCALE")
    if at is None:
        if scale == 1:
            return text
        line = given["CLASSES"].end_lineno
        assert line is not None
        below = edits.starts[line]
        edits.replace(below, below, f"SCALE = {scale}{edits.newline}")
        return edits.result()
    assert isinstance(at, ast.Assign | ast.AnnAssign)
    if at.value is None or not isinstance(at.value, ast.Constant):
        raise CannotRewrite("SCALE is not written as a number")
    if at.value.value != scale:
        edits.replace(*edits.span(at.value), str(scale))
    return edits.result()
