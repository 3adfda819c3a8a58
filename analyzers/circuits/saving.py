"""Writing a circuit as a program file, read back before anything is written."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from math import prod
from pathlib import Path

from analyzers.circuits.cut import cut
from tpdebug.errors import ProgramError, ReadError
from tpdebug.files import replace_file, same_file
from tpdebug.findings import Circuit
from tpdebug.nodes import LookupTable
from tpdebug.program import Program
from tpdebug.read import Source, read
from tpdebug.read.cells import MAX_APPLIED
from tpdebug.read.loading import source_text
from tpdebug.write import save, words_path
from tpdebug.write.cut import cut_source
from tpdebug.write.kept import CannotRewrite, take_apart


@dataclass(frozen=True, slots=True)
class Saved:
    """A circuit that was written.

    Attributes:
        path: the file.
        program: what it holds.
        anew: why it was written anew; None if it is the original file, cut down.
    """

    path: Path
    program: Program
    anew: str | None


def save_circuit(
    source: Source,
    program: str | Path,
    circuit: Circuit,
    path: str | Path,
    made_by: str = "",
) -> Saved:
    """Write a circuit as a program file, whole or not at all; nothing is executed.

    A file of our own dialect is cut down: what stays is as it was, comments too. Any
    other is written anew.

    Args:
        source: the program, as it was read.
        program: its file.
        circuit: what was found in it.
        path: the file to write, which is replaced if it is there.
        made_by: the command, for the docstring.

    Raises:
        ProgramError: the circuit cannot be said in a file.
        UserError: the file cannot be written there.
        RuntimeError: what was written reads differently. That is a bug.
    """
    program, path, found = Path(program), Path(path), None
    try:
        if source.published is not None:
            raise CannotRewrite("it is in another dialect")
        text = source_text(program).text
        parts = take_apart(text)
        found = _cut(source, program, circuit, made_by, parts.words)
        code = cut_source(text, parts, found)
        if "load_embedding(" in code and not same_file(program.parent, path.parent):
            raise CannotRewrite("its embedding is in another folder")
    except CannotRewrite as error:
        found = found or _cut(source, program, circuit, made_by)
        _save_anew(found, path)
        return Saved(path, found, str(error))
    _read_back(code, path, found)
    replace_file(path, code)
    return Saved(path, found, None)


def _cut(
    source: Source,
    program: Path,
    circuit: Circuit,
    made_by: str,
    taken: frozenset[str] = frozenset(),
) -> Program:
    found = cut(source.program, circuit, name=program.name, taken=taken)
    return found.with_about(f"{found.about}\n{made_by}".strip())


def _save_anew(program: Program, path: Path) -> None:
    """Write a program where it can be read back first, then where it belongs."""
    for node in program.nodes:
        if isinstance(node, LookupTable):
            size = prod(len(program.variables[v].values) for v in node.inputs)
            if size > MAX_APPLIED:
                raise ProgramError(
                    f"the circuit cannot be written: {node.name} has {size:,} entries, "
                    f"at most {MAX_APPLIED:,} can be read back"
                )
    with tempfile.TemporaryDirectory() as folder:
        draft = Path(folder) / path.name
        save(program, draft)
        _read_back(draft, draft, program)
        for old, new in ((words_path(draft), words_path(path)), (draft, path)):
            if old.exists():
                replace_file(new, old.read_bytes())


def _read_back(text: str | Path, path: Path, wanted: Program) -> None:
    """Make sure that what is written reads as it should."""
    try:
        found = read(text, path=path).program
    except ReadError as error:
        raise RuntimeError(f"the circuit cannot be read back: {error}") from error
    if found != wanted:
        raise RuntimeError(f"{path} would be another program than the circuit")
