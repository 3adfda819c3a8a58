"""Writing a program as Python: `write` makes the tree, `save` makes the file.

The file reads top to bottom as the algorithm: what it is, its inputs and classes, one
function for each predicate and table, a straight line of operations, the scores.
"""

from __future__ import annotations

from pathlib import Path

import libcst

from tpdebug.files import replace_file
from tpdebug.nodes import Embedding
from tpdebug.program import Program
from tpdebug.write.source import embedding_csv, source

__all__ = ["save", "words_path", "write"]

INLINE_WORDS = 64


def write(
    program: Program, *, standalone: bool = False, embedding: str | None = None
) -> libcst.Module:
    """Write a program as a syntax tree; `.code` is its source text.

    Args:
        program: what to write.
        standalone: copy the operations into the file, so that it needs no tpdebug.
        embedding: the name of a CSV file, next to the program, that holds its
            embedding; without it the embedding stands in the source.
    """
    return libcst.parse_module(source(program, standalone, embedding))


def save(program: Program, path: str | Path, *, standalone: bool = False) -> None:
    """Write a program to a file, whole or not at all.

    The embedding of a large vocabulary goes into a CSV file next to it, unless the
    file is to stand alone.
    """
    path = Path(path)
    embeds = any(isinstance(node, Embedding) for node in program.nodes)
    name = None
    if embeds and not standalone and len(program.domain.vocabulary) > INLINE_WORDS:
        name = words_path(path).name
        replace_file(words_path(path), embedding_csv(program))
    replace_file(path, write(program, standalone=standalone, embedding=name).code)


def words_path(path: Path) -> Path:
    """The CSV file next to a program, for an embedding that is not in the program."""
    return path.with_name(f"{path.stem}.words.csv")
