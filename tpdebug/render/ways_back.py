"""The way back of a value, as a tree: what each head looked for, found and copied."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.text import Text
from rich.tree import Tree

from tpdebug.findings import (
    Circuit,
    Contribution,
    Place,
    Reach,
    Step,
    not_followed,
)
from tpdebug.nodes import (
    SINGULAR,
    CategoricalHead,
    Embedding,
    Head,
    LookupTable,
    NumericalHead,
    Preference,
    Value,
)
from tpdebug.program import Program

MOST_VALUES = 12


def show_value(value: Value) -> str:
    """A value as it stands in a program: strings in quotes."""
    return f'"{value}"' if isinstance(value, str) else str(value)


def show_place(place: Place, position: int | None) -> str:
    """A variable; with its position, where there is one answer for all positions.

    Args:
        place: the variable and where it stands.
        position: where the answer is given; None: pooled.
    """
    name = place.variable
    return f"{name} at {place.position}" if position is None else name


def short_place(where: str | None) -> str:
    """`file:line` without the folder, which the heading has said."""
    return "" if where is None else Path(where).name


class Ways:
    """Builds the trees; what was shown once is not shown again.

    Args:
        program: the program.
        found: holds the steps.
        reach: what is followed back.
    """

    def __init__(self, program: Program, found: Circuit, reach: Reach = "full") -> None:
        self.program = program
        self.found = found
        self.reach = reach
        self.seen: set[Place] = set()

    def tree(self, contribution: Contribution) -> Tree:
        """The way back of one contribution."""
        step = self.found.step(contribution.place)
        label = self.label("", step)
        tree = Tree(label)
        self.grow_once(tree, label, step)
        return tree

    def grow_once(self, tree: Tree, label: Text, step: Step) -> None:
        """Grow a branch, unless the same was shown before."""
        if step.place in self.seen:
            label.append("   (see above)", "dim")
        else:
            self.seen.add(step.place)
            self.grow(tree, step)

    def label(self, role: str, step: Step) -> Text:
        """`role: variable = value at position`."""
        return Text.assemble(
            (f"{role}: " if role else "", "dim"),
            (f"{step.place.variable} = {show_value(step.value)}", "bold"),
            f" at position {step.place.position}",
        )

    def grow(self, tree: Tree, step: Step) -> None:
        """Say how a value came about, then the same of what it was computed from."""
        for line in self.lines(step):
            tree.add(line)
        node = self.program.writers.get(step.place.variable)
        left = not_followed(node, self.reach)
        for role, place in step.reads:
            if place.variable in ("tokens", "positions", "ones") or role in left:
                continue  # inputs: the line above has said their value
            found = self.found.step(place)
            label = self.label("" if role == place.variable else role, found)
            self.grow_once(tree.add(label), label, found)

    def lines(self, step: Step) -> Iterator[Text]:
        """What the node did, in words, and the rule that made it do so."""
        node = self.program.writers.get(step.place.variable)
        if isinstance(node, Embedding):
            token = self.is_value(step.reads[0][1])
            yield Text(f"embedding: {token} has code {show_value(step.value)}")
        elif isinstance(node, LookupTable):
            inputs = ", ".join(self.is_value(place) for _, place in step.reads)
            yield self.cite(f"table: {inputs} gives {show_value(step.value)}", step)
        elif isinstance(node, CategoricalHead | NumericalHead):
            yield self.cite(self.looks(node, step), step)
            yield Text(self.finds(node, step))

    def cite(self, sentence: str, step: Step) -> Text:
        """A sentence with the place of its rule in the file."""
        place = f"  [{short_place(step.where)}]" if step.where else ""
        return Text.assemble(sentence, (place, "dim"))

    def is_value(self, place: Place) -> str:
        """`position 3`, or `attn_0_0 = "b"`."""
        value = show_value(self.found.step(place).value)
        if place.variable in SINGULAR:
            return f"{SINGULAR[place.variable]} {value}"
        return f"{place.variable} = {value}"

    def looks(self, head: Head, step: Step) -> str:
        """What the rule of a head looks for."""
        query = self.is_value(step.reads[0][1])
        key = SINGULAR.get(head.key, f"{head.key} =")
        if isinstance(head.predicate, Preference):
            better = self.better(head, head.predicate, step)
            taken = _some(step.looked_for, " or ")
            if not better:
                return f"{query} prefers {key} {taken}"
            missed = _some(better, " or ")
            return f"{query} prefers {key} {missed}, sees none, and takes {taken}"
        if not step.looked_for:
            return f"{query} looks for nothing"
        if len(step.looked_for) == len(self.program.variables[head.key].values):
            return f"{query} looks for any {key.removesuffix(' =')}"
        return f"{query} looks for {key} {_some(step.looked_for, ' or ')}"

    def better(
        self, head: Head, preference: Preference, step: Step
    ) -> tuple[Value, ...]:
        """The keys that would have been read before the one that was."""
        assert step.rule is not None
        query, key = step.rule.key
        groups = preference.groups(query, self.program.variables[head.key].values)
        level = next(i for i, group in enumerate(groups) if key in group)
        return tuple(value for group in groups[:level] for value in group)

    def finds(self, head: Head, step: Step) -> str:
        """Where a head found it, and what it made of that."""
        matches, itself = step.matches, step.place.position
        if isinstance(head, NumericalHead):
            where = f"at {_positions(matches)}" if matches else "nowhere"
            return f"found {where}; sums {head.value}: {step.value}"
        copied = f"copies {SINGULAR.get(head.value, head.value)} "
        copied += show_value(step.value)
        if not matches:
            return f"found nowhere, so it reads position 0; {copied}"
        if matches == (itself,):
            return f"found only at itself; {copied}"
        found = f"found at {_positions(matches)}"
        if len(matches) == 1:
            return f"{found}; {copied}"
        assert step.attended is not None
        if head.tie == "matches" and itself in matches:
            away = f"itself counts as {len(matches)} away"
            return f"{found}; reads {step.attended} ({away}); {copied}"
        nearest = "nearest but for itself" if itself in matches else "nearest"
        if step.attended != itself and 2 * itself - step.attended in matches:
            nearest += ", left before right"
        return f"{found}; reads {step.attended} ({nearest}); {copied}"


def _positions(positions: Sequence[int]) -> str:
    noun = "position" if len(positions) == 1 else "positions"
    return f"{noun} {_some(positions, ', ')}"


def _some(values: Sequence[Value], between: str) -> str:
    """List values, the first of them if there are many."""
    shown = between.join(show_value(value) for value in values[:MOST_VALUES])
    more = len(values) - MOST_VALUES
    return f"{shown} and {more} more" if more > 0 else shown
