"""Lines that no input leads to, and values that are listed and never occur."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from analyzers.coverage.lines import RuleLines
from analyzers.lint.listed import Listed, listed
from analyzers.lint.seen import Seen
from analyzers.lint.wording import shown
from analyzers.spectra import Spectra
from tpdebug.findings import CellCount, Edit, Gives, Looks
from tpdebug.nodes import (
    CategoricalHead,
    Embedding,
    Head,
    Key,
    LookupTable,
    Node,
    NumericalHead,
    Rule,
    Value,
)
from tpdebug.read import Source


@dataclass(frozen=True, slots=True)
class DeadText:
    """A line that is dead, or a condition with dead values.

    Attributes:
        code: which kind of finding.
        node: the head or table.
        line: where it stands.
        says: what is dead.
        keys: the values of a head's query, or of the inputs of a table.
        edits: something that changes what is dead, and so no answer.
    """

    code: str
    node: str
    line: int
    says: str
    keys: tuple[Key, ...]
    edits: tuple[Edit, ...]


class Functions:
    """The functions of a file, and what of them occurs.

    Args:
        source: the program and where it stands.
        text: the file.
        seen: what occurs.
    """

    def __init__(self, source: Source, text: bytes, seen: Seen) -> None:
        self.program = source.program
        self.map = source.map
        self.seen = seen
        self.text = text.split(b"\n")
        self._source = source
        tree = ast.parse(text)
        lines = {
            node.lineno: node
            for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef)
        }
        self.functions = {
            name: lines[where.line]
            for name, where in source.map.functions.items()
            if where.line in lines and name in self.program.writers
        }
        self.run = next((f.lineno for f in lines.values() if f.name == "run"), None)
        self._whole = text

    def dead_lines(self) -> Iterator[DeadText]:
        """Each `return` that no input leads to."""
        lines = RuleLines(self._source, self._whole)
        spectra = Spectra(self.program)
        taken = np.zeros(len(spectra.rules), bool)
        for number, rule in enumerate(spectra.rules):
            taken[number] = rule.kind != "score" and self.taken(rule)
        reached = np.any(lines.matrix[taken], axis=0)
        place = {line: i for i, line in enumerate(lines.lines)}
        for name, function in self.functions.items():
            returns = [n for n in ast.walk(function) if isinstance(n, ast.Return)]
            if len(returns) < 2:
                continue
            for line in sorted({n.lineno for n in returns} & place.keys()):
                if not reached[place[line]]:
                    through = np.flatnonzero(lines.matrix[:, place[line]])
                    rules = [spectra.rules[n] for n in through]
                    yield self._dead_line(
                        name, line, [r for r in rules if r.node == name]
                    )

    def taken(self, rule: Rule) -> bool:
        """Whether a case or an entry is taken on any input."""
        node = self.program.writers[rule.node]
        if isinstance(node, LookupTable):
            return next(self.seen.reached(node, [rule.key]))
        assert isinstance(node, CategoricalHead | NumericalHead)
        cells = self.seen.of_head(node)
        query = self._place(node.query, rule.key[0])
        if len(rule.key) == 1:
            return bool(cells[query].any())
        return bool(cells[query, self._place(node.key, rule.key[1])])

    def _place(self, name: str, value: Value) -> int:
        """Where a value stands among those of a variable."""
        return tuple(self.program.variables[name].values).index(value)

    def _dead_line(self, name: str, line: int, rules: list[Rule]) -> DeadText:
        keys = tuple(rule.key for rule in rules)
        node = self.program.writers[name]
        text = self.text[line - 1].decode(errors="replace").strip()
        if not keys:
            says = f"no value of {names_of(node)} leads to `{text}`"
        else:
            verb = "never occurs" if len(keys) == 1 else "never occur"
            says = f"`{text}` is never reached: {names_of(node)} {shown(keys)} {verb}"
        return DeadText("TP101", name, line, says, keys, tuple(self._edits(node, keys)))

    def dead_values(self) -> Iterator[DeadText]:
        """Conditions that list values of which some, not all, never occur."""
        for name, function in self.functions.items():
            node = self.program.writers[name]
            for found in listed(function):
                never = [key for key in found.keys if not self.occurs(node, found, key)]
                if never and len(never) < len(found.keys):
                    yield self._dead_value(node, name, found, never)

    def occurs(self, node: Node, condition: Listed, key: Key) -> bool:
        """Whether the parameters of a condition ever have these values."""
        names = parameters(node)
        known = [self.program.variables[names[axis]].values for axis in condition.axes]
        if not all(v in values for v, values in zip(key, known, strict=True)):
            return False
        if isinstance(node, LookupTable):
            cells = self.seen.cells[node.name]
        else:
            assert isinstance(node, CategoricalHead | NumericalHead)
            cells = self.seen.of_head(node)
        place: list[int | slice] = [slice(None)] * cells.ndim
        for axis, value, values in zip(condition.axes, key, known, strict=True):
            place[axis] = values.index(value)  # type: ignore[arg-type]
        return bool(cells[tuple(place)].any())

    def _dead_value(
        self, node: Node, name: str, found: Listed, never: list[Key]
    ) -> DeadText:
        names = [parameters(node)[axis] for axis in found.axes]
        many = f"{len(never)} of the {len(found.keys)} values"
        verb = "occurs" if len(never) == 1 else "occur"
        says = f"{many} of {', '.join(names)} listed here never {verb}: {shown(never)}"
        edits: list[Edit] = []
        if isinstance(node, LookupTable):
            if len(found.axes) == len(node.inputs):
                order = [found.axes.index(axis) for axis in range(len(node.inputs))]
                edits += self._edits(node, [tuple(k[i] for i in order) for k in never])
        elif found.axes == (0,):
            edits += self._edits(node, never)
        return DeadText("TP102", name, found.line, says, tuple(never), tuple(edits))

    def _edits(self, node: Node, keys: list[Key] | tuple[Key, ...]) -> Iterator[Edit]:
        """Edits that change what never happens."""
        if isinstance(node, LookupTable):
            known = [set(self.program.variables[n].values) for n in node.inputs]
            keys = [
                k for k in keys if all(v in s for v, s in zip(k, known, strict=True))
            ]
            outputs = self.program.variables[node.name].values
            if keys:
                other = next((o for o in outputs if o != node.output(keys[0])), None)
                if other is not None:
                    yield Gives(node.name, tuple(keys), other)
        elif isinstance(node, CategoricalHead | NumericalHead):
            queries = self.program.variables[node.query].values
            asked: list[Value] = [k[0] for k in keys if k[0] in queries]
            some = {q for q in asked if node.predicate.cases and self._looks(node, q)}
            for every in (True, False):
                wanted = tuple(q for q in asked if (q in some) != every)
                if wanted:
                    yield Looks(node.name, wanted, every)

    @staticmethod
    def _looks(node: Head, query: Value) -> bool:
        return any(asked == query for asked, _ in node.predicate.cases)

    def counts(self) -> Iterator[CellCount]:
        """How many cells each head and table has, and how many of them never occur."""
        for node in self.program.nodes:
            if isinstance(node, Embedding):
                continue
            if isinstance(node, LookupTable):
                cells = self.seen.cells[node.name]
            else:
                cells = self.seen.of_head(node)
            total = never = 0
            function = self.functions.get(node.name)
            for found in () if function is None else listed(function):
                if isinstance(node, LookupTable) or found.axes == (0,):
                    total += len(found.keys)
                    never += sum(not self.occurs(node, found, k) for k in found.keys)
            unreached = cells.size - int(np.count_nonzero(cells))
            yield CellCount(node.name, cells.size, unreached, total, never)


def parameters(node: Node) -> tuple[str, ...]:
    """The variables that the function of a head or table is given."""
    if isinstance(node, LookupTable):
        return node.inputs
    assert isinstance(node, CategoricalHead | NumericalHead)
    return node.query, node.key


def names_of(node: Node) -> str:
    """What decides in the function of a head or table, for a sentence."""
    if isinstance(node, LookupTable):
        return ", ".join(node.inputs)
    return parameters(node)[0]
