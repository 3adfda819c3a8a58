"""Domains: counting, order, membership, samples, and what they say is wrong."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies import domains, inputs
from tpdebug.domain import Domain
from tpdebug.errors import DomainError
from tpdebug.inputs import blocks, decode, encode, sample, unrank, with_specials

AB = Domain(("a", "b"), (1, 3))
HUGE = Domain(tuple("abcdefghij"), (1, 40), begin="<s>")
KEYED = Domain(tuple("abcdefgh012345"), (1, 40), keys=tuple("abcdefgh"))
BIG_KEYED = tuple(
    Domain(tuple("abcdefgh012345"), (n, n), keys=tuple("abcdefgh"))
    for n in range(18, 34)
)


def by_brute_force(domain: Domain) -> list[tuple[str, ...]]:
    """Every input in order: all sequences, those with broken pairs left out."""
    found = []
    for length in range(domain.lengths[0], domain.lengths[1] + 1):
        found += [x for x in product(domain.alphabet, repeat=length) if fits(domain, x)]
    return found


def fits(domain: Domain, letters: tuple[str, ...]) -> bool:
    if domain.keys is None:
        return True
    if any((x in domain.keys) == bool(i % 2) for i, x in enumerate(letters)):
        return False
    pairs = set(zip(letters[::2], letters[1::2], strict=False))
    return len({key for key, _ in pairs}) == len(pairs)


@given(domains(longest=4, letters=4))
def test_a_domain_counts_enumerates_and_indexes_its_inputs(domain: Domain) -> None:
    expected = by_brute_force(domain)
    assert domain.count == len(expected)
    assert [x for b in blocks(domain, 7) for x in decode(domain, b)] == expected
    some = range(0, len(expected), 1 + len(expected) // 200)
    assert [domain.input(i) for i in some] == [expected[i] for i in some]
    assert [domain.index(expected[i]) for i in some] == list(some)


@given(domains(longest=4, letters=3), st.data())
def test_membership_is_having_an_index(domain: Domain, data: st.DataObject) -> None:
    letter = st.one_of(st.sampled_from(domain.vocabulary), st.just("nowhere"))
    letters = tuple(data.draw(st.lists(letter, max_size=5)))
    inside = letters in by_brute_force(domain)
    assert (domain.why_not(letters) is None) == inside
    if not inside:
        with pytest.raises(DomainError):
            domain.index(letters)


@given(st.data())
def test_generated_inputs_are_members(data: st.DataObject) -> None:
    domain = data.draw(domains())
    letters = data.draw(inputs(domain))
    assert domain.why_not(letters) is None
    assert domain.input(domain.index(letters)) == letters


@pytest.mark.parametrize("domain", [HUGE, KEYED], ids=["plain", "keyed"])
@given(data=st.data())
def test_indices_are_exact_beyond_64_bits(domain: Domain, data: st.DataObject) -> None:
    assert domain.count > 2**63
    index = data.draw(st.integers(0, domain.count - 1))
    letters = domain.input(index)
    assert domain.why_not(letters) is None
    assert domain.index(letters) == index


def test_the_count_of_a_huge_domain_is_exact() -> None:
    assert HUGE.count == sum(10**n for n in range(1, 41))
    assert KEYED.count_of_length(2) == 8 * 6
    assert KEYED.count_of_length(3) == 8 * 6 * 8
    assert KEYED.count_of_length(4) == 8 * 6 * (1 + 7 * 6)
    assert KEYED.count_of_length(41) == KEYED.count_of_length(0) == 0


@pytest.mark.parametrize(
    "domain", [HUGE, KEYED, *BIG_KEYED], ids=lambda d: str(d.count)
)
def test_samples_of_domains_of_any_size_are_members(domain: Domain) -> None:
    found = [x for b in sample(domain, 50, seed=1) for x in decode(domain, b)]
    assert len(found) == 50
    assert [domain.why_not(letters) for letters in found] == [None] * 50
    assert len(set(found)) > 45


@pytest.mark.parametrize(
    "domain", [HUGE, KEYED, *BIG_KEYED], ids=lambda d: str(d.count)
)
def test_arrays_of_inputs_are_the_inputs_of_their_indices(domain: Domain) -> None:
    import numpy as np

    length = domain.lengths[1]
    count = domain.count_of_length(length)
    ranks = [0, 1, count // 3, count - 1]
    kind = np.int64 if count < 2**62 else object
    found = decode(domain, unrank(domain, length, np.array(ranks, kind)))
    shorter = domain.count - count
    assert found == [domain.input(shorter + rank) for rank in ranks]


def test_the_first_block_of_a_huge_domain_is_quick() -> None:
    first = next(iter(blocks(Domain(tuple("abcdefghij"), (40, 40)), 3)))
    assert decode(HUGE, first)[2] == ("a",) * 39 + ("c",)


@given(domains())
def test_samples_depend_on_the_seed_only(domain: Domain) -> None:
    once = [block.tolist() for block in sample(domain, 20, seed=3)]
    assert [block.tolist() for block in sample(domain, 20, seed=3)] == once
    found = [x for b in sample(domain, 20, seed=3) for x in decode(domain, b)]
    assert all(domain.why_not(letters) is None for letters in found)


def test_samples_are_uniform_over_inputs_not_over_lengths() -> None:
    found = [x for b in sample(AB, 14_000, seed=0) for x in decode(AB, b)]
    counts = [found.count(letters) for letters in by_brute_force(AB)]
    assert min(counts) > 850
    assert max(counts) < 1150


def test_samples_with_keys_are_uniform() -> None:
    domain = Domain(tuple("ab01"), (3, 4), keys=("a", "b"))
    everything = by_brute_force(domain)
    found = [
        x
        for b in sample(domain, 1000 * len(everything), seed=0)
        for x in decode(domain, b)
    ]
    assert all(850 < found.count(letters) < 1150 for letters in everything)


@given(st.data())
def test_encoding_is_undone_by_decoding(data: st.DataObject) -> None:
    domain = data.draw(domains())
    letters = data.draw(inputs(domain))
    block = encode(domain, [letters])
    assert decode(domain, block) == [letters]
    names = [domain.vocabulary[i] for i in with_specials(domain, block)[0]]
    assert tuple(names) == domain.wrap(letters)
    assert domain.parse(" ".join(domain.wrap(letters))) == letters
    assert domain.parse("\t".join(letters) + "\n") == letters


@pytest.mark.parametrize("index", [-1, 14, 10**30])
def test_an_index_outside_is_named_with_the_count(index: int) -> None:
    with pytest.raises(DomainError, match=rf"input {index} .* 14 of the domain"):
        AB.input(index)


@pytest.mark.parametrize(
    ("letters", "says"),
    [
        ((), ["1 to 40 letters", "not 0"]),
        (("a",) * 41, ["1 to 40 letters", "not 41"]),
        (("a", "zz"), ["letter 2", "'zz'", "alphabet", "a b c"]),
        (("0",), ["letter 1", "'0'", "must be a key", "a b c"]),
        (("a", "b"), ["letter 2", "'b'", "must be a value", "0 1 2"]),
        (("a", "0", "a", "1"), ["'a'", "'0'", "'1'"]),
    ],
)
def test_why_not_says_what_is_wrong(letters: tuple[str, ...], says: list[str]) -> None:
    reason = KEYED.why_not(letters)
    assert reason is not None
    assert [word for word in says if word not in reason] == []
    with pytest.raises(DomainError) as caught:
        KEYED.index(letters)
    assert str(caught.value) == reason


def test_a_long_alphabet_is_shortened_in_messages() -> None:
    domain = Domain(tuple(f"w{i}" for i in range(5000)), (1, 2))
    reason = domain.why_not(["what"])
    assert reason is not None
    assert "5,000 in all" in reason
    assert len(reason) < 200


@pytest.mark.parametrize("text", ["", "a a a a", "a c", "<s>"])
def test_parse_refuses_what_no_program_takes(text: str) -> None:
    with pytest.raises(DomainError):
        Domain(("a", "b"), (1, 3), begin="<s>").parse(text)


def test_parse_replaces_unknown_words() -> None:
    domain = Domain(("a", "?"), (1, 3), begin="<s>", end="</s>", unknown="?")
    assert domain.parse("<s> a what </s>") == ("a", "?")
    assert domain.unreadable(["a", "what"]) is None


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"alphabet": ()}, "alphabet"),
        ({"alphabet": ("a", "a")}, "'a'"),
        ({"alphabet": ("a", "b c")}, "'b c'"),
        ({"alphabet": ("a", "")}, "''"),
        ({"alphabet": ("a", "b\n")}, "white space"),
        ({"alphabet": ("a", 1)}, "1"),
        ({"begin": "a"}, "'a'"),
        ({"begin": "<s>", "end": "<s>"}, "'<s>'"),
        ({"end": "x y"}, "'x y'"),
        ({"lengths": (0, 2)}, "lengths"),
        ({"lengths": (3, 2)}, "lengths"),
        ({"lengths": (1, 513)}, "512"),
        ({"lengths": (1.5, 2)}, "lengths"),
        ({"lengths": ("1", "2")}, "lengths"),
        ({"lengths": (1, 2, 3)}, "lengths"),
        ({"lengths": 3}, "lengths"),
        ({"unknown": "zz"}, "'zz'"),
        ({"keys": ()}, "keys"),
        ({"keys": ("a", "b")}, "keys"),
        ({"keys": ("zz",)}, "keys"),
        ({"alphabet": tuple("abc"), "keys": ("b", "a")}, "keys"),
    ],
)
def test_a_domain_that_cannot_be_says_why(arguments: Any, says: str) -> None:
    whole = {"alphabet": ("a", "b"), "lengths": (1, 2), **arguments}
    with pytest.raises(DomainError, match=says):
        Domain(**whole)


def test_positions_and_vocabulary_include_the_special_tokens() -> None:
    domain = Domain(("a", "b"), (1, 3), begin="<s>", end="</s>")
    assert domain.vocabulary == ("a", "b", "<s>", "</s>")
    assert (domain.positions, domain.offset) == (5, 1)
    assert (AB.positions, AB.offset) == (3, 0)
