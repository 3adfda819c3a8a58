"""Circuits in a terminal: what is enough for an answer, how often, and what is near."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from tpdebug.errors import counted
from tpdebug.findings import (
    Circuit,
    ClassCircuit,
    Recurring,
    StaticSlice,
    percent,
)
from tpdebug.nodes import Rule
from tpdebug.program import Program
from tpdebug.render.enough import certain, certificate, enough, trees
from tpdebug.render.ways_back import short_place, show_place, show_value
from tpdebug.render.words import show_input, show_word

MOST_CIRCUITS, MOST_NODES, MOST_RULES = 8, 20, 12


def circuit_view(program: Program, name: str, found: Circuit) -> RenderableType:
    """Everything that `tpdebug slice --input` prints."""
    answer = show_word(found.chosen.answer)
    return Group(
        heading(program, name),
        "",
        Text.assemble(_where(found), "the answer is ", (answer, "bold"), "."),
        Text(enough(found)),
        "",
        *((Padding(_kept(found), (0, 0, 0, 2)), "") if found.kept else ()),
        Text(certificate(found)),
        *map(Text, certain(found)),
        *trees(program, found),
    )


def heading(program: Program, name: str) -> Text:
    """The file, and its task."""
    return Text.assemble((name, "bold"), f" ({program.task})" if program.task else "")


def _where(found: Circuit) -> str:
    of = f"of {show_input(found.letters)} "
    position = found.chosen.position
    return f"Of {of[3:]}" if position is None else f"At position {position} {of}"


def _kept(found: Circuit) -> Table:
    """The values that are enough."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for column in ("variable", "value", "scores at"):
        table.add_column(column, no_wrap=True)
    for value in found.kept:
        name = show_place(value.place, found.chosen.position)
        table.add_row(name, show_value(value.value), short_place(value.where) or "-")
    return table


def class_view(program: Program, name: str, found: ClassCircuit) -> RenderableType:
    """Everything that `tpdebug slice --output` prints."""
    how = f"all of the {found.tokens:,}"
    if found.seed is not None:
        how = f"{found.looked:,} of the {found.tokens:,} (drawn with seed {found.seed})"
    answers = Text.assemble("Answer ", (show_word(found.answer), "bold"))
    proved = found.evidence.kind == "proved"
    on = "" if proved else " on the inputs looked at"
    answers.append(f": what is enough for it, for {how} times that it is given{on}.")
    parts: list[RenderableType] = [heading(program, name), "", answers]
    parts += ["", _recurring(found), "", _nodes(program, found), "", _rules(found)]
    all_of = "every input" if proved else "every input looked at"
    parts += ["", Text(f"Enough on {all_of}: {found.evidence.sentence}.")]
    parts += [Text(f"By the values that occur there, {_static(found.static)}")]
    return Group(*parts)


def _static(found: StaticSlice) -> str:
    """What could have an influence, by values that occur."""
    scored, nodes, rules = found.among
    return (
        f"{len(found.scored)} of {counted(scored, 'scored variable')}, "
        f"{len(found.nodes)} of {nodes} heads and tables "
        f"and {len(found.rules):,} of {counted(rules, 'rule')} can influence it at all."
    )


def static_view(program: Program, name: str, found: StaticSlice) -> RenderableType:
    """What can influence an answer, whatever the input."""
    at = "anywhere" if found.position is None else f"at position {found.position}"
    of = "" if found.answer is None else f" {show_word(found.answer)}"
    table = plain_table(("", False), ("", False))
    table.show_header = False
    table.add_row("scored", ", ".join(found.scored) or "none")
    table.add_row("computed by", ", ".join(found.nodes) or "none")
    return Group(
        heading(program, name),
        "",
        Text(f"The answer{of} {at}: {_static(found)}"),
        "",
        Padding(table, (0, 0, 0, 2)),
        "",
        Text(f"By the values that occur: {found.evidence.sentence}."),
    )


def plain_table(*columns: tuple[str, bool]) -> Table:
    """A table without lines; each column has a heading, and may be set right."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for column, right in columns:
        table.add_column(column, justify="right" if right else "left")
    return table


def _recurring(found: ClassCircuit) -> RenderableType:
    table = plain_table(("share", True), ("values of", False), ("for example", False))
    for each in found.circuits[:MOST_CIRCUITS]:
        table.add_row(
            percent(each.tokens / found.looked), _names(each.variables), _example(each)
        )
    rest = found.circuits[MOST_CIRCUITS:]
    if rest:
        share = percent(sum(each.tokens for each in rest) / found.looked)
        table.add_row(share, counted(len(rest), "other circuit"), "")
    return _section("Circuits", table)


def _names(names: Sequence[str]) -> str:
    return ", ".join(names) or "nothing (it is always the answer there)"


def _example(each: Recurring) -> str:
    letters, position = each.example
    at = "" if position is None else f" at {position}"
    return f"{show_input(letters)}{at}"


def _nodes(program: Program, found: ClassCircuit) -> RenderableType:
    total = len(program.nodes)
    table = plain_table(("share", True), ("head or table", False))
    for name, tokens in found.nodes[:MOST_NODES]:
        table.add_row(percent(tokens / found.looked), name)
    more = len(found.nodes) - MOST_NODES
    if more > 0:
        table.add_row("", f"{more} more")
    title = f"{len(found.nodes)} of {total} heads and tables"
    return _section(title, table)


def _rules(found: ClassCircuit) -> RenderableType:
    table = plain_table(("share", True), ("rule", False), ("at", False))
    for rule, where, tokens in found.rules[:MOST_RULES]:
        share = percent(tokens / found.looked)
        table.add_row(share, _rule(rule), short_place(where) or "-")
    more = len(found.rules) - MOST_RULES
    if more > 0:
        table.add_row("", f"{more} more", "")
    return _section(counted(len(found.rules), "rule"), table)


def _section(title: str, table: Table) -> RenderableType:
    return Group(Text(title, style="bold"), Padding(table, (0, 0, 0, 2)))


def _rule(rule: Rule) -> str:
    return f"{rule.node}: {', '.join(map(show_value, rule.key))}"
