"""Puts what was found into words, with its place in the file and what it rests on."""

from __future__ import annotations

from collections.abc import Iterator

from analyzers.lint.heads import pointless
from analyzers.lint.lines import Functions
from analyzers.lint.rows import unneeded_rows
from analyzers.lint.seen import Seen
from analyzers.lint.together import removable
from analyzers.lint.variables import UNNEEDED, needless
from analyzers.lint.wording import show_value, shown
from analyzers.sameness import Sameness
from analyzers.survey import Progress
from tpdebug.findings import (
    CODES,
    Copied,
    Edit,
    Evidence,
    Finding,
    Fixed,
    Unscored,
)
from tpdebug.nodes import Rule, Value, inputs_of, outputs_of
from tpdebug.read import Source

TOGETHER = "TP110"


class Finder:
    """Makes findings: puts what was found into words, with its place."""

    def __init__(
        self, source: Source, text: bytes, seen: Seen, evidence: Evidence
    ) -> None:
        self.program = source.program
        self.map = source.map
        self.seen = seen
        self.evidence = evidence
        self.functions = Functions(source, text, seen)

    def all(
        self, same: Sameness, together: bool, removing: Progress | None
    ) -> Iterator[Finding]:
        """Every finding about what the program does."""
        yield from self.of_text()
        yield from self.of_heads()
        gone = set()
        for found in needless(same, self.seen):
            gone |= {found.variable} if found.code == UNNEEDED else set()
            yield self.of_variable(found.variable, found.code, found.edits)
        for name, values in unneeded_rows(same).items():
            if name not in gone:
                yield self.of_rows(name, values)
        if together:
            parts = removable(same, self.seen, removing)
            if len(parts) > 1:
                yield self.of_set(parts)

    def of_text(self) -> Iterator[Finding]:
        """Dead lines, and values that are listed and never occur."""
        for dead in (*self.functions.dead_lines(), *self.functions.dead_values()):
            yield self._finding(
                dead.code,
                f"{dead.node}: {dead.says}",
                f"{self.map.path}:{dead.line}",
                dead.node,
                dead.edits,
                values=[list(key) for key in dead.keys],
            )

    def of_heads(self) -> Iterator[Finding]:
        """Heads that match never or always."""
        for found in pointless(self.seen, self.map):
            every, queries = found.edit.every, found.edit.queries
            if every:
                says = "every key that it sees matches; the condition can be True"
            elif found.rule is None:
                says = "no key that it looks for is ever there"
            else:
                asked = shown([(query,) for query in queries])
                says = f"the keys that it looks for at {asked} are never there"
            yield self._finding(
                "TP104" if every else "TP103",
                f"{found.head}: {says}",
                self._function(found.head)
                if found.rule is None
                else self.map.where(found.rule),
                found.head,
                (found.edit,),
                queries=list(queries),
            )

    def of_variable(self, name: str, code: str, edits: tuple[Edit, ...]) -> Finding:
        """A variable that can be replaced, or go."""
        edit, data = edits[0], dict[str, Value]()
        match edit:
            case Fixed(_, value) if code == UNNEEDED:
                data["value"] = value
                says = f"{name} is needed by no answer: it can go"
                says += self._readers(name, value)
            case Fixed(_, value):
                data["value"] = value
                says = f"{name} is always {show_value(value)}"
                says += self._except(name)
            case Copied(_, source):
                data["equals"] = source
                says = f"{name} always equals {source}, which can be read instead"
            case _:
                raise TypeError(f"no finding has {edit}")
        return self._finding(code, says, self._node(name), name, edits, **data)

    def _readers(self, name: str, value: Value) -> str:
        """What has to be said to those that read a variable that goes."""
        readers = [
            n
            for node in self.program.nodes
            if name in inputs_of(node)
            for n in outputs_of(node)
        ]
        if not readers:
            return ""
        listed = ", ".join(readers)
        return f", with {show_value(value)} in its place in {listed}"

    def _except(self, name: str) -> str:
        if len(self.seen.values[name]) == 1:
            return ""
        return " where a letter stands, and nowhere else does it matter"

    def of_rows(self, name: str, values: tuple[Value | None, ...]) -> Finding:
        """Scores that decide nothing: all of a variable, or some rows."""
        rows = [r for r in self.program.classifier.rows if r.variable == name]
        first = Rule("score", name, () if values[0] is None else (values[0],))
        where = self.map.where(first)
        if len(rows) == len(values):
            says = f"the scores of {name} never decide an answer: all can go"
            edit = Unscored(name)
            return self._finding("TP108", says, where, name, (edit,))
        listed = shown([(value,) for value in values if value is not None])
        verb = "decides" if len(values) == 1 else "decide"
        says = f"{len(values)} of the {len(rows)} score rows of {name} never {verb} an "
        says += f"answer and can go: {listed}"
        edit = Unscored(name, values)
        data = {"rows": list(values)}
        return self._finding("TP109", says, where, name, (edit,), **data)

    def of_set(self, together: list[tuple[Edit, ...]]) -> Finding:
        """Parts that can go at once."""
        edits = tuple(edit for some in together for edit in some)
        nodes = [e.variable for e in edits if isinstance(e, Fixed)]
        whole = [
            some[0].variable
            for some in together
            if isinstance(some[0], Unscored) and some[0].values is None
        ]
        rows: dict[str, list[Value | None]] = {}
        for edit in edits:
            if isinstance(edit, Unscored) and edit.values is not None:
                rows.setdefault(edit.variable, []).extend(edit.values)
        parts = []
        if nodes:
            parts.append(
                f"{'variables' if len(nodes) > 1 else 'variable'} {', '.join(nodes)}"
            )
        if whole:
            parts.append(f"all scores of {', '.join(whole)}")
        if rows:
            listed = "; ".join(
                f"{name} {shown([(v,) for v in values if v is not None])}"
                for name, values in rows.items()
            )
            count = sum(map(len, rows.values()))
            parts.append(f"{count} score row{'s' if count > 1 else ''} ({listed})")
        says = (
            f"all of these can go together, and then nothing else: {'; '.join(parts)}"
        )
        return self._finding(
            TOGETHER,
            says,
            self._run(),
            None,
            edits,
            nodes=nodes,
            scores=whole,
            rows={name: list(values) for name, values in rows.items()},
        )

    def _run(self) -> str | None:
        """Where the function `run` stands."""
        line = self.functions.run
        return None if line is None else f"{self.map.path}:{line}"

    def _function(self, name: str) -> str | None:
        span = self.map.functions.get(name)
        return self._node(name) if span is None else f"{self.map.path}:{span.line}"

    def _node(self, name: str) -> str | None:
        span = self.map.nodes.get(name)
        return None if span is None else f"{self.map.path}:{span.line}"

    def _finding(
        self,
        code: str,
        says: str,
        where: str | None,
        variable: str | None,
        edits: tuple[Edit, ...],
        **data: object,
    ) -> Finding:
        kind = CODES[code]
        if self.evidence.kind != "proved":
            says = f"in the sample, {says}"
        path, line = self.map.path, None
        if where is not None and where != self.map.path:
            path, _, number = where.rpartition(":")
            line = int(number)
        return Finding(
            code,
            kind.symbol,
            kind.severity,
            says,
            path,
            line,
            variable,
            self.evidence,
            edits,
            data,
        )
