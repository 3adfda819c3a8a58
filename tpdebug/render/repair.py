"""A repair in a terminal: what changes, what that does, and what cannot be mended."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from tpdebug.errors import counted
from tpdebug.findings import Accuracy, Change, Collision, Effect, Repair, Scores, Wrong
from tpdebug.program import Program
from tpdebug.render.alterations import change, content, rule_view
from tpdebug.render.localization import effect_view
from tpdebug.render.numbers import points
from tpdebug.render.verification import notes_view
from tpdebug.render.ways_back import short_place, show_value
from tpdebug.render.words import show_input, show_word

MOST_PAIRS = 2
MOST_LINES = 200
"""Of a longer patch only so many lines are shown."""


@dataclass(frozen=True)
class Written:
    """What became of a repair.

    Attributes:
        patch: the unified diff; empty if there is none, or if the file is new.
        accuracy: of the program that was read back from the changed text.
        executed: on how many inputs it was executed.
        files: the files that change.
        done: whether they were written.
        saved: where the patch is.
        anew: why the program was written anew, and not changed in place.
        problem: why it cannot be changed in place.
    """

    patch: str = ""
    accuracy: Accuracy | None = None
    executed: int | None = None
    files: tuple[str, ...] = ()
    done: bool = False
    saved: str | None = None
    anew: str | None = None
    problem: str | None = None


def repair_view(
    name: str,
    program: Program,
    found: Repair,
    written: Written,
    notes: Sequence[str] = (),
) -> RenderableType:
    """What was found, before the patch."""
    return Group(*_parts(name, program, found, written, notes))


def _parts(
    name: str,
    program: Program,
    found: Repair,
    written: Written,
    notes: Sequence[str],
) -> Iterator[RenderableType]:
    yield _headline(name, found)
    yield from notes_view(notes)
    if not found.wrong:
        return
    yield ""
    yield _summary(found)
    for each in found.changes:
        yield ""
        yield from _change(program, each)
    yield from _limits(program, found)
    yield from _unknown(found)
    yield from _checked(found, written)
    if written.patch:
        yield ""


def _headline(name: str, found: Repair) -> Text:
    kind = found.evidence.kind
    basis = "proved" if kind == "proved" else found.evidence.sentence
    start = ((name, "bold"), f" as {found.oracle}: ")
    inputs = f"{found.evidence.inputs:,}"
    if not found.wrong:
        says = (f"all {found.answers:,} answers right", "bold green")
        where = f", on {inputs} inputs ({basis}). Nothing to repair."
        return Text.assemble(*start, says, where)
    says = (f"{found.wrong:,} of {found.answers:,} answers wrong", "bold red")
    where = f", on {found.failing:,} of {inputs} inputs ({basis})."
    return Text.assemble(*start, says, where)


def _limits(program: Program, found: Repair) -> Iterator[RenderableType]:
    """Why scores alone cannot mend everything."""
    if not found.least:
        return
    yield ""
    answers = counted(found.least, "answer")
    says = f"Other scores alone cannot do it: at least {answers} would stay wrong."
    if not found.collisions:
        yield Text(says)
    else:
        yield Text(
            f"{says} The read-out sees the same, where different answers are right:"
        )
        for pair in found.collisions[:MOST_PAIRS]:
            yield Padding(Text(_pair(program, pair)), (0, 0, 0, 2))
    if found.contradiction:
        yield Text(
            "No scores meet all of these; in the sum they ask nothing of any score:"
        )
        for each in found.contradiction:
            times = f"{each.times} times: " if each.times > 1 else ""
            says = f"{times}{_place(program, each.answer)}: "
            says += f"{show_word(each.answer.expected)} before {show_word(each.rival)}"
            yield Padding(Text(says), (0, 0, 0, 2))


def _unknown(found: Repair) -> Iterator[RenderableType]:
    """What is not known where very many answers are wrong."""
    parts = []
    if found.stepwise:
        parts.append("scores were changed one at a time, the best one first")
    if found.screened is not None:
        sample = found.screened
        parts.append(
            f"rules were tried on {sample.inputs:,} inputs (drawn with seed "
            f"{sample.seed}), and on all where that was promising"
        )
    if parts:
        yield ""
        yield Text(
            f"With so many wrong answers not everything was tried: {'; '.join(parts)}. "
            "Whether other changes mend more, or fewer as much, is not known."
        )


def _pair(program: Program, pair: Collision) -> str:
    """Two answers that collide, and whether anything tells them apart."""
    sides = " and ".join(
        f"{_place(program, side)} ({show_word(side.expected)})"
        for side in (pair.first, pair.second)
    )
    if program.classifier.pooled:
        return f"{sides}."
    if not pair.unscored:
        return f"{sides}: every variable has the same value there."
    return f"{sides}: {', '.join(pair.unscored)} differ, but have no scores."


def _place(program: Program, answer: Wrong) -> str:
    at = "" if program.classifier.pooled else f" at letter {answer.place + 1}"
    return f"{show_input(answer.input)}{at}"


def _summary(found: Repair) -> Text:
    if not found.changes:
        return Text("No repair was found.", "bold")
    rows = len(found.rows)
    rules = len(found.changes) - rows
    parts = [counted(rules, "rule")] if rules else []
    parts += [counted(rows, "score row")] if rows else []
    effect = effect_view(Effect(found.fixes, found.breaks), found.wrong)
    says = f"Changing {' and '.join(parts)}"
    known = ""
    if found.fewest and len(found.changes) > 1:
        known = " No fewer score rows can."
        if found.left or found.breaks:  # other answers, no fewer, may take fewer rows
            known = " No fewer score rows mend these answers."
    return Text.assemble(f"{says}: ", (effect, "bold green"), known)


def _change(program: Program, each: Change) -> Iterator[RenderableType]:
    where = short_place(each.where) if each.where else ""
    yield Text.assemble(
        "  ", (rule_view(program, each.rule), "bold"), (f"  {where}", "dim")
    )
    rows: list[Text] = []
    if isinstance(each.now, Scores) and isinstance(each.to, Scores):
        rows += _scores(program, each.now, each.to)
    else:
        rows.append(Text(f"It {content(program, each.now)}."))
        does = change(program, each.now, each.to)
        rows.append(Text(f"Now it {does}.", "green"))
    yield Padding(Group(*rows), (0, 0, 0, 5))


def _scores(program: Program, now: Scores, to: Scores) -> Iterator[Text]:
    scale = program.classifier.scale
    parts = [
        f"{points(new, scale)} instead of {points(old, scale)} to {show_value(label)}"
        for label, old, new in zip(
            program.classifier.classes, now.scores, to.scores, strict=True
        )
        if old != new
    ]
    yield Text(f"Now it adds {', '.join(parts)}.", "green")


def _checked(found: Repair, written: Written) -> Iterator[RenderableType]:
    """What the patched text was found to do."""
    if written.accuracy is not None:
        yield ""
        says = written.accuracy.sentence
        yield Text(f"Read back from the changed text: {says[0].lower()}{says[1:]}")
    if written.executed is not None:
        yield Text(f"Executed: it answers the same on {written.executed:,} inputs.")
    if written.problem is not None:
        yield ""
        yield Text(f"It cannot be changed in place, {written.problem}.")


def patch_lines(written: Written) -> Iterator[tuple[str, str | None]]:
    """The lines of the patch, and their colours."""
    lines = written.patch.split("\n")[:-1]
    for line in lines[:MOST_LINES]:
        colour = {"+": "green", "-": "red", "@": "cyan"}.get(line[:1])
        yield line.rstrip("\r"), colour
    if len(lines) > MOST_LINES:
        yield f"... and {len(lines) - MOST_LINES:,} more lines (--patch FILE)", None


def written_view(name: str, written: Written) -> RenderableType | None:
    """What was written, or how to write it."""
    rows = []
    if written.saved is not None:
        rows.append(f"Wrote {written.saved}.")
    if written.done:
        how = ""
        if written.anew is not None:
            how = f" It is written anew: {written.anew}."
        rows.append(f"Wrote {' and '.join(written.files)}.{how}")
        if written.saved is not None and written.anew is None:
            undo = f"tpdebug repair {name} --undo {written.saved}"
            rows[-1] += f" To take it back: {undo}"
    elif written.files:
        rows.append(
            f"{' and '.join(written.files)} not changed: --apply does that, "
            "-o FILE writes another one."
        )
    elif written.problem is not None:
        rows.append("-o FILE writes the repaired program anew.")
    if not rows:
        return None
    return Group("", *map(Text, rows))
