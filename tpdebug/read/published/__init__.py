"""Reading the programs that the paper's converter makes, unmodified.

Such a file computes with lists and looks its scores up in a CSV file with pandas. It
is read, not executed. Where it says less than a program of ours (its domain), that is
inferred, and the notes say so.
"""

from __future__ import annotations

import ast
import io
from pathlib import Path, PureWindowsPath

from tpdebug.errors import ProgramError, ReadError, UserError
from tpdebug.nodes import CategoricalHead, Classifier, Embedding
from tpdebug.program import Program
from tpdebug.read.assembly import Assembly
from tpdebug.read.expressions import Enumeration
from tpdebug.read.functions import FunctionReader
from tpdebug.read.loading import Text
from tpdebug.read.module import Contents
from tpdebug.read.published.body import read_body
from tpdebug.read.published.inference import Inferred, infer_domain
from tpdebug.read.published.lines import Body
from tpdebug.read.published.module import published_contents
from tpdebug.read.published.scores import published_classifier
from tpdebug.read.published.weights import Weights, read_weights
from tpdebug.read.published.words import Words, read_enumerations, read_words
from tpdebug.read.source import Published, Source

__all__ = ["PublishedReader", "is_published"]


def is_published(tree: ast.Module) -> bool:
    """Whether a file computes its answers with pandas, as published programs do."""
    for statement in tree.body:
        match statement:
            case ast.ImportFrom(module="tpdebug.rasp"):
                return False
            case ast.FunctionDef(name="run"):
                return any(
                    (isinstance(node, ast.Attribute) and node.attr == "read_csv")
                    or (isinstance(node, ast.Name) and node.id == "classifier_weights")
                    for node in ast.walk(statement)
                )
    return False


TIE = (
    "a head counts a query's own position as far away as there are matches "
    '(tie="matches")'
)


class PublishedReader:
    """Puts a program together from a published file and the files next to it."""

    def __init__(self, text: Text, tree: ast.Module) -> None:
        self.text = text
        self.module = published_contents(tree)
        self.contents: Contents = self.module.contents
        self.files: dict[str, str] = {}

    def read(self) -> Source:
        """Return the program, or raise with every problem found."""
        run = self.contents.functions.pop("run", None)
        if run is None:
            raise self.failure()
        body = read_body(run, self.contents)
        weights = self.weights(body, run)
        words = self.words(body, run)
        self.enumerations(body, words)
        functions = FunctionReader(
            self.contents.constants, self.contents.functions, self.contents.problems
        )
        for name in self.contents.functions:  # used or not
            functions.named(name)
        unread = weights is None or weights.problems or not body.scored
        if weights is None or unread or (body.coded and words is None):
            raise self.failure()
        try:
            inferred = infer_domain(body, self.module, weights, words)
        except UserError as error:
            self.contents.problem(run, str(error))
            raise self.failure() from None
        return self.assemble(body, functions, inferred, weights, words, run)

    def assemble(
        self,
        body: Body,
        functions: FunctionReader,
        inferred: Inferred,
        weights: Weights,
        words: Words | None,
        run: ast.FunctionDef,
    ) -> Source:
        """Put the parts together."""
        assembly = Assembly(inferred.domain, functions, self.contents.problem)
        if words is not None and body.coded:
            self.embed(body, assembly, words)
        for step in body.steps:
            assembly.add(step)
        table = published_classifier(body, assembly, weights, self.contents.problem)
        if self.contents.problems:
            raise self.failure()
        classifier = Classifier.of(weights.classes, *table.scores(), body.pooled)
        file = Path(self.text.name).name
        about = f"Read from {file}, which the paper's converter made."
        try:
            nodes = tuple(assembly.nodes)
            program = Program(inferred.domain, nodes, classifier, about=about)
        except ProgramError as error:
            self.contents.problem(run, str(error))
            raise self.failure() from None
        csv = self.beside(weights.name)
        places = assembly.source_map(self.text.path, table.rules, csv)
        domain, modules = inferred.domain, tuple(self.module.enumerations)
        needs = Published(domain.begin, domain.end, modules, tuple(self.files.items()))
        notes = [*inferred.notes, *table.notes()]
        if any(isinstance(node, CategoricalHead) for node in nodes):
            notes.append(TIE)
        return Source(program, places, tuple(notes), needs)

    def failure(self) -> ReadError:
        """All problems, in the order of the file."""
        return ReadError(self.text.name, tuple(sorted(set(self.contents.problems))))

    def weights(self, body: Body, run: ast.FunctionDef) -> Weights | None:
        """The score rows, from the file that the program names."""
        if body.weights is None:
            self.contents.problem(run, "run does not read its classifier_weights")
            return None
        path = self.path(body.weights)
        if path is None:
            return None
        weights = read_weights(path)
        for problem in weights.problems:
            self.contents.problem(body.weights, f"{weights.name}: {problem}")
        return weights

    def words(self, body: Body, run: ast.FunctionDef) -> Words | None:
        """The codes of words, from the file that the program names."""
        if body.words is None:
            if body.coded:
                self.contents.problem(run, "run does not read its embeddings")
            return None
        path = self.path(body.words)
        if path is None:
            return None
        problems: list[str] = []
        words = read_words(path, problems)
        for problem in problems[:20]:
            self.contents.problem(body.words, f"{path.name}: {problem}")
        return words

    def path(self, node: ast.Constant) -> Path | None:
        """The file next to the program that has the name of a path as written."""
        name = PureWindowsPath(self.written(node)).name
        if self.text.folder is None:
            says = f"{name} is looked for next to the program: give its path"
            self.contents.problem(node, says)
            return None
        path = self.text.folder / name
        try:
            there = path.is_file()
        except OSError:  # the name is too long
            there = False
        if not there:
            says = f"{name} is not there: put it next to the program"
            self.contents.problem(node, says)
            return None
        self.files[str(node.value)] = name
        return path

    def written(self, node: ast.Constant) -> str:
        """A string as it stands in the file: backslashes may not be escaped there."""
        lines = list(io.StringIO(self.text.text, newline=None))
        written = lines[node.lineno - 1][node.col_offset : node.end_col_offset]
        if node.end_lineno != node.lineno:
            return str(node.value)
        return written.lstrip("rRuU").strip("\"'")

    def beside(self, name: str) -> str:
        """A file next to the program, named as the user named the program."""
        path = Path(self.text.name).with_name(name)
        if self.text.folder is not None and not path.is_file():
            path = self.text.folder / name  # the program was named by a link
        return str(path)

    def enumerations(self, body: Body, words: Words | None) -> None:
        """Make the `Enum` classes that the program imports known to its functions."""
        for module, names in self.module.enumerations.items():
            file = f"{module.rpartition('.')[2]}.py"
            place = self.module.imports[module]
            if self.text.folder is None:
                says = f"{file} is looked for next to the program: give its path"
                self.contents.problem(place, says)
                continue
            try:
                path = self.text.folder / file
                self.contents.constants.update(read_enumerations(path, names))
            except UserError as error:
                self.contents.problem(place, str(error))
        for coded in body.coded:
            if words is not None and coded.column not in words.columns:
                says = f"the embeddings have no column {coded.column}"
                self.contents.problem(coded.node, says)

    def embed(self, body: Body, assembly: Assembly, words: Words) -> None:
        """Add the embedding, and how its codes look to the functions of the file."""
        vocabulary = assembly.domain.vocabulary
        unknown = [token for token in vocabulary if token not in words.codes]
        if unknown:
            says = f"the embeddings have no word {unknown[0]}"
            self.contents.problem(body.coded[0].node, says)
            return
        columns = []
        for coded in body.coded:
            if coded.column not in words.columns:
                continue  # which is noted
            column = words.columns.index(coded.column)
            codes = [words.codes[token][column] for token in vocabulary]
            columns.append(codes)
            if coded.enumeration is None:
                continue
            known = self.contents.constants.get(coded.enumeration)
            if not isinstance(known, Enumeration):
                says = f"{coded.enumeration} is no Enum that the file imports"
                self.contents.problem(coded.node, says)
                continue
            members_by_code = {code: f"V{code:02}" for code in sorted(set(codes))}
            missing = [n for n in members_by_code.values() if n not in known.members]
            if missing:
                says = f"{coded.enumeration} has no member {missing[0]}"
                self.contents.problem(coded.node, says)
                continue
            members = {c: known.members[name] for c, name in members_by_code.items()}
            if len(set(members.values())) < len(members):
                says = f"two codes of {coded.enumeration} have equal values"
                self.contents.problem(coded.node, says)
                continue
            assembly.objects[coded.name] = members
        if len(columns) < len(body.coded):
            return
        names = tuple(coded.name for coded in body.coded)
        rows = tuple(zip(*columns, strict=True))
        assembly.add_node(Embedding(names, rows), body.coded[0].node)
