"""The options of `tpdebug train` for an own task: a function, or files of cases."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any, get_args

import click

from tpdebug.cli.subject import parse_lengths
from tpdebug.errors import UserError
from trainers.config import Answers, Own

ONLY_CASES = ("validation", "test", "min_count", "max_words")
USUAL = {item.name: item.default for item in fields(Own)}


def own_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that say what an own task is."""
    file = click.Path(path_type=Path)
    for option in (
        click.option(
            "--max-words",
            type=click.IntRange(1, 1000),
            help="With --cases: how many words are known, the most frequent ones.  "
            f"[default: {USUAL['max_words']}]",
        ),
        click.option(
            "--min-count",
            type=click.IntRange(1),
            help="With --cases: how often a word must occur to be known.  [default: 1]",
        ),
        click.option("--no-end", is_flag=True, help="No </s> after the letters."),
        click.option("--no-begin", is_flag=True, help="No <s> before the letters."),
        click.option(
            "--causal", is_flag=True, help="A letter sees only what is left of it."
        ),
        click.option(
            "--answers",
            type=click.Choice(get_args(Answers)),
            help="Whether there is one for each letter or one for the whole input.  "
            "[default: as the cases or the function show]",
        ),
        click.option(
            "--lengths",
            metavar="LEAST-MOST",
            help="How many letters; with --cases, others are left out.",
        ),
        click.option(
            "--alphabet",
            help="The letters, separated by spaces; with --cases, inputs with others "
            "are left out.",
        ),
        click.option("--test", type=file, help="Cases to test on.  [default: a tenth]"),
        click.option(
            "--validation", type=file, help="Cases to pick by.  [default: a tenth]"
        ),
        click.option(
            "--oracle",
            metavar="MODULE:FUNCTION",
            help="Train for a function from letters to the right answers (None: not "
            "scored); needs --alphabet and --lengths.",
        ),
        click.option(
            "--cases",
            type=file,
            help="Train for a file of inputs and right answers: JSONL or CSV with the "
            "fields input and expected.",
        ),
    ):
        command = option(command)
    return command


def own_task(
    *,
    no_begin: bool,
    no_end: bool,
    alphabet: str | None,
    lengths: str | None,
    **given: Any,
) -> Own | None:
    """What the options say; None if they say nothing of an own task.

    Raises:
        UserError: they do not fit together.
    """
    own = {name: value for name, value in given.items() if value not in (None, False)}
    for name in ("cases", "validation", "test"):
        if name in own:
            own[name] = str(own[name])
    own |= {"begin": False} if no_begin else {}
    own |= {"end": False} if no_end else {}
    if alphabet is not None:
        own["alphabet"] = tuple(dict.fromkeys(alphabet.split()))
    if lengths is not None:
        own["lengths"] = parse_lengths(lengths)
    if not own:
        return None
    if "cases" in own and "oracle" in own:
        raise UserError("give one of --cases and --oracle")
    if "cases" not in own:
        if "oracle" not in own:
            wrong = sorted(own)[0].replace("_", "-")
            raise UserError(f"--{wrong} is for an own task: --cases or --oracle")
        for name in ONLY_CASES:
            if name in own:
                raise UserError(f"--{name.replace('_', '-')} needs --cases")
        for name in ("alphabet", "lengths"):
            if not own.get(name):
                raise UserError(f"--oracle needs --{name}: which inputs are there?")
    return Own(**own)


def own_words(own: Own) -> list[str]:
    """The options again, as words of a command."""
    words = []
    for item in fields(Own):
        value = getattr(own, item.name)
        if value == item.default or item.name == "version":
            continue
        name = item.name.replace("_", "-")
        if name in ("begin", "end"):
            words.append(f"--no-{name}")
        elif name == "causal":
            words.append("--causal")
        elif name == "alphabet":
            words += ["--alphabet", " ".join(value)]
        elif name == "lengths":
            words += ["--lengths", "-".join(map(str, value))]
        else:
            words += [f"--{name}", str(value)]
    return words


def own_name(own: Own) -> str:
    """What an own task is called."""
    if own.oracle is not None:
        return own.oracle.rpartition(":")[2]
    return Path(str(own.cases)).stem or "cases"
