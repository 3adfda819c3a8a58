"""What in a program file is dead, and what in its text is wrong.

Everything about what a program does is checked on all inputs, where there are not too
many: values that never occur, parts that no answer needs. What is wrong with the text
is found by pylint.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from analyzers.lint.finder import TOGETHER, Finder
from analyzers.lint.ignores import Ignores
from analyzers.lint.seen import see
from analyzers.lint.syntax import syntax_findings
from analyzers.sameness import Sameness
from analyzers.survey import Progress
from tpdebug.errors import UserError
from tpdebug.files import read_limited
from tpdebug.findings import CODES, Finding, Lint
from tpdebug.parts import all_or_sample
from tpdebug.program import Program
from tpdebug.read import Source, read
from tpdebug.restrict import restrict

__all__ = ["lint"]

MOST = 500_000
SAMPLES = 20_000
MOST_BYTES = 100_000_000


def lint(
    program: str | Path | Source,
    *,
    within: Program | None = None,
    select: Collection[str] = (),
    ignore: Collection[str] = (),
    syntax: bool = True,
    most: int = MOST,
    samples: int = SAMPLES,
    seed: int = 0,
    jobs: int | None = None,
    progress: Progress | None = None,
    removing: Progress | None = None,
) -> Lint:
    """Find dead code in a program file.

    Args:
        program: the file, or what was read from one.
        within: the program on fewer inputs (`restrict`), to look at these only.
        select: the codes or symbols to find; default: all. `TP1` is all codes that
            begin so.
        ignore: those that are left out; what is selected and ignored is left out.
        syntax: whether to ask pylint about the text.
        most: a domain with more inputs than this is sampled.
        samples, seed: what to draw from such a one.
        jobs: how many parts to evaluate at a time; default: one for each core.
        progress, removing: are told how many inputs are looked at, and how many parts
            were tried to remove, and how many there are.

    Raises:
        ReadError: the file is not a program that can be read.
        UserError: there is no such file, or no such code.
    """
    source = program if isinstance(program, Source) else read(Path(program))
    if source.map.path is None:
        raise UserError("lint needs a program that was read from a file")
    wanted = _wanted(select, ignore)
    text = read_limited(Path(source.map.path), source.map.path, MOST_BYTES)
    narrow = source if within is None else _narrowed(source, within)
    parts, evidence = all_or_sample(
        narrow.program.domain, most=most, samples=samples, seed=seed
    )
    seen = see(narrow.program, parts, jobs=jobs, progress=progress)
    finder = Finder(narrow, text, seen, evidence)
    same = Sameness(narrow.program, parts, evidence, seed=seed, jobs=jobs)
    found = [f for f in finder.all(same, wanted.code(TOGETHER), removing) if wanted(f)]
    if syntax:
        found += filter(wanted, syntax_findings(source.map.path))
    ignores = Ignores(text, source)
    kept = [f for f in found if not ignores(f)]
    kept.sort(key=lambda f: (f.path != source.map.path, f.line or 0, f.code))
    return Lint(
        tuple(kept),
        tuple(finder.functions.counts()),
        evidence,
        len(found) - len(kept),
        (len(narrow.program.nodes), len(narrow.program.classifier.rows)),
    )


def _narrowed(source: Source, within: Program) -> Source:
    """What was read, with the program on fewer inputs."""
    return Source(
        restrict(source.program, within.domain),
        source.map,
        source.notes,
        source.published,
    )


class _Wanted:
    """Says whether a finding is asked for, by its code or symbol."""

    def __init__(self, select: Collection[str], ignore: Collection[str]) -> None:
        self.select, self.ignore = tuple(select), tuple(ignore)

    def __call__(self, found: Finding) -> bool:
        return self.code(found.code, found.symbol)

    def code(self, code: str, symbol: str | None = None) -> bool:
        """Whether findings with this code are asked for."""
        names = (code, symbol or CODES[code].symbol)
        chosen = not self.select or any(_is(name, names) for name in self.select)
        return chosen and not any(_is(name, names) for name in self.ignore)


def _is(name: str, names: tuple[str, str]) -> bool:
    return names[0].startswith(name) or name == names[1]


def _wanted(select: Collection[str], ignore: Collection[str]) -> _Wanted:
    for name in (*select, *ignore):
        known = any(_is(name, (c.code, c.symbol)) for c in CODES.values())
        if not name or (name.upper().startswith("TP") and not known):
            raise UserError(
                f"there is no finding {name!r}; ours are "
                f"{', '.join(f'{c.code} ({c.symbol})' for c in CODES.values())}"
            )
    return _Wanted(select, ignore)
