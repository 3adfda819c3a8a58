"""A network in a file: read back it answers the same; what is none is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings

pytest.importorskip("torch")

from tests.strategies import programs
from tpdebug.errors import UserError
from tpdebug.inputs import blocks
from tpdebug.program import Program
from trainers.lift import lift_like
from trainers.lower import lower, tokens_of
from trainers.network import Network
from trainers.network_file import Kept, load_network, save_network


@settings(max_examples=40)
@given(program=programs())
def test_a_network_read_back_is_the_same(
    program: Program, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.getbasetemp() / "network.npz"
    kept = Kept(lower(program), program.domain, program.classifier.classes)
    save_network(path, kept)
    found = load_network(path)
    assert (found.domain, found.classes) == (kept.domain, kept.classes)
    assert lift_like(program, found.network, []) == program
    for block in blocks(program.domain):
        tokens = tokens_of(program.domain, block)
        before, after = (Network(each.network) for each in (kept, found))
        assert (before(tokens) == after(tokens)).all()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "holds no network"),
        (b"PK\x03\x04 not a zip file", "holds no network"),
        (b"hello", "holds no network"),
    ],
)
def test_what_is_no_network_is_refused(
    content: bytes, says: str, tmp_path: Path
) -> None:
    path = tmp_path / "network.npz"
    path.write_bytes(content)
    with pytest.raises(UserError, match=says):
        load_network(path)


def test_other_arrays_pickles_and_other_versions_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "network.npz"
    for arrays in (
        {"a": np.zeros(3)},
        {"about": np.array([object()])},
        {"about": np.array('{"version": 1}')},
        {"about": np.array("not JSON")},
    ):
        np.savez(path, **arrays)
        with pytest.raises(UserError, match="holds no network"):
            load_network(path)
    np.savez(path, about=np.array('{"version": 99}'))
    with pytest.raises(UserError, match="format 99; this reads 1"):
        load_network(path)
    with pytest.raises(UserError, match="does not exist"):
        load_network(tmp_path / "none.npz")
