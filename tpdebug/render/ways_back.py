"""The way back of a value, as a tree: what each head looked for, found and copied."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.console import RenderableType
from rich.padding import Padding
from rich.text import Text
from rich.tree import Tree

from tpdebug.findings import Contribution, Explanation, Place, Step
from tpdebug.nodes import CategoricalHead, Head, LookupTable, NumericalHead, Value
from tpdebug.program import Program

SINGULAR = {"tokens": "token", "positions": "position"}


def show_value(value: Value) -> str:
    """A value as it stands in a program: strings in quotes."""
    return f'"{value}"' if isinstance(value, str) else str(value)


def short_place(where: str | None) -> str:
    """`file:line` without the folder, which the heading has said."""
    return "" if where is None else Path(where).name


def ways_back(program: Program, explanation: Explanation) -> Iterator[RenderableType]:
    """A tree for each variable that carried the answer."""
    carriers = explanation.contributions[: explanation.carriers]
    if explanation.rival is None or not carriers:
        yield Text("No variable speaks for this answer more than for the other.")
        return
    many = f"These {len(carriers)} variables outweigh"
    start = many if len(carriers) > 1 else "This variable outweighs"
    yield Text(f"{start} all that speaks for {explanation.rival}. The way back:")
    ways = _Ways(program, explanation)
    for contribution in carriers:
        yield ""
        yield Padding(ways.tree(contribution), (0, 0, 0, 2))


class _Ways:
    """Builds the trees; what was shown once is not shown again."""

    def __init__(self, program: Program, explanation: Explanation) -> None:
        self.program = program
        self.explanation = explanation
        self.seen: set[Place] = set()

    def tree(self, contribution: Contribution) -> Tree:
        """The way back of one contribution."""
        self.seen.add(contribution.place)
        step = self.explanation.step(contribution.place)
        difference = (f"   {contribution.difference:+d}", "green")
        tree = Tree(Text.assemble(self.label("", step), difference))
        self.grow(tree, step)
        return tree

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
        for role, place in step.reads:
            if place.variable in ("tokens", "positions", "ones"):
                continue  # inputs: the line above has said their value
            before = place in self.seen
            self.seen.add(place)
            found = self.explanation.step(place)
            label = self.label(role, found)
            branch = tree.add(label.append(" (see above)", "dim") if before else label)
            if not before:
                self.grow(branch, found)

    def lines(self, step: Step) -> Iterator[Text]:
        """What the node did, in words, and the rule that made it do so."""
        node = self.program.writers.get(step.place.variable)
        if isinstance(node, LookupTable):
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
        value = show_value(self.explanation.step(place).value)
        if place.variable in SINGULAR:
            return f"{SINGULAR[place.variable]} {value}"
        return f"{place.variable} = {value}"

    def looks(self, head: Head, step: Step) -> str:
        """What the rule of a head looks for."""
        query = self.is_value(step.reads[0][1])
        key = SINGULAR.get(head.key, f"{head.key} =")
        if not step.looked_for:
            return f"{query} looks for nothing"
        wanted = " or ".join(show_value(value) for value in step.looked_for)
        return f"{query} looks for {key} {wanted}"

    def finds(self, head: Head, step: Step) -> str:
        """Where a head found it, and what it made of that."""
        if isinstance(head, NumericalHead):
            where = f"at {_list(step.matches)}" if step.matches else "nowhere"
            return f"found {where}; sums {head.value}: {step.value}"
        copied = f"copies {SINGULAR.get(head.value, head.value)} "
        copied += show_value(step.value)
        if not step.matches:
            return f"found nowhere, so it reads position 0; {copied}"
        if step.matches == (step.place.position,):
            return f"found only at itself; {copied}"
        if len(step.matches) == 1:
            return f"found at position {step.attended}; {copied}"
        nearest = f"the nearest is position {step.attended}"
        return f"found at {_list(step.matches)}; {nearest}; {copied}"


def _list(positions: Sequence[int]) -> str:
    noun = "position" if len(positions) == 1 else "positions"
    return f"{noun} {', '.join(map(str, positions))}"
