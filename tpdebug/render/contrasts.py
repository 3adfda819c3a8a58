"""Why not another answer, in a terminal: other values, other rules, other inputs."""

from __future__ import annotations

from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from tpdebug.errors import counted
from tpdebug.findings import Contrast, Nearest, RuleContrast
from tpdebug.program import Program
from tpdebug.render.alterations import change, content, rule_view
from tpdebug.render.circuits import plain_table
from tpdebug.render.sequences import Words
from tpdebug.render.ways_back import short_place, show_place, show_value
from tpdebug.render.words import MOST_LINES, kept, show_word, terminal_width

MOST_NEAR, MOST_CHANGES = 10, 5


def nearest_view(found: Nearest) -> RenderableType:
    """The nearest inputs with another answer."""
    wanted = "another answer" if found.wanted is None else show_word(found.wanted)
    letters = "letter" if found.changed == 1 else "letters"
    within = f"{found.changed} {letters}"
    if not found.found:
        return Text(f"No input that differs in {within} or fewer gets {wanted} there.")
    are = "input differs" if len(found.found) == 1 else "inputs differ"
    room = MOST_LINES * terminal_width() - 20
    lines = [
        Text(f"{len(found.found):,} {are} in {within} and get {wanted}; none less:")
    ]
    for letters_, answer in found.found[:MOST_NEAR]:
        both = enumerate(zip(found.letters, letters_, strict=True))
        marked = [i for i, (before, after) in both if before != after]
        widths = [cell_len(show_word(letter)) for letter in letters_]
        shown = kept(widths, room, marked)
        line = Words(letters_, marked).columns(shown, widths)
        lines.append(Text.assemble("  ", line, f"   {show_word(answer)}"))
    more = len(found.found) - MOST_NEAR
    if more > 0:
        lines.append(Text(f"  and {more:,} more"))
    return Group(*lines)


def contrast_view(found: Contrast) -> RenderableType:
    """What the read-out would have to see for another answer."""
    wanted = show_word(found.wanted)
    seen = "of those that the read-out sees on some input"
    if not found.ways:
        if not found.least:
            return Text(f"No other values {seen} give {wanted}.")
        return Text(f"It takes at least {found.least} other values; none were found.")
    first = found.ways[0]
    table = plain_table(("variable", False), ("value", False), (f"for {wanted}", False))
    shown = [way[0] for way in found.ways[:MOST_NEAR]] if len(first) == 1 else first
    for each in shown:
        name = show_place(each.place, found.position)
        table.add_row(name, show_value(each.before), show_value(each.after))
    more = len(found.ways) - len(shown)
    if len(first) == 1 and more > 0:
        table.add_row("", "", f"{more} more")
    if len(first) > 1:
        fewer = "fewer do not" if found.fewest else f"it takes {found.least} at least"
        says = f"With these {len(first)} values the answer is {wanted}; {fewer}."
    elif len(found.ways) == 1:
        says = f"With one other value the answer is {wanted}."
    else:
        says = f"With one other value the answer is {wanted}; any of these does it."
    return Group(Text(says), Padding(table, (0, 0, 0, 2)))


def rules_view(program: Program, found: RuleContrast) -> RenderableType:
    """The rules that could be changed to get another answer."""
    wanted = show_word(found.wanted)
    tried = f"{counted(found.tried, 'rule')} that the answer depends on"
    if not found.changes:
        return Text(f"No change that was tried, of one of {tried}, gives {wanted}.")
    lines: list[RenderableType] = [
        Text(
            f"By a change of one rule alone, of {tried}, "
            f"{len(found.changes)} can give {wanted}. With the fewest others of "
            f"{found.answers:,} answers changed ({found.evidence.sentence}):"
        )
    ]
    for each in found.changes[:MOST_CHANGES]:
        where = f"  [{short_place(each.where)}]" if each.where else ""
        to = change(program, each.now, each.to)
        if_so = f"If it {to}: {counted(each.others, 'other answer')} changed."
        if each.rule.kind != "score":  # there the change says what it is, too
            if_so = f"It {content(program, each.now)}. {if_so}"
        name = Text(rule_view(program, each.rule), style="bold")
        lines += [Text(""), Padding(name.append(where, "not bold dim"), (0, 0, 0, 2))]
        lines += [Padding(Text(if_so), (0, 0, 0, 4))]
    more = len(found.changes) - MOST_CHANGES
    if more > 0:
        lines += [Text(""), Text(f"  {more} more (--format json lists all)")]
    return Group(*lines)
