"""The graph of a circuit: what is a box, what arrows say, which row is whose."""

from __future__ import annotations

from dataclasses import replace

from tpdebug.findings import Circuit, Contribution, Place, Step, not_followed
from tpdebug.nodes import SINGULAR, CategoricalHead, Embedding, LookupTable
from tpdebug.program import Program
from tpdebug.render.graph import Arrow, Box, EdgeKind, Graph, NodeKind
from tpdebug.render.numbers import points
from tpdebug.render.ranks import INPUTS, caption, levels
from tpdebug.render.ways_back import MOST_VALUES, Ways, short_place, show_value
from tpdebug.render.wording import lines, printable, shorten

MOST_INPUTS = 24


def circuit_graph(program: Program, circuit: Circuit) -> Graph:
    """The graph of a circuit."""
    return _Builder(program, circuit).graph()


class _Builder:
    """Collects boxes by place, and arrows by their ends and kind."""

    def __init__(self, program: Program, circuit: Circuit) -> None:
        self.program = program
        self.circuit = circuit
        self.ways = Ways(program, circuit, circuit.reach)
        self.levels = levels(program)
        self.steps = {step.place: step for step in circuit.steps}
        self.boxes: dict[Place | None, Box] = {}
        self.arrows: dict[tuple[Place, Place | None, EdgeKind], Arrow] = {}
        self.read: set[Place] = set()

    def graph(self) -> Graph:
        """Follow the circuit back from what is enough."""
        for kept in self.circuit.kept:
            self.score(kept)
            self.follow(kept.place)
        self.inputs()
        top = 1 + max(self.levels.values())
        self.boxes[None] = self.answer(top)
        used = sorted({box.rank for box in self.boxes.values()})
        order = sorted(
            self.boxes, key=lambda p: (self.boxes[p].rank, p.position if p else 0)
        )
        index = {place: i for i, place in enumerate(order)}
        return Graph(
            printable(self.title()),
            tuple(
                replace(self.boxes[p], rank=used.index(self.boxes[p].rank))
                for p in order
            ),
            tuple(
                replace(arrow, source=index[source], target=index[target])
                for (source, target, _), arrow in self.arrows.items()
            ),
            tuple("answer" if level == top else caption(level) for level in used),
        )

    def title(self) -> str:
        """What the picture shows."""
        chosen = self.circuit.chosen
        at = "" if chosen.position is None else f" at position {chosen.position}"
        given = " ".join(self.circuit.letters)
        return f'What is enough for the answer {chosen.answer}{at} of "{given}"'

    def place(self, place: Place) -> Place:
        """Where a variable is drawn: inputs of a position share a box."""
        given = place.variable not in self.program.writers
        return Place("tokens", place.position) if given else place

    def arrow(
        self,
        read: Place,
        target: Place | None,
        kind: EdgeKind,
        title: str,
        label: tuple[str, ...] = (),
    ) -> None:
        """Add an arrow, or more to say to one that is there."""
        source = self.place(read)
        known = self.arrows.get((source, target, kind), Arrow(0, 0, kind, (), ""))
        titles = [*known.title.split("\n"), *title.split("\n")]
        self.arrows[source, target, kind] = replace(
            known,
            label=known.label + label,
            title="\n".join(line for line in dict.fromkeys(titles) if line),
        )
        self.read.add(source)

    def score(self, kept: Contribution) -> None:
        """What a value adds to the answer."""
        place = kept.place
        scale = self.program.classifier.scale
        lead = points(kept.difference, scale, sign=True)
        given = place.variable not in self.program.writers
        name = SINGULAR.get(place.variable, place.variable)
        label = f"{name} {lead}" if given else lead
        where = f"  [{short_place(kept.where)}]" if kept.where else ""
        at = f"{place.variable} = {show_value(kept.value)} at position {place.position}"
        title = printable(f"{at}: {lead}{where}")
        self.arrow(place, None, "score", title, (label,))

    def follow(self, start: Place) -> None:
        """Add the boxes of a value and of all that it came from."""
        waiting = [start]
        while waiting:
            place = waiting.pop()
            if place in self.boxes or place.variable not in self.program.writers:
                continue
            self.boxes[place], followed = self.box(place)
            waiting += reversed(followed)

    def box(self, place: Place) -> tuple[Box, list[Place]]:
        """The box of a variable at a position, and what it read; adds the arrows."""
        step = self.steps[place]
        name = printable(f"{place.variable} = {show_value(step.value)}")
        title = "\n".join(self.full(step))
        node = self.program.writers[place.variable]
        kind: NodeKind = "count"
        if isinstance(node, Embedding):
            kind = "embedding"
        elif isinstance(node, LookupTable):
            kind = "table"
        elif isinstance(node, CategoricalHead):
            kind = "head"
        rule = self.rule(step) if kind in ("head", "count") else ()
        read = self.reads(step)
        for source, edge in read:
            label: tuple[str, ...] = ()
            if edge == "attention":
                label, rule = rule, ()
            self.arrow(source, place, edge, title, label)
        at = (shorten(name), f"position {place.position}", *rule)
        box = Box(kind, self.levels[place.variable], at, title)
        return box, [source for source, _ in read]

    def reads(self, step: Step) -> list[tuple[Place, EdgeKind]]:
        """What a step read and the circuit follows back, as what."""
        node = self.program.writers[step.place.variable]
        left = not_followed(node, self.circuit.reach)
        followed = [(role, place) for role, place in step.reads if role not in left]
        if isinstance(node, LookupTable | Embedding):
            return [(place, "input") for _, place in followed]
        # Every position has a one: what was counted are the keys.
        counted = "key" if node.value == "ones" else "value"
        kinds: dict[str, EdgeKind] = {"key": "key", "query": "query"}
        kinds[counted] = "attention"
        found = [(p, kinds[role]) for role, p in followed if role in kinds]
        copied = {self.place(place) for place, kind in found if kind == "attention"}
        return [
            (place, kind)
            for place, kind in found
            if kind != "key" or self.place(place) not in copied
        ]

    def rule(self, step: Step) -> tuple[str, ...]:
        """What a head looked for, and where that is written."""
        node = self.program.writers[step.place.variable]
        assert not isinstance(node, LookupTable | Embedding)
        says = lines(printable(self.ways.looks(node, step)))
        where = shorten(printable(short_place(step.where)))
        return (*says, where) if where else tuple(says)

    def full(self, step: Step) -> list[str]:
        """All that is known of a step."""
        found = [self.ways.label("", step).plain]
        found += [line.plain for line in self.ways.lines(step)]
        if len(step.looked_for) > MOST_VALUES:
            found.append("in full: " + " or ".join(map(show_value, step.looked_for)))
        return [printable(line) for line in found]

    def inputs(self) -> None:
        """All tokens of the input; of a long one those that are read."""
        tokens = self.program.domain.wrap(self.circuit.letters)
        for position, token in enumerate(tokens):
            place = Place("tokens", position)
            read = place in self.read
            if read or len(tokens) <= MOST_INPUTS:
                step = self.steps.get(place)
                name = printable(show_value(step.value if step else token))
                at = f"position {position}"
                kind: NodeKind = "input" if read else "unread"
                title = f"token {name} at {at}"
                self.boxes[place] = Box(kind, INPUTS, (shorten(name), at), title)

    def answer(self, rank: int) -> Box:
        """The read-out."""
        chosen = self.circuit.chosen
        name = printable(chosen.answer)
        at = "whole input" if chosen.position is None else f"position {chosen.position}"
        where = at if chosen.position is None else f"at {at}"
        title = f"answer {name}, {where}"
        return Box("answer", rank, (shorten(f"answer {name}"), at), title)
