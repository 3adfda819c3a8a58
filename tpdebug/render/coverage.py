"""Coverage of rules in a terminal, in the way of `coverage report`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from tpdebug.errors import counted
from tpdebug.findings import Coverage, NodeUse, RuleUse, Share, percent
from tpdebug.nodes import Key
from tpdebug.render.verification import indent, notes_view
from tpdebug.render.ways_back import show_value
from tpdebug.render.words import MOST_LINES, show_letters, terminal_width

MOST_VALUES = 6
"""How many missing rules of a node are named in the table; `--missing` lists more."""

MOST_LISTED = 40
MOST_CONTEXTS = 20


def coverage_view(
    name: str, found: Coverage, notes: Sequence[str], *, missing: bool, contexts: bool
) -> RenderableType:
    """Everything that `tpdebug coverage` prints, but for the annotated source.

    Args:
        name: the file.
        found: what was found.
        notes: what was inferred about the file.
        missing: list what is missing, with an input that exercises each.
        contexts: list the tests, or groups of inputs.
    """
    sections = [
        [*_headline(name, found), *notes_view(notes)],
        [_table(found), *_other_file(name, found)],
    ]
    if contexts and found.contexts:
        sections.append([_contexts(found)])
    if missing:
        sections += _missing(found)
    if found.suggestions:
        sections.append(list(_suggestions(found)))
    views: list[RenderableType] = []
    for section in sections:
        views += ["", *section] if views else section
    return Group(*views)


def _headline(name: str, found: Coverage) -> Iterator[RenderableType]:
    rules, proved = found.rules, found.reach.kind == "proved"
    which = "reachable rules" if proved and rules.unreachable else "rules"
    says = f"{rules.exercised:,} of {rules.reachable:,} {which} exercised"
    by = counted(found.inputs, "input")
    yield Text.assemble(
        (name, "bold"),
        ": ",
        (f"{says}, {percent(rules.share)}", _style(rules)),
        f", by {by}.",
    )
    basis = found.reach.sentence
    if proved and not rules.unreachable:
        yield indent(Text(f"Every rule can be exercised ({basis})."))
    elif proved:
        verb = "is" if rules.unreachable == 1 else "are"
        many = f"{rules.unreachable:,} of {counted(rules.total, 'rule')} {verb}"
        yield indent(Text(f"{many} exercised by no input ({basis})."))
    else:
        unseen = [u for u in found.with_status("missing") if u.witness is None]
        what = f"; {counted(len(unseen), 'missing rule')} not seen there either"
        says = f"Too many inputs to look at all: {basis}{what if unseen else ''}."
        yield indent(Text(says))
    pairs = found.pairs
    if pairs is None:
        yield indent(Text("Pairs of rules: too many to be looked at."))
    elif pairs.total:
        known = "reachable" if proved else "seen"
        says = f"{pairs.exercised:,} of {pairs.reachable:,} {known} ones exercised"
        yield indent(Text(f"Pairs of rules: {says}, {percent(pairs.share)}."))


def _style(count: Share) -> str:
    return "bold red" if count.missing else "bold green"


def _table(found: Coverage) -> RenderableType:
    """A row for each node, and all together."""
    proved = found.reach.kind == "proved"
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("name", no_wrap=True)
    for heading in ("rules", *(["never"] if proved else []), "missing", "cover"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("line: missing", overflow="fold")
    for node in found.nodes:
        name = f"scores of {node.name}" if node.kind == "scores" else node.name
        table.add_row(name, *_counts(node.count, proved), Text(_values(node), "dim"))
    table.add_row("all", *_counts(found.rules, proved), "", style="bold")
    return indent(table)


def _other_file(name: str, found: Coverage) -> Iterator[RenderableType]:
    """Say where score rows stand, if it is not in the file itself."""
    places = {u.where.rpartition(":")[0] for u in found.uses if u.where is not None}
    for other in sorted(Path(place).name for place in places if place != name):
        yield indent(Text(f"Lines of scores are those of {other}.", "dim"))


def _counts(count: Share, proved: bool) -> list[str | Text]:
    never = [f"{count.unreachable:,}"] if proved else []
    missing = Text(f"{count.missing:,}", "red" if count.missing else "")
    cover = percent(count.share) if count.reachable else "-"
    return [f"{count.total:,}", *never, missing, cover]


def _values(node: NodeUse) -> str:
    """The missing rules by line, as `12: 3 4, 15: 7`."""
    uses = [use for use in node.rules if use.status == "missing"]
    uses.sort(key=lambda use: use.line or 0)
    shown, more = uses[:MOST_VALUES], len(uses) - MOST_VALUES
    parts = []
    for line, group in groupby(shown, key=lambda use: use.line):
        keys = " ".join(show_key(use.rule.key) for use in group)
        parts.append(f"{line or '-'}: {keys}".rstrip(": "))
    return ", ".join(parts) + (f" and {more:,} more" if more > 0 else "")


def show_key(key: Key) -> str:
    """The values that a rule is for.

    >>> show_key(("a",)), show_key((1, "b"))
    ('"a"', '(1, "b")')
    """
    words = ", ".join(show_value(value) for value in key)
    return words if len(key) < 2 else f"({words})"


def _contexts(found: Coverage) -> RenderableType:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("context", overflow="fold")
    for heading in ("inputs", "rules", "only here"):
        table.add_column(heading, justify="right", no_wrap=True)
    room = MOST_LINES * (terminal_width() - 30)
    for one in found.contexts[:MOST_CONTEXTS]:
        name = show_letters(one.name.split(" "), room)
        table.add_row(name, f"{one.inputs:,}", f"{one.rules:,}", f"{one.only:,}")
    more = len(found.contexts) - MOST_CONTEXTS
    if more > 0:
        table.add_row(f"and {more:,} more (--format json lists all)", style="dim")
    return indent(table)


def _missing(found: Coverage) -> Iterator[list[RenderableType]]:
    """What is missing, and an input for each; what can never be exercised."""
    missing, never = found.with_status("missing"), found.with_status("unreachable")
    proved = found.reach.kind == "proved"
    if missing:
        says = "the smallest input that exercises" if proved else "an input for"
        yield [Text(f"Missing rules, and {says} each:"), _listed(missing, True)]
    if never:
        heading = f"Never exercised, by no input ({found.reach.sentence}):"
        yield [Text(heading), _listed(never, False)]
    edges = [edge for edge in found.edges or () if edge.count.missing]
    if edges:
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
        for heading in ("from", "to", "as", "pairs", "missing", "cover"):
            right = heading in ("pairs", "missing", "cover")
            justify = "right" if right else "left"
            table.add_column(heading, justify=justify, no_wrap=True)  # type: ignore[arg-type]
        for edge in edges:
            to = "the answer" if edge.role == "score" else edge.consumer
            row = [edge.producer, to, edge.role, f"{edge.count.total:,}"]
            row += [f"{edge.count.missing:,}", percent(edge.count.share)]
            table.add_row(*row)
        yield [Text("Pairs of rules that are missing:"), indent(table)]


def _listed(uses: Sequence[RuleUse], witness: bool) -> RenderableType:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=False)
    table.add_column(justify="right", style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    table.add_column(overflow="fold")
    for use in uses[:MOST_LISTED]:
        room = MOST_LINES * terminal_width() // 2
        example = "" if use.witness is None else show_letters(use.witness, room)
        if witness and use.witness is None:
            example = "(none is known)"
        line = "" if use.line is None else str(use.line)
        table.add_row(line, _rule(use), example)
    more = len(uses) - MOST_LISTED
    if more > 0:
        table.add_row("", Text(f"and {more:,} more (--format json lists all)", "dim"))
    return indent(table)


def _rule(use: RuleUse) -> str:
    key = ", ".join(show_value(value) for value in use.rule.key)
    name = f"scores of {use.rule.node}" if use.rule.kind == "score" else use.rule.node
    return f"{name}[{key}]" if key else name


def _suggestions(found: Coverage) -> Iterator[RenderableType]:
    count, rules = len(found.suggestions), found.rules
    these = "This input" if count == 1 else f"These {count} inputs"
    last = found.suggestions[-1]
    says = f"{percent(replace(rules, exercised=last.exercised).share)} of rules"
    if found.pairs is not None and found.pairs.total:
        more = found.pairs.exercised + sum(one.pairs for one in found.suggestions)
        says += f", {percent(replace(found.pairs, exercised=more).share)} of pairs"
    yield Text(f"{these} would raise it to {says}:")
    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0))
    table.add_column("input")
    table.add_column("adds", no_wrap=True)
    for one in found.suggestions:
        adds = f"+{counted(one.rules, 'rule')}, +{counted(one.pairs, 'pair')}"
        room = MOST_LINES * (terminal_width() - len(adds) - 8)
        table.add_row(show_letters(one.input, room), adds)
    yield indent(table)
