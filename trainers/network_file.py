"""A network with its choices made, kept in a file: arrays, and JSON that says of what.

Nothing in the file is executed when it is read (no pickled objects).
"""

from __future__ import annotations

import json
import zipfile
from dataclasses import asdict, dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np

from tpdebug.domain import Domain
from tpdebug.errors import DomainError, UserError
from tpdebug.files import read_limited, replace_file
from trainers.discrete import INPUTS, Copy, Count, Discrete, Node, Prefer, Table

VERSION = 1
SIZE_LIMIT = 500_000_000
_KINDS = {"Copy": Copy, "Count": Count, "Prefer": Prefer, "Table": Table}
_ARRAYS = {"Copy": "predicate", "Count": "predicate", "Prefer": "scores"}
_ARRAYS |= {"Table": "output"}


@dataclass(frozen=True, slots=True)
class Kept:
    """A network, the inputs that it is for, and the names of its classes."""

    network: Discrete
    domain: Domain
    classes: tuple[str, ...]


def save_network(path: Path, kept: Kept) -> None:
    """Write a network to a file, whole.

    Raises:
        UserError: it cannot be written.
    """
    network = kept.network
    arrays: dict[str, Any] = {}
    nodes = []
    for number, node in enumerate(network.nodes):
        kind = type(node).__name__
        name = _ARRAYS[kind]
        arrays[f"node{number}"] = getattr(node, name)
        fields = {f: getattr(node, f) for f in node.__slots__ if f != name}
        nodes.append({"kind": kind, **fields})
    for number, scores in enumerate(network.scores):
        if scores is not None:
            arrays[f"score{number}"] = scores
    about = {
        "version": VERSION,
        "domain": asdict(kept.domain),
        "classes": kept.classes,
        "causal": network.causal,
        "pooled": network.pooled,
        "nodes": nodes,
    }
    file = BytesIO()
    np.savez(file, about=np.array(json.dumps(about)), **arrays)
    replace_file(path, file.getvalue())


def load_network(path: Path) -> Kept:
    """Read a network from a file.

    Raises:
        UserError: it cannot be read, or holds none.
    """
    content = read_limited(path, str(path), SIZE_LIMIT)
    try:
        with np.load(BytesIO(content), allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        about = json.loads(str(arrays["about"]))
        if about["version"] != VERSION:
            raise UserError(
                f"{path} has format {about['version']!r}; this reads {VERSION}"
            )
        return _kept(about, arrays)
    except (KeyError, TypeError, ValueError, AttributeError, EOFError) as error:
        raise UserError(f"{path} holds no network: {error}") from None
    except (zipfile.BadZipFile, DomainError, RecursionError) as error:
        raise UserError(f"{path} holds no network: {error}") from None


def _kept(about: dict[str, Any], arrays: dict[str, Any]) -> Kept:
    nodes: list[Node] = []
    for number, fields in enumerate(about["nodes"]):
        kind = fields.pop("kind")
        for name in fields.keys() & {"inputs", "means"}:
            fields[name] = tuple(fields[name])
        fields[_ARRAYS[kind]] = arrays[f"node{number}"]
        nodes.append(_KINDS[kind](**fields))
    scores = [arrays.get(f"score{number}") for number in range(INPUTS + len(nodes))]
    given = about["domain"]
    for name in ("alphabet", "lengths", "keys"):
        given[name] = None if given[name] is None else tuple(given[name])
    network = Discrete(
        tuple(nodes),
        tuple(scores),
        len(about["classes"]),
        bool(about["causal"]),
        bool(about["pooled"]),
    )
    return Kept(network, Domain(**given), tuple(about["classes"]))
