"""Rules changed one after the other, where very many answers are wrong.

No change is tried on all inputs before it was promising on a sample. What breaks more
answers of a sample than may break is out: it breaks as many of all.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzers.altering import each
from analyzers.drawn import drawn
from analyzers.effects import Effects
from analyzers.looked import Looked
from analyzers.repair.rules import Look, Mended, suspicious
from analyzers.screen import DRAWN, Screen, Tried
from analyzers.survey import Progress
from tpdebug.findings import Alteration, Evidence

MANY = 20_000
"""If more inputs than this fail, rules are tried on a sample first."""

KEPT, COUNTED, ENOUGH = 3, 60, 6
"""Of each rule so many alternatives are kept; of all of them so many at most are
counted on all inputs, until so many help and break no more than may break."""


def by_promising(
    looked: Looked,
    look: Look,
    most: int,
    allowed: int,
    jobs: int | None,
    progress: Progress | None,
) -> Iterator[Mended]:
    """Changes one after the other, each the best that breaks no more than allowed.

    Args:
        looked: the program.
        look: evaluates another one.
        most: so many changes at most.
        allowed: so many right answers may become wrong, in all.
        jobs: how many threads.
        progress: is told how many rules were tried, and how many there are.

    Yields:
        The program after each of them.
    """
    state = Mended((), looked)
    for _ in range(most):
        found = _best(state.looked, allowed, jobs, progress)
        if found is None:
            return
        breaks, alteration = found
        allowed -= breaks
        state = state.then(alteration, look)
        yield state
        if not state.looked.wrong:
            return


def _best(
    looked: Looked, allowed: int, jobs: int | None, progress: Progress | None
) -> tuple[int, Alteration] | None:
    """The change that mends most of those that were counted, and what it breaks."""
    effects = Effects(looked.program, looked.blocks)
    screen = Screen(effects)

    def work(number: int) -> list[Tried]:
        helping = screen.helping(looked.spectra.rules[number])
        return [tried for tried in helping if tried[0].breaks <= allowed][:KEPT]

    some = each(work, suspicious(looked), effects, jobs, progress).values()
    hopes = [tried for tried_of_rule in some for tried in tried_of_rule]
    hopes.sort(key=lambda tried: -tried[0].net)
    best: tuple[int, int, Alteration] | None = None
    left = ENOUGH
    for _, alteration in hopes[:COUNTED]:
        effect = effects.sparing(alteration, allowed)
        if effect is None or effect.net <= 0:
            continue
        left -= 1
        if best is None or effect.net > best[0]:
            best = effect.net, effect.breaks, alteration
        if not left:
            break
    return None if best is None else best[1:]


def sample_of(looked: Looked) -> Evidence | None:
    """The sample that rules are tried on, if there are too many failing inputs."""
    if looked.failing <= MANY:
        return None
    sample = drawn(looked.blocks, DRAWN, 0)
    return Evidence("sampled", sum(block.size for block in sample), 0)
