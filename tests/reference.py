"""What a program means, said a second time: slow, plain Python, from the design.

Written from section 3 of docs/design.md and nothing else; it shares no code with
`tpdebug.evaluate` or `tpdebug.rasp`, which are compared with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from tpdebug.nodes import CategoricalHead, LookupTable, NumericalHead, Preference
from tpdebug.program import Program


@dataclass
class Run:
    """Every variable, attended position and score of one input."""

    variables: dict[str, list[Any]]
    attended: dict[str, list[int]] = field(default_factory=dict)
    matches: dict[str, list[list[int]]] = field(default_factory=dict)
    scores: list[list[int]] = field(default_factory=list)
    answers: tuple[str, ...] = ()


def nearest(query: int, matching: list[int], tie: str = "last") -> int:
    """The attended position: nearest, left on a tie, itself last, 0 without a match.

    With tie "matches" itself is as far away as there are matches.
    """
    if tie == "matches":
        far = {k: abs(query - k) for k in matching} | {query: len(matching)}
        return min(matching, key=lambda k: (far[k], k), default=0)
    for distance in range(1, 10_000 if matching else 1):
        for position in (query - distance, query + distance):
            if position in matching:
                return position
        if matching == [query]:
            return query
    return 0


def best_of(seen: range, keys: list[Any], groups: Sequence[Any]) -> list[int]:
    """The positions of the best keys: those of the first group that there is any of.

    All of them if there is none of any group.
    """
    for group in groups:
        found = [k for k in seen if keys[k] in group]
        if found:
            return found
    return [*seen]


def run(program: Program, letters: Sequence[str]) -> Run:
    """Run a program on one input."""
    domain = program.domain
    begin = [] if domain.begin is None else [domain.begin]
    end = [] if domain.end is None else [domain.end]
    tokens = [*begin, *letters, *end]
    places = range(len(tokens))
    done = Run({"tokens": tokens, "positions": [*places], "ones": [1 for _ in places]})
    values = done.variables
    for node in program.nodes:
        if isinstance(node, CategoricalHead | NumericalHead):
            wanted = dict(node.predicate.cases)
            matches = []
            for q in places:
                seen = range(q + 1) if domain.causal else places
                sought = wanted.get(values[node.query][q], ())
                keys = values[node.key]
                if isinstance(node.predicate, Preference):
                    matches.append(best_of(seen, keys, sought))
                else:
                    matches.append([k for k in seen if keys[k] in sought])
            done.matches[node.name] = matches
            source = values[node.value]
            if isinstance(node, NumericalHead):
                values[node.name] = [sum(source[k] for k in row) for row in matches]
            else:
                attended = [nearest(q, row, node.tie) for q, row in enumerate(matches)]
                done.attended[node.name] = attended
                values[node.name] = [source[k] for k in attended]
        elif isinstance(node, LookupTable):
            entries = dict(node.entries)
            keys = [tuple(values[name][p] for name in node.inputs) for p in places]
            values[node.name] = [entries.get(key, node.default) for key in keys]
        else:
            codes = dict(zip((*domain.alphabet, *begin, *end), node.codes, strict=True))
            for column, name in enumerate(node.names):
                values[name] = [codes[token][column] for token in tokens]
    done.scores = [_scores(program, values, p) for p in places]
    classes = program.classifier.classes
    if program.classifier.pooled:
        done.scores = [[sum(column) for column in zip(*done.scores, strict=True)]]
    best = tuple(classes[row.index(max(row))] for row in done.scores)
    inner = slice(len(begin), len(best) - len(end))
    done.answers = best if program.classifier.pooled else best[inner]
    return done


def _scores(program: Program, values: dict[str, list[Any]], place: int) -> list[int]:
    """The score of each class at one position."""
    total = [0 for _ in program.classifier.classes]
    for row in program.classifier.rows:
        here = values[row.variable][place]
        times = here if row.value is None else int(here == row.value)
        total = [t + times * s for t, s in zip(total, row.scores, strict=True)]
    return total
