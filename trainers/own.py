"""A user's own task: a Python function, or files that list inputs and right answers.

With a function the inputs are a domain that the user names, which is enumerated or
sampled as for the tasks of the paper. With files they are the cases and no others, and
what is measured is measured on cases that were held out. No torch.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from tpdebug.cases import Case, Cases
from tpdebug.domain import Domain
from tpdebug.errors import UserError
from tpdebug.given import load_oracle
from tpdebug.oracles import Function, FunctionOracle
from trainers.config import Own, Run
from trainers.listing import listing, natural
from trainers.split import split
from trainers.tasks import BEGIN, END, Task, task

MOST_CLASSES = 1000
MOST_ASKED = 1000
"""Inputs that a function is asked about to see whether it gives one answer."""


def task_of(run: Run) -> Task:
    """The task of a training run, at its size.

    Raises:
        UserError: there is no such task, or what it is made of cannot be used.
    """
    own = run.own
    if own is None:
        return task(run.task, run.vocabulary, run.length)
    if own.oracle is None:
        return cases_task(own, run.config.seed)
    domain = Domain(
        own.alphabet or (),
        own.lengths or (0, 0),
        BEGIN if own.begin else None,
        END if own.end else None,
        own.causal,
    )
    oracle = load_oracle(own.oracle, domain, pooled=False)
    assert isinstance(oracle, FunctionOracle)
    pooled = None if own.answers is None else own.answers == "input"
    found = function_task(
        oracle.function,
        domain,
        pooled=pooled,
        name=own.oracle,
        seed=run.config.seed,
    )
    found.oracle.version = oracle.version
    return found


def version_of(own: Own, made: Task) -> str:
    """A hash of what an own task was made of: cases, or the file of a function."""
    if own.oracle is None:
        files = (own.cases, own.validation, own.test)
        content = (Path(name).read_bytes() for name in files if name is not None)
        return hashlib.sha256(b"\0".join(content)).hexdigest()
    return made.oracle.version


def check_version(own: Own, made: Task) -> None:
    """Make sure that a task is still the one that a run began with.

    Raises:
        UserError: the files have changed.
    """
    if version_of(own, made) != own.version:
        changed = own.oracle or " or ".join(
            name for name in (own.cases, own.validation, own.test) if name is not None
        )
        raise UserError(
            f"{changed} has changed since this run began: bring the old version back, "
            "or start anew"
        )


def function_task(
    function: Function,
    domain: Domain,
    *,
    pooled: bool | None = None,
    name: str = "the function",
    says: str | None = None,
    seed: int = 0,
) -> Task:
    """Make a task of a Python function.

    Its classes are the labels of the inputs that are drawn to train and test with.

    Args:
        function: maps a list of letters to a list with a label for each (None: not
            scored), or to one label for the whole input.
        domain: the inputs.
        pooled: whether it gives one label for the whole input; by default it is asked.
        name: what to call it.
        says: what it asks for, in a few words.
        seed: that of the training, which draws the inputs.

    Raises:
        UserError: the function fails, gives something else, or always the same label.

    >>> domain = Domain(("a", "b"), (1, 4), begin="<s>", causal=True)
    >>> parity = function_task(lambda letters: str(letters.count("b") % 2), domain)
    >>> parity.classes, parity.pooled, parity.oracle(["b", "a", "b"])
    (('0', '1'), True, ('0',))
    """
    if pooled is None:
        pooled = _gives_one(function, domain, name)
    says = says or f"the answers of {name}"
    oracle = FunctionOracle(domain, function, pooled=pooled, name=name)
    drawn = split(Task(name, says, domain, oracle), seed)
    classes = _classes((*drawn.train, *drawn.valid, *drawn.test), name)
    numbered = FunctionOracle(domain, function, pooled=pooled, name=name)
    numbered.resume(classes)
    return Task(name, says, domain, numbered)


def cases_task(own: Own, seed: int) -> Task:
    """Make a task of files of cases.

    Args:
        own: the files, and how to read them.
        seed: which cases are held out, if there are no files with those.

    Raises:
        UserError: a file cannot be used; the message says which lines are at fault.
    """
    found = listing(own, seed)
    parts = found.parts
    return Task(
        Path(str(own.cases)).stem,
        f"the answers listed in {own.cases}",
        found.domain,
        Cases(found.domain, parts.test, pooled=found.pooled),
        classes=_classes(parts.train, str(own.cases)),
        listed=parts,
        notes=found.notes,
    )


def _classes(cases: Iterable[Case], name: str) -> tuple[str, ...]:
    """The labels of some cases, in their natural order.

    Raises:
        UserError: there is nothing to learn.
    """
    labels = {a for _, row in cases for a in row if a is not None}
    if not labels:
        raise UserError(f"{name} scores nothing: there is nothing to learn")
    if len(labels) == 1:
        raise UserError(
            f"{name} always answers {min(labels)!r}: there is nothing to learn"
        )
    if len(labels) > MOST_CLASSES:
        raise UserError(
            f"{name} has {len(labels):,} different answers, at most {MOST_CLASSES:,}"
        )
    return tuple(sorted(labels, key=natural))


def _gives_one(function: Function, domain: Domain, name: str) -> bool:
    """Whether a function gives one label for a whole input."""
    for index in range(min(domain.count, MOST_ASKED)):
        letters = domain.input(index)
        try:
            found = function(list(letters))
        except (Exception, SystemExit) as error:
            reason = f"{type(error).__name__}: {error}"
            says = f'{name} of "{" ".join(letters)}" raises {reason}'
            raise UserError(says) from error
        if found is not None:
            return isinstance(found, str)
    return False
