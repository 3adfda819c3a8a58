"""Why not another answer: rules whose change would give it, and what else changes.

Of each rule that the answer depends on, the alternatives are tried on the input; those
that give the wanted answer are then counted on every input of the length: how many
other answers would become others. (Interventional: what `localize` does for failures.)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from analyzers.alter import alternatives, current
from analyzers.blame import in_question
from analyzers.effects import Effects
from analyzers.judged import judge
from analyzers.spectra import Spectra
from analyzers.survey import Progress
from tpdebug.columns import Column, expand, longest
from tpdebug.errors import DomainError
from tpdebug.evaluate import Evaluator
from tpdebug.findings import Alteration, RuleChange, RuleContrast, Scores
from tpdebug.inputs import Letters, encode
from tpdebug.nodes import Rule
from tpdebug.oracles import UNSCORED, Oracle
from tpdebug.parts import all_or_sample, listed_parts
from tpdebug.program import Program
from tpdebug.sourcemap import SourceMap

MOST, SAMPLES = 100_000, 5_000
FITTING = 3
"""Of a rule so many alternatives that give the answer are counted, the nearest."""


def rule_changes(
    program: Program,
    letters: Sequence[str],
    position: int | None,
    wanted: str,
    *,
    most: int = MOST,
    samples: int = SAMPLES,
    seed: int = 0,
    source: SourceMap | None = None,
    progress: Progress | None = None,
) -> RuleContrast:
    """Find the rules that could be changed to get another answer.

    Args:
        program: the program.
        letters: the input.
        position: which answer, as the program counts; None if pooled.
        wanted: the answer to get.
        most, samples, seed: if there are more inputs of the length than this, so many
            are drawn to count the other answers.
        source: where the rules stand.
        progress: is told how many rules were changed, and how many there are.

    Raises:
        DomainError: there is no such class, or it is the answer already.
    """
    program.classifier.index(wanted)
    letters = program.domain.accept(letters)
    place = 0 if position is None else position - program.domain.offset
    evaluator, block = Evaluator(program), encode(program.domain, [letters])
    if evaluator.answers(block)[0, place] == program.classifier.index(wanted):
        raise DomainError(f"the answer is {wanted} already")
    oracle = _Instead(evaluator, block, place, wanted)
    only = _Instead(evaluator, block, place, wanted, only=True)
    domain = replace(program.domain, lengths=(len(letters), len(letters)))
    (one,) = (judge(evaluator, only, part) for part in listed_parts(domain, [block]))
    parts, evidence = all_or_sample(domain, most=most, samples=samples, seed=seed)
    others = [judge(evaluator, oracle, part) for part in parts]
    spectra = Spectra(program)
    (behind,) = spectra.behind(evaluator.trace(block), place)
    alone, whole = Effects(program, [one]), Effects(program, others)
    found = []
    tried = in_question(spectra, behind)
    for done, number in enumerate(tried):
        if progress is not None:
            progress(done, len(tried))
        rule = spectra.rules[number]
        best = min(
            ((whole.effect(to).breaks, i, to) for i, to in _fitting(alone, rule)),
            default=None,
            key=lambda each: each[:2],
        )
        if best is not None:
            where = None if source is None else source.where(rule)
            now = current(program, rule)
            found.append(RuleChange(rule, where, now, best[2], best[0]))
    found.sort(key=lambda change: change.others)
    answers = sum(sum(block.counts) for block in others)
    return RuleContrast(
        tuple(letters),
        position,
        wanted,
        tuple(found),
        len(tried),
        answers,
        evidence,
    )


def _fitting(alone: Effects, rule: Rule) -> Iterator[tuple[int, Alteration]]:
    """The nearest alternatives of a rule that give the wanted answer."""
    now = current(alone.program, rule)
    if isinstance(now, Scores):
        fit = (to for to, effect in alone.margins.singles(now) if effect.fixes)
        yield from enumerate(fit)
        return
    count = 0
    for to in alternatives(alone.program, now):
        if alone.effect(to).fixes:
            yield count, to
            count += 1
            if count == FITTING:
                return


class _Instead(Oracle):
    """Finds all answers of a program right, but one; or scores none but that one."""

    def __init__(
        self,
        evaluator: Evaluator,
        block: Letters,
        place: int,
        wanted: str,
        *,
        only: bool = False,
    ) -> None:
        program = evaluator.program
        super().__init__(program.domain, program.classifier.classes)
        self.pooled = program.classifier.pooled
        self.evaluator = evaluator
        self.input = block[0]
        self.place = place
        self.only = only
        self.label = program.classifier.index(wanted)

    def wanted(self, letters: Sequence[Column]) -> list[Column]:
        """The answers of the program, and at one place of one input another."""
        answers = [answer for answer, _ in self.evaluator.answer(letters)]
        if self.only:
            answers = [np.array([UNSCORED]) for _ in answers]
        if len(letters) != len(self.input):
            return answers
        size = longest([*letters, answers[self.place]])
        same = np.ones(size, bool)
        for column, letter in zip(letters, self.input, strict=True):
            same &= expand(column, size) == letter
        if same.any():
            answer = expand(answers[self.place], size)
            answers[self.place] = np.where(same, self.label, answer)
        return answers
