"""Reading a file of our own dialect: constants, functions, `run`, scores."""

from __future__ import annotations

import ast
from typing import Any

from tpdebug.domain import Domain
from tpdebug.errors import DomainError, ProgramError, ReadError
from tpdebug.program import Program
from tpdebug.read.assembly import Assembly
from tpdebug.read.functions import FunctionReader
from tpdebug.read.loading import Text
from tpdebug.read.module import Contents, contents
from tpdebug.read.run import run_steps
from tpdebug.read.scores import read_classifier
from tpdebug.read.source import Source
from tpdebug.read.steps import Steps


class OwnReader:
    """Puts a program together from what stands in a file."""

    def __init__(self, text: Text, tree: ast.Module) -> None:
        self.text = text
        self.contents: Contents = contents(tree, text)
        found = self.contents
        self.functions = FunctionReader(
            found.constants, found.functions, found.problems
        )

    def read(self) -> Source:
        """Return the program, or raise with every problem found."""
        if "run" not in self.contents.functions:
            if self.contents.problems and "run" in self.contents.names:
                raise self.failure()
            raise self.text.error(
                "not a learned program: there is no `def run(tokens)`"
            )
        run = self.contents.functions.pop("run")
        steps = run_steps(run, self.contents)
        for name in self.contents.functions:  # used or not
            self.functions.named(name)
        domain = self.domain(steps, run)
        if domain is None:
            raise self.failure()
        embedding = self.contents.constants.get("EMBEDDING")
        assembly = Assembly(domain, self.functions, self.contents.problem, embedding)
        for step in steps.nodes:
            assembly.add(step)
        if steps.answer is None:
            raise self.failure()
        classifier, rules = read_classifier(
            self.contents, steps.answer, assembly.variables
        )
        if classifier is None or self.contents.problems:
            raise self.failure()
        task = self.contents.constants.get("TASK")
        about = self.contents.about
        try:
            task = task if isinstance(task, str) else None
            program = Program(domain, tuple(assembly.nodes), classifier, task, about)
        except ProgramError as error:
            self.contents.problem(run, str(error))
            raise self.failure() from None
        return Source(program, assembly.source_map(self.text.path, rules))

    def failure(self) -> ReadError:
        """All problems, in the order of the file."""
        return ReadError(self.text.name, tuple(sorted(set(self.contents.problems))))

    def domain(self, steps: Steps, run: ast.FunctionDef) -> Domain | None:
        """The domain that the constants describe."""
        constants = self.contents.constants
        options = {name: name.upper() for name in steps.delimits or ()}
        needed = {"ALPHABET", "LENGTHS", *options.values()}
        missing = needed - self.contents.names
        if missing:
            names = ", ".join(sorted(missing))
            self.contents.problem(run, f"the file does not say its {names}")
        if not needed <= constants.keys():
            return None
        given = {option: constants[name] for option, name in options.items()}
        keys = constants.get("KEYS")
        try:
            return Domain(
                _tuple(constants["ALPHABET"]),
                _tuple(constants["LENGTHS"]),
                causal=bool(constants.get("CAUSAL", False)),
                keys=None if keys is None else _tuple(keys),
                **given,
            )
        except DomainError as error:
            place = self.contents.assignments.get("ALPHABET", run)
            self.contents.problem(place, f"the domain does not fit: {error}")
            return None


def _tuple(value: Any) -> Any:
    if not isinstance(value, tuple | list):
        raise DomainError(f"{value!r} is not a tuple")
    return tuple(value)
