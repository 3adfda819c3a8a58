"""What a long survey has done so far, in a file, so that it can go on later."""

from __future__ import annotations

import hashlib
import io
import json
import time
import zipfile
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

from analyzers.marked import Marked
from tpdebug.errors import UserError
from tpdebug.files import read_limited, replace_file
from tpdebug.oracles import Oracle
from tpdebug.parts import Part
from tpdebug.tally import Least, Tally

EVERY = 60.0
"""Seconds between two checkpoints."""

SIZE_LIMIT = 2**30


class Checkpointed:
    """The tally and the failing inputs of a survey; kept in a file while it goes on.

    Used as a context: at the end, and when it is interrupted, the state is saved.

    Attributes:
        tally: what was counted.
        marked: the failing inputs.
        waiting: the numbers of the parts that are still to do.
    """

    def __init__(
        self, path: Path | None, work: Any, oracle: Oracle, parts: Sequence[Part]
    ) -> None:
        """Begin, or go on from a file.

        Args:
            path: the file; None for none.
            work: what is done; a file of other work is refused. Its `repr` counts.
            oracle: numbers its labels as they are numbered in the file.
            parts: the inputs.

        Raises:
            UserError: the file holds something else.
        """
        self.path = path
        self.key = "" if path is None else _digest(work)
        self.oracle = oracle
        self.adding = False
        self.tally = Tally()
        self.marked = Marked(parts)
        self.done = np.zeros(len(parts), bool)
        self.saved = time.monotonic()
        if path is not None and path.exists():
            self._load(path)
        self.waiting = np.flatnonzero(~self.done).tolist()

    def add(self, number: int, counted: Tally, fails: Any) -> None:
        """Add the result of a part."""
        self.adding = True
        self.tally.add(counted)
        self.marked.mark(number, fails)
        self.done[number] = True
        self.adding = False
        if time.monotonic() - self.saved > EVERY:
            self.save()

    def __enter__(self) -> Checkpointed:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        good = kind is None or issubclass(kind, KeyboardInterrupt)
        if good and not self.adding:  # else what was saved last is the whole truth
            self.save()

    def save(self) -> None:
        """Write the state, whole."""
        if self.path is None:
            return
        numbers = sorted(self.marked.bits)
        bits = [self.marked.bits[number] for number in numbers]
        least = self.tally.least
        found = [] if least is None else [_five(least)]
        data = io.BytesIO()
        np.savez(
            data,
            key=np.array(self.key),
            labels=np.array(json.dumps(self.oracle.labels)),
            done=self.done,
            lengths=np.array(list(self.tally.lengths), np.int64),
            counts=np.array(list(self.tally.lengths.values()), np.int64),
            confusion=self.tally.confusion,
            least=np.array(found, dtype=np.int64).reshape(-1, 5),
            counting=np.array(list(self.tally.most), str),
            most=np.array(list(self.tally.most.values()), np.int64),
            numbers=np.array(numbers, np.int64),
            bits=np.concatenate(bits) if bits else np.zeros(0, np.uint8),
        )
        replace_file(self.path, data.getvalue())
        self.saved = time.monotonic()

    def _load(self, path: Path) -> None:
        data = read_limited(path, str(path), SIZE_LIMIT)
        try:
            with np.load(io.BytesIO(data), allow_pickle=False) as file:
                found = {name: file[name] for name in file.files}
            if str(found["key"]) != self.key:
                raise UserError(
                    f"{path} is the checkpoint of another program, other right answers "
                    "or other options; remove it to start anew"
                )
            self._restore(found)
        except (
            *(ValueError, TypeError, KeyError, IndexError),
            *(OSError, EOFError, zipfile.BadZipFile, NotImplementedError),
        ) as error:
            raise UserError(
                f"{path} is no checkpoint of a verification; name another file"
            ) from error

    def _restore(self, found: dict[str, Any]) -> None:
        if found["done"].shape != self.done.shape:
            raise ValueError("another number of parts")
        self.oracle.resume(json.loads(str(found["labels"])))
        self.done = found["done"].astype(bool)
        lengths = zip(found["lengths"].tolist(), found["counts"], strict=True)
        self.tally = Tally(dict(lengths), found["confusion"])
        for row in found["least"].tolist():
            self.tally.least = Least(*row)
        names = found["counting"].tolist()
        self.tally.most = dict(zip(names, found["most"].tolist(), strict=True))
        start = 0
        for number in found["numbers"].tolist():
            size = self.marked.parts[number].size
            stop = start + -(-size // 8)
            bits = found["bits"][start:stop]
            self.marked.mark(number, np.unpackbits(bits, count=size).astype(bool))
            start = stop


def _digest(work: Any) -> str:
    return hashlib.sha256(repr(work).encode()).hexdigest()


def _five(least: Least) -> tuple[int, ...]:
    return (least.lead, least.length, least.part, least.rank, least.place)
