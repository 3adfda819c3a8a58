"""A verification that is interrupted goes on where it was, with the same result."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from analyzers.survey import survey
from analyzers.verify import verify
from tests.test_verify import broken_sort, same
from tpdebug.errors import UserError
from tpdebug.parts import all_parts
from trainers.tasks import task


def interrupting(after: int) -> object:
    """A progress display that is interrupted."""

    def progress(done: int, total: int) -> None:
        if done > after:
            raise KeyboardInterrupt

    return progress


@pytest.mark.parametrize("after", [0, 100, 700])
def test_an_interrupted_verification_goes_on(after: int, tmp_path: Path) -> None:
    file = tmp_path / "state"
    program, oracle = broken_sort(), task("sort").oracle
    with pytest.raises(KeyboardInterrupt):
        verify(program, oracle, jobs=1, progress=interrupting(after), checkpoint=file)
    assert file.exists()
    seen: list[int] = []
    found = verify(
        program,
        oracle,
        jobs=1,
        progress=lambda done, total: seen.append(done),
        checkpoint=file,
    )
    assert seen[0] > after
    assert same(found, verify(program, oracle))
    seen.clear()
    again = verify(
        program,
        oracle,
        progress=lambda done, total: seen.append(done),
        checkpoint=file,
    )
    assert same(again, found)
    assert seen == [19_530], "what is done is not done again"


def test_a_checkpoint_of_another_work_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "state"
    program, oracle = broken_sort(), task("sort").oracle
    with pytest.raises(KeyboardInterrupt):
        verify(program, oracle, progress=interrupting(0), checkpoint=file)
    before = file.read_bytes()
    with pytest.raises(UserError, match="another program, other right answers or"):
        verify(program, oracle, name="another", checkpoint=file)
    assert file.read_bytes() == before


@pytest.mark.parametrize(
    "content", [b"", b"junk", b"PK\x03\x04 and so on", b"\x93NUMPY"]
)
def test_a_file_that_is_no_checkpoint_is_refused(
    content: bytes, tmp_path: Path
) -> None:
    file = tmp_path / "state"
    file.write_bytes(content)
    with pytest.raises(UserError, match="no checkpoint"):
        verify(broken_sort(), task("sort").oracle, checkpoint=file)
    assert file.read_bytes() == content


def test_a_checkpoint_is_never_unpickled(tmp_path: Path) -> None:
    file = tmp_path / "state.npz"
    np.savez(file, key=np.array([{}], dtype=object), allow_pickle=True)
    with pytest.raises(UserError, match="no checkpoint"):
        verify(broken_sort(), task("sort").oracle, checkpoint=file)


def test_a_survey_tells_its_progress_and_does_each_part_once() -> None:
    parts = list(all_parts(task("sort").domain, 500))
    told: list[tuple[int, int]] = []
    found = dict(
        survey(
            parts, lambda n: parts[n].size, jobs=3, progress=lambda *a: told.append(a)
        )
    )
    assert sorted(found) == list(range(len(parts)))
    assert sum(found.values()) == 19_530
    assert told[-1] == (19_530, 19_530)
    assert [done for done, _ in told] == sorted(done for done, _ in told)


def test_what_a_part_raises_ends_the_survey() -> None:
    parts = list(all_parts(task("sort").domain, 500))

    def work(number: int) -> int:
        if number == 7:
            raise UserError("part 7")
        return number

    with pytest.raises(UserError, match="part 7"):
        list(survey(parts, work, jobs=2))
