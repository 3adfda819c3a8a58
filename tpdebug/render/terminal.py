"""Explanations in a terminal: the answers, the scores, and the way back as a tree."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from tpdebug.findings import Contribution, Explanation, Place, Step
from tpdebug.nodes import CategoricalHead, Head, LookupTable, NumericalHead, Value
from tpdebug.program import Program

SINGULAR = {"tokens": "token", "positions": "position"}
MOST_ROWS = 10


def console() -> Console:
    """A console for results: colour and width of the terminal, plain in a pipe."""
    return Console(highlight=False, soft_wrap=False)


def show_value(value: Value) -> str:
    """A value as it stands in a program: strings in quotes."""
    return f'"{value}"' if isinstance(value, str) else str(value)


def explanation_view(
    program: Program, name: str, explanation: Explanation
) -> RenderableType:
    """Everything that `tpdebug explain` prints."""
    task = f" ({program.task})" if program.task else ""
    return Group(
        Text.assemble((name, "bold"), task),
        "",
        _indent(_letters(explanation)),
        "",
        _verdict(program, explanation),
        "",
        _indent(_scores(explanation)),
        "",
        *_ways_back(program, explanation),
    )


def _indent(view: RenderableType) -> Padding:
    return Padding(view, (0, 0, 0, 2))


def _letters(explanation: Explanation) -> Table:
    """One row a letter; an arrow marks the one that is explained."""
    expects = any(letter.expected is not None for letter in explanation.letters)
    pooled = explanation.chosen.position is None
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    columns = ["" if pooled else "position", "input", "answer"]
    columns += ["expected"] if expects else []
    for column in ["", *columns, "margin", "runner-up", ""]:
        table.add_column(column, justify="right" if column == "margin" else "left")
    for letter in explanation.letters:
        chosen = letter is explanation.chosen and not pooled
        wrong = "red" if letter.wrong else ""
        table.add_row(
            ">" if chosen else "",
            "" if letter.position is None else str(letter.position),
            letter.letter,
            Text(letter.answer, style=wrong),
            *([letter.expected or ""] if expects else []),
            "-" if letter.margin is None else str(letter.margin),
            letter.runner_up or "-",
            Text("wrong" if letter.wrong else "", style=wrong),
            style="bold" if chosen else "",
        )
    return table


def _verdict(program: Program, explanation: Explanation) -> Text:
    """The answer in one sentence."""
    chosen, rival = explanation.chosen, explanation.rival
    where = (
        "The answer is"
        if chosen.position is None
        else (f"Position {chosen.position}: the answer is")
    )
    answer = Text.assemble(f"{where} ", (chosen.answer, "bold"))
    if rival is None:
        return answer.append("; the program has no other class.")
    role = "as expected" if chosen.wrong else "the runner-up"
    answer.append(f", not {rival} ({role}), ")
    if explanation.margin == 0:
        return answer.append("by a tie: equal scores go to the first class.")
    scale = program.classifier.scale
    return answer.append(
        f"by {explanation.margin} points" + (f" of 1/{scale:,}." if scale != 1 else ".")
    )


def _scores(explanation: Explanation) -> Table:
    """What each variable adds to the answer and to its rival."""
    chosen, rival = explanation.chosen, explanation.rival
    pooled = chosen.position is None
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("variable")
    table.add_column("value")
    for heading in (f"for {chosen.answer}", f"for {rival}", "difference"):
        if rival is not None or heading == f"for {chosen.answer}":
            table.add_column(heading, justify="right")
    table.add_column("scores at", style="dim", overflow="fold")
    found = list(explanation.contributions)
    shown, rest = found[:MOST_ROWS], found[MOST_ROWS:]
    for contribution in shown:
        table.add_row(*_score_row(contribution, rival is not None, pooled))
    for label, group in ((f"{len(rest)} others", rest), ("all", found)):
        if group:
            row = [label, "", str(sum(c.answer_score for c in group))]
            if rival is not None:
                row.append(str(sum(c.rival_score for c in group)))
                row.append(f"{sum(c.difference for c in group):+d}")
            table.add_row(*row, "", style="bold" if label == "all" else "")
    return table


def _score_row(found: Contribution, compared: bool, pooled: bool) -> list[str | Text]:
    place = found.place
    name = f"{place.variable} at {place.position}" if pooled else place.variable
    row: list[str | Text] = [name, show_value(found.value), str(found.answer_score)]
    if compared:
        colour = "green" if found.difference > 0 else "red" if found.difference else ""
        row += [str(found.rival_score), Text(f"{found.difference:+d}", style=colour)]
    return [*row, found.where or "-"]


def _ways_back(program: Program, explanation: Explanation) -> Iterator[RenderableType]:
    """A tree for each variable that carried the answer."""
    carriers = explanation.contributions[: explanation.carriers]
    if explanation.rival is None or not carriers:
        yield Text("No variable speaks for this answer more than for the other.")
        return
    count = (
        "This variable outweighs"
        if len(carriers) == 1
        else (f"These {len(carriers)} variables outweigh")
    )
    yield Text(
        f"{count} all that speaks for {explanation.rival}. Where they come from:"
    )
    seen: set[Place] = set()
    for contribution in carriers:
        yield ""
        view = _Ways(program, explanation, seen).tree(contribution)
        yield _indent(view)


class _Ways:
    """Builds the trees; what was shown once is not shown again."""

    def __init__(
        self, program: Program, explanation: Explanation, seen: set[Place]
    ) -> None:
        self.program = program
        self.explanation = explanation
        self.seen = seen

    def tree(self, contribution: Contribution) -> Tree:
        """The way back of one contribution."""
        tree = Tree(Text(f"{contribution.difference:+d}", style="green"))
        tree.label = Text.assemble(
            self.label("", self.explanation.step(contribution.place)),
            (f"   {contribution.difference:+d}", "green"),
        )
        self.grow(tree, self.explanation.step(contribution.place))
        return tree

    def label(self, role: str, step: Step) -> Text:
        """`role: variable = value at position`."""
        return Text.assemble(
            (f"{role}: " if role else "", "dim"),
            (f"{step.place.variable} = {show_value(step.value)}", "bold"),
            (f" at position {step.place.position}", ""),
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
        return Text.assemble(
            sentence, (f"  [{step.where}]" if step.where else "", "dim")
        )

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
            found = (
                f"found at {_list(step.matches)}" if step.matches else "found nowhere"
            )
            return f"{found}; sums {head.value}: {step.value}"
        copied = f"copies {head.value} {show_value(step.value)}"
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
