"""Planted faults: a program with one rule changed, and which one it is.

For measuring whether faults are found, and whether tests or cases would notice them
(mutation testing: DeMillo, Lipton, Sayward, 1978).
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

from analyzers.alter import alter, alternatives, current
from tpdebug.findings import Alteration, Groups, Keys, Output, Scores
from tpdebug.nodes import CategoricalHead, Key, NumericalHead, Rule, Value, order
from tpdebug.program import Program

Kind: TypeAlias = Literal["key", "dropped", "moved", "entry", "score"]
KINDS: tuple[Kind, ...] = get_args(Kind)
TRIES = 50
"""So often in a row a draw may be one that was there already, before it ends."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """A program with a planted fault.

    Attributes:
        kind: `key`: a head looks for another key; `dropped`: it looks for nothing;
            `moved`: it prefers a key more or less than before; `entry`: a table gives
            another output; `score`: one score is higher or lower.
        fault: what was planted, and in which rule.
        program: the result.
    """

    kind: Kind
    fault: Alteration
    program: Program

    @property
    def rule(self) -> Rule:
        """The rule at fault."""
        return self.fault.rule


def mutants(program: Program, count: int, *, seed: int = 0) -> Iterator[Mutant]:
    """Draw different programs that differ from one in one rule, as many of each kind.

    Kinds of which there are no more are left out. A change that takes a value out of
    the program (the only entry with an output) would change more than its rule, and is
    not drawn. Some of the programs may answer as before on every input.

    Args:
        program: the program.
        count: how many; fewer if there are no more.
        seed: the draw.
    """
    draw = random.Random(f"{seed} mutants")
    rules = _by_kind(program)
    seen: set[Alteration] = set()
    failed = dict.fromkeys(rules, 0)
    while count and failed:
        for kind in list(failed):
            fault = _planted(program, kind, draw.choice(rules[kind]), draw)
            mutant = None if fault is None else _mutant(program, kind, fault)
            if mutant is None or fault is None or fault in seen:
                failed[kind] += 1
                if failed[kind] >= TRIES:
                    del failed[kind]
                continue
            seen.add(fault)
            failed[kind] = 0
            yield mutant
            count -= 1
            if not count:
                return


def _by_kind(program: Program) -> Mapping[Kind, Sequence[Rule]]:
    """The rules in which each kind of fault can be."""
    found: dict[Kind, list[Rule]] = {kind: [] for kind in KINDS}
    for rule in program.rules():
        match current(program, rule):
            case Keys(keys=keys):
                kinds: tuple[Kind, ...] = ("key", "dropped") if keys else ()
            case Groups():
                kinds = ("moved",)
            case Output():
                kinds = ("entry",)
            case Scores():
                kinds = ("score",)
        for kind in kinds:
            found[kind].append(rule)
    return {kind: rules for kind, rules in found.items() if rules}


def _planted(
    program: Program, kind: Kind, rule: Rule, draw: random.Random
) -> Alteration | None:
    """A fault in a rule, if there can be one."""
    now = current(program, rule)
    if isinstance(now, Keys):
        if kind == "dropped":
            return Keys(rule, ())
        others = _other_keys(program, rule, now.keys)
        if not others:
            return None
        kept = set(now.keys) - {draw.choice(now.keys)} | {draw.choice(others)}
        return Keys(rule, tuple(sorted(kept, key=order)))
    if isinstance(now, Scores):
        most = max(abs(s) for row in program.classifier.rows for s in row.scores)
        scores = list(now.scores)
        change = draw.randint(1, 2 * most) * draw.choice((-1, 1))
        scores[draw.randrange(len(scores))] += change
        return Scores(rule, tuple(scores)) if any(scores) else None
    found = list(alternatives(program, now))
    return draw.choice(found) if found else None


def _other_keys(program: Program, rule: Rule, keys: Key) -> list[Value]:
    node = program.writers[rule.node]
    assert isinstance(node, CategoricalHead | NumericalHead)
    known = program.variables[node.key].values
    return [key for key in known if key not in keys]


def _mutant(program: Program, kind: Kind, fault: Alteration) -> Mutant | None:
    """The program with a fault, if all other rules are as they were."""
    found = alter(program, fault)
    same = found.variables == program.variables and found != program
    return Mutant(kind, fault, found) if same else None
