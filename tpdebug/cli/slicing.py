"""`tpdebug slice --input`: the circuit of one answer, and what else is asked of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tpdebug.cli.counting import counting_display
from tpdebug.cli.options import echo_json

if TYPE_CHECKING:
    from rich.console import RenderableType

    from analyzers.circuits import Survey
    from tpdebug.findings import Circuit
    from tpdebug.program import Program
    from tpdebug.read import Source

PICTURES = ("dot", "mermaid", "svg")


@dataclass(frozen=True)
class Asked:
    """What the user wants of one answer.

    Attributes:
        source, name: the program, and what it is called.
        letters, position: which answer.
        options: of `slice_answer`.
        wanted: another answer, or "any".
        network: whether to keep only the circuit in the network.
        target: where to write the circuit as a program.
        form: how to print it.
    """

    source: Source
    name: str
    letters: tuple[str, ...]
    position: int | None
    options: dict[str, Any]
    wanted: str | None
    network: bool
    target: Path | None
    form: str


@dataclass(frozen=True)
class Also:
    """What is said besides: a field of the JSON, or what a person sees."""

    key: str
    data: Any
    view: Callable[[], RenderableType]


def slice_one(asked: Asked) -> None:
    """Find the circuit of one answer and print it."""
    from analyzers.circuits import Survey, slice_answer

    subject, survey = asked.source.program, Survey(asked.source.program)
    found = slice_answer(
        subject,
        asked.letters,
        position=asked.position,
        source=asked.source.map,
        survey=survey,
        **asked.options,
    )
    also = [
        *_why_not(asked, found, survey),
        *_in_network(asked, found),
        *_written(asked, found),
    ]
    if asked.form in PICTURES:
        click.echo(picture(subject, found, asked.form), nl=False)
    elif asked.form == "json":
        from tpdebug.render.circuit_data import circuit_data

        data = circuit_data(asked.name, found, subject.classifier.scale)
        echo_json(data | {each.key: each.data for each in also})
    else:
        from tpdebug.render.circuits import circuit_view
        from tpdebug.render.terminal import show

        show(circuit_view(subject, asked.name, found))
        for each in also:
            show("", each.view(), sep="\n")


def _why_not(asked: Asked, found: Circuit, survey: Survey) -> Iterator[Also]:
    """What it would take to get another answer."""
    if asked.wanted is None:
        return
    from analyzers.circuits.contrast import contrast
    from analyzers.circuits.nearest import nearest
    from analyzers.circuits.rules import rule_changes
    from tpdebug.render.circuit_data import contrast_data, nearest_data, rules_data
    from tpdebug.render.contrasts import contrast_view, nearest_view, rules_view

    program, position = asked.source.program, found.chosen.position
    wanted = None if asked.wanted == "any" else asked.wanted
    other = contrast(program, found.letters, position, wanted, survey=survey)
    yield Also("contrast", contrast_data(other), lambda: contrast_view(other))
    source = asked.source.map
    with counting_display("changing rules", "rules") as progress:
        rules = rule_changes(
            *(program, found.letters, position, other.wanted),
            source=source,
            progress=progress,
        )
    yield Also("rules", rules_data(rules), lambda: rules_view(program, rules))
    place = 0 if position is None else position - program.domain.offset
    near = nearest(program, found.letters, place, wanted)
    yield Also("nearest", nearest_data(near), lambda: nearest_view(near))


def _in_network(asked: Asked, found: Circuit) -> Iterator[Also]:
    """The same circuit in the network, all other scores at their mean."""
    if not asked.network:
        return
    from tpdebug.cli.training import require_torch

    require_torch(what="--network")
    from rich.text import Text

    from tpdebug.render.circuit_data import ablation_data
    from tpdebug.render.enough import in_network
    from trainers.ablation import Ablator

    ablator, at = Ablator(asked.source.program), found.chosen.position
    alone, proved = (
        ablator.answer(found.letters, at, [value.place for value in values])
        for values in (found.kept, found.certain)
    )
    data = {"circuit": ablation_data(alone), "by_scores": ablation_data(proved)}
    text = " ".join(in_network(found, alone, proved))
    yield Also("network", data, lambda: Text(text))


def _written(asked: Asked, found: Circuit) -> Iterator[Also]:
    """The circuit as a program."""
    if asked.target is None:
        return
    from rich.text import Text

    from analyzers.circuits.saving import save_circuit

    command = _command(asked.name, found, asked.options, asked.target)
    path = Path(asked.name)
    saved = save_circuit(asked.source, path, found, asked.target, command)
    how = "the original, cut down"
    if saved.anew is not None:
        how = f"written anew, as {saved.anew}"
    answer, other = saved.program.classifier.classes
    where = f'answers "{other}" where the values are not seen'
    if not found.kept:
        where = f'always answers "{answer}"'
    says = f"Wrote {saved.path}: {how}. Read back it is the circuit; it {where}."
    data = {"path": str(saved.path), "anew": saved.anew}
    yield Also("written", data, lambda: Text(says))


def _command(
    program: str, found: Circuit, options: dict[str, Any], target: Path
) -> str:
    """The command that writes a circuit again, for its docstring."""
    import shlex

    from tpdebug import __version__

    words = ["tpdebug", "slice", Path(program).name, "--input", " ".join(found.letters)]
    if found.chosen.position is not None:
        words += ["--position", str(found.chosen.position)]
    words += [
        f"--{n.replace('_', '-')}" for n, value in options.items() if value is True
    ]
    return f"Made by: {shlex.join([*words, '-o', target.name])} (tpdebug {__version__})"


def picture(program: Program, found: Circuit, form: str) -> str:
    """Draw a circuit."""
    if form == "dot":
        from tpdebug.render.circuit_dot import circuit_dot

        return circuit_dot(program, found)
    if form == "mermaid":
        from tpdebug.render.circuit_mermaid import circuit_mermaid

        return circuit_mermaid(program, found)
    from tpdebug.render.circuit_svg import circuit_svg

    return circuit_svg(program, found)
