"""Rules at fault in a terminal: where they stand, and what altering them does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from tpdebug.errors import counted
from tpdebug.findings import Effect, Evidence, Localization, Suspect
from tpdebug.program import Program
from tpdebug.render.alterations import change, content, rule_view
from tpdebug.render.verification import notes_view
from tpdebug.render.ways_back import short_place
from tpdebug.render.words import show_input, show_word

MOST_SHOWN = 5
INTERVENTIONAL = "interventional"
Lines = Mapping[str, str]
"""The line of the file at a `file:line`."""


def localization_view(
    name: str,
    program: Program,
    found: Localization,
    notes: Sequence[str] = (),
    lines: Lines | None = None,
    most: int = MOST_SHOWN,
) -> RenderableType:
    """Everything that `tpdebug localize` prints."""
    return Group(*_parts(name, program, found, notes, lines or {}, most))


def _parts(
    name: str,
    program: Program,
    found: Localization,
    notes: Sequence[str],
    lines: Lines,
    most: int,
) -> Iterator[RenderableType]:
    yield _headline(name, found)
    yield from notes_view(notes)
    if not found.suspects:
        return
    shown = _shown(found, most)
    yield ""
    yield Text(_summary(found, len(shown)))
    for suspect in shown:
        yield ""
        yield from _suspect(program, found, suspect, lines)
    rest = found.suspects[len(shown) :]
    if rest:
        yield ""
        yield Text(_rest(found, rest), "dim")


def _headline(name: str, found: Localization) -> Text:
    kind = found.evidence.kind
    # How many there are is said before.
    basis = kind if kind in ("proved", "listed") else found.evidence.sentence
    start = ((name, "bold"), f" as {found.oracle}: ")
    inputs = counted(found.evidence.inputs, "input")
    if not found.wrong:
        says = (f"all {found.answers:,} answers right", "bold green")
        return Text.assemble(*start, says, f", on {inputs} ({basis}).")
    says = (f"{found.wrong:,} of {found.answers:,} answers wrong", "bold red")
    where = f", on {found.failing:,} of {inputs} ({basis})."
    return Text.assemble(*start, says, where)


def _shown(found: Localization, most: int) -> tuple[Suspect, ...]:
    """The first; of those that are altered only such that help, if there are any."""
    helping = sum(suspect.helps for suspect in found.suspects)
    return found.suspects[: min(most, helping) if helping else most]


def _summary(found: Localization, shown: int) -> str:
    verb = "depend" if found.wrong > 1 else "depends"
    answers = counted(found.wrong, "wrong answer")
    says = f"The {answers} {verb} on {len(found.suspects):,} of {found.rules:,} rules"
    if found.formula != INTERVENTIONAL:
        return f"{says}; the most suspicious by {found.formula}:"
    helping = sum(suspect.helps for suspect in found.suspects)
    altered = sum(suspect.effect is not None for suspect in found.suspects)
    if found.screened is not None:
        says += f". {_screened(found.screened, altered)}"
        says = says.removesuffix(".")
    elif altered < len(found.suspects):
        verb = "was" if altered == 1 else "were"
        says += f", of which the {altered} most suspicious {verb} altered"
    if not helping:
        return (
            f"{says}. No change of one rule that was tried helps; the most suspicious:"
        )
    if helping == 1:
        return f"{says}. Changing one of them helps:"
    which = f"the best {shown}" if shown < helping else "the best first"
    return f"{says}. Changing any one of {helping} helps, {which}:"


def _screened(sample: Evidence, altered: int) -> str:
    """Why not every rule was altered on all inputs."""
    rules = counted(altered, "rule")
    return (
        "That is too much to count every change on all inputs: cases and entries were "
        f"tried on {sample.inputs:,} inputs (drawn with seed {sample.seed}). Score "
        f"rows and what helped most there, {rules}, were changed on all."
    )


def _suspect(
    program: Program, found: Localization, suspect: Suspect, lines: Lines
) -> Iterator[RenderableType]:
    first, last = suspect.first, suspect.last
    rank = f"{first}" if first == last else f"{first}-{last}"
    where = short_place(suspect.where) if suspect.where else ""
    title = Text.assemble(
        (f"{rank:>3}  ", "dim"),
        (rule_view(program, suspect.rule), "bold"),
        (f"  {where}", "dim"),
    )
    yield title
    rows: list[Text] = []
    text = lines.get(suspect.where or "")
    if text:
        number = (suspect.where or "").rpartition(":")[2]
        line = Text.assemble((f"{number} | ", "dim"), text)
        line.no_wrap, line.overflow = True, "ellipsis"
        rows.append(line)
    rows.append(Text(f"It {content(program, suspect.now)}."))
    rows += list(_judgement(program, found, suspect))
    example = suspect.example
    at = "" if program.classifier.pooled else f" at letter {example.place + 1}"
    says = f"For example {show_input(example.input)}{at}: "
    says += f"{show_word(example.answer)}, expected {show_word(example.expected)}."
    rows.append(Text(says, "dim"))
    yield Padding(Group(*rows), (0, 0, 0, 5))


def _judgement(
    program: Program, found: Localization, suspect: Suspect
) -> Iterator[Text]:
    """What altering it does, or how often it is behind wrong answers."""
    if suspect.helps and suspect.best is not None and suspect.effect is not None:
        does = change(program, suspect.now, suspect.best)
        effect = effect_view(suspect.effect, found.wrong)
        yield Text.assemble((f"If it {does}: ", "green"), (effect, "bold green"))
        return
    counts = suspect.counts
    says = f"{counts.failed:,} of {counted(found.wrong, 'wrong answer')} "
    says += f"{'depends' if counts.failed == 1 else 'depend'} on it, "
    says += f"and {counts.passed:,} of {found.answers - found.wrong:,} right ones"
    if found.formula in suspect.scores:
        says += f": {found.formula} {suspect.scores[found.formula]:.4g}"
    yield Text(f"{says}.")


def effect_view(effect: Effect, wrong: int) -> str:
    """What a change does to the wrong answers, in words.

    >>> effect_view(Effect(9, 0), 9), effect_view(Effect(7, 2), 9)
    ('fixes all 9, breaks none.', 'fixes 7 of 9, breaks 2.')
    """
    some = f"{effect.fixes:,} of {wrong:,}"
    fixes = f"all {wrong:,}" if effect.fixes == wrong > 1 else some
    breaks = f"{effect.breaks:,}" if effect.breaks else "none"
    return f"fixes {fixes}, breaks {breaks}."


def _rest(found: Localization, rest: Sequence[Suspect]) -> str:
    if found.formula != INTERVENTIONAL:
        return f"{counted(len(rest), 'rule')} more (--show {len(found.suspects)})."
    helping = sum(suspect.helps for suspect in rest)
    untried = sum(suspect.effect is None for suspect in rest)
    others = len(rest) - helping - untried
    listed = [f"{helping:,} more would help"] if helping else []
    none = f"of {counted(others, 'other')} no change that was tried helps"
    listed += [none] if others else []
    sampled = found.screened is not None
    why = "were changed in the sample only" if sampled else "were not changed (--alter)"
    listed += [f"{untried:,} {why}"] if untried else []
    says = "; ".join(listed)
    return f"{says[0].upper()}{says[1:]} (--format json lists all)."
