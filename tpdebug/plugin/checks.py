"""The checks of one program: examples, accuracy, closed world, faithfulness."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from analyzers.falsify import Check, Settings, falsify_check
from analyzers.verify import verify
from tpdebug.cases import Cases, read_cases
from tpdebug.cli.held import Held, held
from tpdebug.cli.subject import Subject, narrowed, subject
from tpdebug.errors import counted
from tpdebug.findings import Verification, percent
from tpdebug.plugin.blaming import fewer
from tpdebug.plugin.docstrings import examples_of
from tpdebug.plugin.settings import Asked
from tpdebug.read import read
from tpdebug.render.words import show_input

if TYPE_CHECKING:
    from tpdebug.program import Program

Input = tuple[str, ...]

MOST_FAILING = 300
"""So many failing inputs are handed on, to find the rules to blame."""

BRIEF = 60
"""So much of an input stands in a line of pytest's summary."""

SEARCHED, SWEPT = 10_000, 50_000
"""How many inputs are looked at to make a failing input of a sample smaller, or fewer
if they are long."""


class NotGivenError(Exception):
    """A check has nothing to hold the program against; the message says what to do."""


@dataclass(frozen=True)
class Verdict:
    """What a check found.

    Attributes:
        passed: whether the program passes.
        says: the result in a sentence, with its evidence.
        brief: the same in a few words, for one line.
        held: what the answers were held against.
        failing: inputs that are answered wrong, the smallest first.
        smallest: what is known of the first of them, as a heading.
        more: further findings, a line each.
    """

    passed: bool
    says: str
    held: Held | None = None
    failing: Sequence[Input] = ()
    smallest: str = ""
    more: Sequence[str] = field(default_factory=tuple)
    brief: str = ""


class Checks:
    """A program, and its checks by name.

    Args:
        asked: the program, and what is right.
        values: the options that say which inputs to look at.

    Raises:
        UserError: the program cannot be read.
    """

    def __init__(self, asked: Asked, values: dict[str, Any]) -> None:
        self.asked = asked
        self.values = values
        self.source = read(asked.path)
        self.exercised: list[Input] = []

    @property
    def names(self) -> dict[str, str]:
        """The name of each check, and what it is held against."""
        task = self.asked.task or self.source.program.task
        oracle = (self.asked.oracle or "").rpartition(":")[2]
        right = oracle if self.asked.oracle else task
        cases, model = self.asked.cases, self.asked.model
        return {
            "examples": _named("examples", cases.name if cases else None),
            "accuracy": _named("accuracy", right),
            "closed_world": _named("closed_world", right),
            "faithfulness": _named("faithfulness", model.name if model else None),
        }

    def run(self, kind: str) -> Verdict:
        """Do one of the checks.

        Raises:
            NotGivenError: it is not said what to hold the program against.
            UserError: something cannot be read, or does not fit together.
        """
        checks = {
            "examples": self._examples,
            "accuracy": self._accuracy,
            "closed_world": self._closed_world,
            "faithfulness": self._faithfulness,
        }
        return checks[kind]()

    @cached_property
    def _program(self) -> Program:
        return narrowed(self.source, self.asked.lengths, self.asked.alphabet)

    @cached_property
    def _subject(self) -> Subject:
        """The program and what is right on every input."""
        asked = self.asked
        if not (asked.task or asked.oracle or self.source.program.task):
            raise NotGivenError(
                "what is right? name a task (--tpdebug-task sort) or a function "
                "(--tpdebug-oracle module:function)"
            )
        found = subject(
            [self.source],
            self._program,
            task=asked.task,
            oracle=asked.oracle,
            cases=None,
            lengths=asked.lengths,
            alphabet=asked.alphabet,
        )
        return replace(found, name=found.name.rpartition(":")[2])

    @cached_property
    def _verified(self) -> Verification:
        """How the program does on all inputs, or a sample; two checks share it."""
        asked = self._subject
        return verify(
            asked.program,
            asked.oracle,
            name=asked.name,
            needed=asked.needed,
            **self._looking,
        )

    @property
    def _looking(self) -> dict[str, Any]:
        return {key: self.values[key] for key in ("most", "samples", "seed")}

    def _examples(self) -> Verdict:
        program, path = self._program, self.asked.path
        pooled = program.classifier.pooled
        found: Cases | None
        if self.asked.cases is not None:
            narrow = self.asked.lengths is not None or self.asked.alphabet is not None
            found = read_cases(self.asked.cases, program.domain, pooled, fitting=narrow)
            name = str(self.asked.cases)
        else:
            found = examples_of(path, program.domain, pooled)
            name = "the examples"
        if found is None:
            raise NotGivenError(
                "no examples in a docstring, and no --tpdebug-cases FILE"
            )
        self.exercised += [letters for letters, _ in found.cases]
        check = Held(self.source, Check(program, found, name))
        right = verify(program, found, name=name)
        return _verdict(right, check, 100.0, "")

    def _accuracy(self) -> Verdict:
        asked = self._subject
        check = Check(asked.program, asked.oracle, asked.name)
        whole = Held(self.source, check, asked.left_out)
        return self._judged(self._verified, whole, self.asked.min_accuracy)

    def _closed_world(self) -> Verdict:
        found = self._verified
        missing = [gap.says for gap in found.gaps if gap.fails]
        name = self._subject.name
        evidence = found.accuracy.evidence.sentence
        if not missing:
            says = f"It has every letter, length and answer that {name} needs"
            return Verdict(True, f"{says} ({evidence}).")
        things = counted(len(missing), "thing")
        says = f"{name} needs {things} that the program does not have ({evidence}):"
        return Verdict(False, says, more=missing, brief=missing[0])

    def _faithfulness(self) -> Verdict:
        if self.asked.model is None:
            raise NotGivenError("no network to compare it with: --tpdebug-model RUN")
        asked = self.asked
        whole = held(
            asked.path,
            model=asked.model,
            lengths=asked.lengths,
            alphabet=asked.alphabet,
        )
        check = whole.check
        right = verify(check.program, check.oracle, name=check.name, **self._looking)
        return self._judged(right, whole, 100.0)

    def _judged(self, found: Verification, whole: Held, least: float) -> Verdict:
        """The verdict; a failing input of a sample is made smaller first."""
        smaller: tuple[Input, ...] = ()
        share = found.accuracy.inputs_right / found.accuracy.inputs
        if found.accuracy.evidence.kind == "sampled" and 100 * share < least:
            most = fewer(whole.check.program.domain, SEARCHED, SWEPT)
            settings = Settings(0, most[0], most[1], self.values["seed"])
            searched = falsify_check(whole.check, settings)
            smaller = tuple(kind.smallest.input for kind in searched.kinds)
        return _verdict(found, whole, least, "wanted", smaller)


def _verdict(
    found: Verification,
    whole: Held,
    least: float,
    wanted: str,
    smaller: Sequence[Input] = (),
) -> Verdict:
    accuracy = found.accuracy
    share = accuracy.inputs_right / accuracy.inputs
    wrong = accuracy.inputs - accuracy.inputs_right
    evidence = accuracy.evidence
    basis = {
        "proved": "proved",
        "sampled": evidence.sentence,
        "listed": "listed",
    }[evidence.kind]
    if accuracy.interval is not None:
        low, high = accuracy.interval
        basis += f", 95 % interval {percent(low)} to {percent(high)} right"
    inputs = counted(accuracy.inputs, "input")
    if 100 * share >= least:
        if not wrong:
            return Verdict(True, f"All {inputs} answered right ({basis}).", whole)
        says = f"{accuracy.inputs_right:,} of {inputs} answered right, {percent(share)}"
        return Verdict(True, f"{says} ({basis}); {least:g} % wanted.", whole)
    says = f"{wrong:,} of {inputs} answered wrong ({basis})"
    if least < 100 and wanted:
        says += f"; {percent(share)} right, {least:g} % wanted"
    failing = [failure.input for failure in found.failures[:MOST_FAILING]]
    index = whole.check.program.domain.letter_index
    failing = sorted(
        {*failing, *smaller}, key=lambda x: (len(x), [index[a] for a in x])
    )
    known = "" if evidence.kind == "proved" else " that was found"
    if evidence.kind == "listed":
        known = " listed"
    brief = f"{wrong:,} of {inputs} wrong, such as {show_input(failing[0], BRIEF)}"
    heading = f"The smallest{known}:" if wrong > 1 else "This one:"
    return Verdict(False, f"{says}.", whole, failing, heading, brief=brief)


def _named(kind: str, about: str | None) -> str:
    return f"{kind}[{about}]" if about else kind
