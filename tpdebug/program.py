"""The one data model: a learned program as a frozen, finite, discrete object.

Standard library only. A `Program` checks itself when it is made and brings its parts
into normal form, so `==` compares meaning: same domain, same wiring, same functions,
same scores. Every analysis consumes it; files are read into it and written from it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import product

from tpdebug.domain import Domain
from tpdebug.nodes import (
    CategoricalHead,
    Classifier,
    Embedding,
    LookupTable,
    Node,
    NumericalHead,
    Predicate,
    Preference,
    Rule,
    Tie,
    Variable,
    outputs_of,
    require,
)
from tpdebug.normal import admit, admit_classifier, check_bound, input_variables


@dataclass(frozen=True)
class Program:
    """A learned program (paper, section 3).

    Attributes:
        domain: the inputs it is meant for.
        nodes: heads, tables and embeddings, in evaluation order.
        classifier: turns variables into answers.
        task: the name of the task it was trained for, if any.
        about: what is known of its origin and accuracy, for people; not compared.
        variables: every variable by name, inputs first, then in evaluation order.

    Raises:
        ProgramError: the parts do not fit together; the message says which.
    """

    domain: Domain
    nodes: tuple[Node, ...]
    classifier: Classifier
    task: str | None = None
    about: str = field(default="", compare=False)
    variables: Mapping[str, Variable] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        variables = {v.name: v for v in input_variables(self.domain)}
        embeddings = sum(isinstance(node, Embedding) for node in self.nodes)
        require(embeddings <= 1, "a program has at most one embedding")
        nodes = []
        for node in self.nodes:
            kept, written = admit(node, variables, self.domain)
            nodes.append(kept)
            variables.update({variable.name: variable for variable in written})
        object.__setattr__(self, "nodes", tuple(nodes))
        object.__setattr__(self, "variables", variables)
        classifier = admit_classifier(self.classifier, variables)
        object.__setattr__(self, "classifier", classifier)
        check_bound(classifier, variables, self.domain)

    @cached_property
    def writers(self) -> Mapping[str, Node]:
        """The node that writes each variable (inputs have none)."""
        found: dict[str, Node] = {}
        for node in self.nodes:
            found.update(dict.fromkeys(outputs_of(node), node))
        return found

    @cached_property
    def scored(self) -> tuple[str, ...]:
        """The variables that have a score row, in evaluation order."""
        rows = {row.variable for row in self.classifier.rows}
        return tuple(name for name in self.variables if name in rows)

    def rules(self) -> Iterator[Rule]:
        """Yield every rule: cases and entries in evaluation order, then score rows."""
        for node in self.nodes:
            if isinstance(node, CategoricalHead | NumericalHead):
                read = [node.query]
                if isinstance(node.predicate, Preference):
                    read.append(node.key)
                for key in product(*(self.variables[v].values for v in read)):
                    yield Rule("case", node.name, key)
            elif isinstance(node, LookupTable):
                for key in product(*(self.variables[v].values for v in node.inputs)):
                    yield Rule("entry", node.name, key)
        for row in self.classifier.rows:
            yield Rule("score", row.variable, () if row.value is None else (row.value,))

    def with_tie(self, tie: Tie) -> Program:
        """Return the program with another rule for the query's own position.

        Heads with a preference have one rule only.
        """
        nodes = tuple(
            replace(node, tie=tie)
            if isinstance(node, CategoricalHead)
            and isinstance(node.predicate, Predicate)
            else node
            for node in self.nodes
        )
        return replace(self, nodes=nodes)

    def with_about(self, about: str) -> Program:
        """Return the same program with another description."""
        return replace(self, about=about)
