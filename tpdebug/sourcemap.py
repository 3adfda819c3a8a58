"""Where the parts of a program stand in its file; kept apart from the program."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tpdebug.nodes import Rule


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of source: lines count from 1, columns from 1, the end included."""

    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True)
class SourceMap:
    """Node, function or rule -> span.

    Attributes:
        path: the file, as the user named it; None for source text.
        nodes: the statement that computes each node, by the name of what it writes.
        functions: the predicate or table of each head or table.
        rules: the line that decides each rule. One line may decide many.
        defaults: the line that decides every other rule of a table.
        scores: the file that the score rows stand in, if it is another one.
    """

    path: str | None
    nodes: Mapping[str, Span] = field(default_factory=dict)
    functions: Mapping[str, Span] = field(default_factory=dict)
    rules: Mapping[Rule, Span] = field(default_factory=dict)
    defaults: Mapping[str, Span] = field(default_factory=dict)
    scores: str | None = None

    def where(self, rule: Rule) -> str | None:
        """Return `file:line` of a rule, or of the node it belongs to, if known."""
        span = self.span(rule)
        path = self.scores if rule.kind == "score" and self.scores else self.path
        return None if span is None else f"{path or '<source>'}:{span.line}"

    def span(self, rule: Rule) -> Span | None:
        """Where a rule stands, or the node it belongs to, if known."""
        if rule in self.rules:
            return self.rules[rule]
        if rule.kind == "entry" and rule.node in self.defaults:
            return self.defaults[rule.node]
        return self.nodes.get(rule.node)
