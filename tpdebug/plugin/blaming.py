"""What a failed test or check says: the smallest failing input, and the rules to blame.

It has to be quick. A program whose rules times inputs are few is looked at whole, and
each rule is changed for the better; else the failing inputs that are known and a
thousand others are, and only the rules that are most suspicious by Ochiai are changed.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from analyzers.falsify import PropertyCheck
from analyzers.localize import localize
from analyzers.spectra import Spectra
from tpdebug.cases import Cases
from tpdebug.domain import Domain
from tpdebug.errors import UserError, counted
from tpdebug.files import lines_at
from tpdebug.findings import Failure, Localization
from tpdebug.inputs import encode
from tpdebug.oracles import FunctionOracle
from tpdebug.render.failing import failure_lines, suspect_lines

if TYPE_CHECKING:
    from analyzers.falsify.checks import Check
    from tpdebug.cli.held import Held
    from tpdebug.plugin.watch import Known

Input = tuple[str, ...]

WHOLE = 1_000_000
"""At most so many rules times inputs are looked at whole."""

FAILING, OTHERS = 300, 1_000
"""Else so many failing inputs, and so many that are drawn; fewer if they are long."""

SHORT = 8
"""Inputs of at most so many letters are short."""

ALTERED = 10
"""And so many rules are altered."""

LARGE = 5_000
"""A program with more rules than this is ranked by Ochiai alone."""


@dataclass(frozen=True, slots=True)
class Blamed:
    """What a report says.

    Attributes:
        text: the section of the report.
        properties: the same for JUnit XML, as names and values.
        where: the file and line of the first suspicious rule, if there is one.
    """

    text: str
    properties: tuple[tuple[str, str], ...]
    where: tuple[str, int] | None


def blamed(
    held: Held,
    failing: Sequence[Input],
    *,
    suspects: int,
    root: Path,
    known: Known,
    heading: str | None = None,
) -> Blamed:
    """Say which input fails, and why that may be.

    Args:
        held: the program, and what it is held against.
        failing: inputs that are answered wrong, the smallest first.
        suspects: how many rules to name; 0: none are looked for.
        root: paths are written from here.
        known: what was found before, and where to keep what is found now.
        heading: what to say before the input; by default how many fail in this test.
    """
    failure = failure_of(held.check, failing[0])
    if heading is None:
        verb = "is" if len(failing) == 1 else "are"
        heading = f"{counted(len(failing), 'input')} of this test {verb} answered wrong"
        heading += ":" if len(failing) == 1 else ", the smallest:"
    lines = [heading, *(f"  {line}" for line in failure_lines(failure))]
    found: Localization | None = None
    code: dict[str, str] = {}
    if suspects and not isinstance(held.check, PropertyCheck):
        try:
            found = ranked(held, failing, known)
            code = lines_at(s.where for s in found.suspects[:suspects] if s.where)
        except UserError as error:
            lines.append(f"No rule is blamed: {error}")
    places, where = {}, None
    if found is not None and found.suspects:
        places = {place: _from(root, place) for place in code}
        lines.append("")
        lines += suspect_lines(held.check.program, found, places, code, suspects)
        first = next((s.where for s in found.suspects if s.where), None)
        if first is not None:
            path, _, line = first.rpartition(":")
            where = os.path.abspath(path), int(line)
    return Blamed("\n".join(lines), _properties(failure, found, places), where)


def failure_of(check: Check, letters: Input) -> Failure:
    """What is answered to an input, and what is right."""
    program = check.program
    judged = check.look(encode(program.domain, [letters]))
    labels = (*check.oracle.labels, None)  # -1, the last, is not scored
    return Failure(
        letters,
        tuple(labels[i] for i in judged.labels[0]),
        tuple(program.classifier.classes[i] for i in judged.answers[0]),
    )


def ranked(held: Held, failing: Sequence[Input], known: Known) -> Localization:
    """The rules that wrong answers depend on, in the time that a report may take.

    Args:
        held: the program, and what it is held against.
        failing: inputs that are answered wrong.
        known: what does not depend on these is kept here.

    Raises:
        UserError: the oracle fails.
    """
    check, program = held.check, held.check.program
    rules = len(Spectra(program).rules)
    whole = program.domain.count * rules <= WHOLE
    most_failing, most_others = fewer(program.domain, FAILING, OTHERS)
    oracle, cases = check.oracle, None
    if isinstance(oracle, Cases):
        first = set(failing[:most_failing])
        some = [case for case in oracle.cases if case[0] in first]
        others = [case for case in oracle.cases if case[0] not in first]
        oracle = Cases(oracle.domain, some + others[:most_others], pooled=oracle.pooled)
        whole = len(oracle.cases) * rules <= WHOLE
    elif not whole:
        drawn = _drawn(program.domain, most_others)
        cases = list(dict.fromkeys([*failing[:most_failing], *drawn]))
    own = held.check.oracle if isinstance(oracle, FunctionOracle) else None
    key = (held.source.map.path, check.name, program.domain, id(own))
    if whole and key in known:
        return known[key][1]
    found = localize(
        program,
        oracle,
        formula="interventional" if rules <= LARGE else "ochiai",
        name=check.name,
        most=WHOLE,
        cases=cases,
        alter=None if whole else ALTERED,
        source=held.source.map,
    )
    if whole:
        known[key] = held, found  # the first keeps the id its own
    return found


def fewer(domain: Domain, *counts: int) -> list[int]:
    """How many inputs to look at instead of some counts, if they may be long."""
    length = max(domain.lengths[1], SHORT)
    return [count * SHORT // length + 1 for count in counts]


def _drawn(domain: Domain, many: int) -> list[Input]:
    random = Random(0)
    return [domain.input(random.randrange(domain.count)) for _ in range(many)]


def _from(root: Path, place: str) -> str:
    """`file:line`, with the file as seen from a folder."""
    path, _, line = place.rpartition(":")
    return f"{os.path.relpath(os.path.realpath(path), os.path.realpath(root))}:{line}"


def _properties(
    failure: Failure, found: Localization | None, places: dict[str, str]
) -> tuple[tuple[str, str], ...]:
    right = ["-" if label is None else label for label in failure.expected]
    rows = [
        ("tpdebug_input", " ".join(failure.input)),
        ("tpdebug_answer", " ".join(failure.answers)),
        ("tpdebug_expected", " ".join(right)),
    ]
    if found is not None and found.suspects:
        first = found.suspects[0]
        place = places.get(first.where or "", "")
        rows.append(("tpdebug_suspect", f"{place} {first.rule}".strip()))
    return tuple(rows)
