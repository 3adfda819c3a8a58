"""A task of the paper as what is right for a program: at its size, on its inputs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tpdebug.domain import Domain, shorten, span
from tpdebug.errors import UserError
from tpdebug.program import Program
from tpdebug.read import Source
from tpdebug.restrict import inside, restrict
from trainers.tasks import Task, task_with


def for_task(
    sources: Sequence[Source], program: Program, name: str, given: tuple[bool, bool]
) -> tuple[Program, Task, tuple[str, ...]]:
    """A program on the inputs of a task of the paper, and the task at its size.

    Args:
        sources: the program as it was read, which says how large the task is, and one
            that it is compared with.
        program: the first on the inputs that were asked for.
        name: the task.
        given: whether the user gave lengths, and letters: these are kept, or refused.

    Returns:
        The program, the task, and what was left out.

    Raises:
        UserError: there is no such task, or it is not about these inputs.
    """
    whole, domain = sources[0].program.domain, program.domain
    found = task_with(name, whole.alphabet, whole.lengths[1])
    if program.classifier.pooled:
        raise UserError(
            f"{name} wants an answer for each letter; the program gives one"
        )
    task, lengths, notes = found.domain, domain.lengths, []
    guessed = any(source.published is not None for source in sources)
    if guessed and not given[0]:
        lengths = max(lengths[0], task.lengths[0]), min(lengths[1], task.lengths[1])
    if lengths != domain.lengths:
        if lengths[0] > lengths[1]:
            raise UserError(f"{name} has inputs of {span(task.lengths)}")
        notes.append(f"{name} has {span(task.lengths)}: other inputs are left out")
    letters = tuple(a for a in domain.alphabet if a in task.letter_index)
    if not letters:
        raise UserError(
            f"{name} has the letters {shorten(task.alphabet)}; the program has "
            f"{shorten(domain.alphabet)}"
        )
    others = [a for a in domain.alphabet if a not in task.letter_index]
    if others:
        says = f"{name} does not have {shorten(others)}"
        if given[1]:
            raise UserError(f"{says}; its letters are {shorten(task.alphabet)}")
        notes.append(f"{says}: inputs with them are left out")
    if domain.keys is not None and task.keys is None:
        raise UserError(
            f"the inputs of {name} are any letters; the program takes keys and values"
        )
    part = inside(domain, alphabet=letters, lengths=lengths)
    if task.keys is not None and domain.keys is None:
        part = replace(part, keys=_keys(name, letters, task))
        notes.append(f"{name} has keys and values in turns: other inputs are left out")
    return restrict(program, part), found, tuple(notes)


def _keys(name: str, letters: tuple[str, ...], task: Domain) -> tuple[str, ...]:
    """The keys among some letters of a task that has keys and values."""
    keys = tuple(a for a in letters if a in (task.keys or ()))
    if not 0 < len(keys) < len(letters):
        raise UserError(
            f"{name} needs keys and values; of its letters {shorten(task.alphabet)} "
            f"there are only {shorten(letters)}"
        )
    return keys
