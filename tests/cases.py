"""Programs written by hand whose answers are known without running them.

One table of (name, program, expected answer, inputs), used at every stage: evaluate,
write and execute, stand alone, read. Expected answers come from a few lines of Python
for each task, or are written out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise, product

from tpdebug.domain import Domain
from tpdebug.nodes import (
    CategoricalHead,
    Classifier,
    Embedding,
    LookupTable,
    NumericalHead,
    Predicate,
    Preference,
)
from tpdebug.program import Program

Letters = Sequence[str]


@dataclass(frozen=True)
class Case:
    """A program and what it must answer, letter by letter or once."""

    name: str
    program: Program
    expected: Callable[[Letters], Sequence[str]]
    inputs: tuple[tuple[str, ...], ...]


def equal(values: Sequence[str | int]) -> Predicate:
    """The predicate `key == query`."""
    return Predicate.of({value: [value] for value in values})


def says(classes: Sequence[str], *variables: str) -> Classifier:
    """A classifier that answers with the value of a variable."""
    return Classifier.of(
        classes,
        {
            (variable, name): [int(other == name) for other in classes]
            for variable in variables
            for name in classes
        },
    )


def spell(text: str) -> tuple[tuple[str, ...], ...]:
    """Inputs of one-character letters, written as words."""
    return tuple(tuple(word) for word in text.split())


def induction() -> Case:
    """At each key, the value that it had before; "?" where it had none."""
    keys, values = ("a", "b", "c"), ("0", "1")
    domain = Domain(keys + values, (1, 7), begin="<s>", causal=True, keys=keys)
    back = Predicate.where(range(8), range(8), lambda q, k: k == q - 1)
    match = equal(keys)
    nodes = (
        CategoricalHead("attn_0_0", "positions", "positions", "tokens", back),
        CategoricalHead("attn_1_0", "tokens", "attn_0_0", "tokens", match),
    )
    scores = {
        ("attn_1_0", value): [int(value == v) for v in "01"] + [0] for value in "01"
    }
    scores["attn_1_0", "<s>"] = [0, 0, 1]
    program = Program(domain, nodes, Classifier.of("01?", scores), task="induction")

    def expected(letters: Letters) -> list[str]:
        pairs = list(pairwise(letters))
        found = [dict(pairs[:i]).get(letter, "?") for i, letter in enumerate(letters)]
        return [a if a in values else "?" for a in found]

    return Case("induction", program, expected, spell("a a0 a0a a0b1a0b b1b1b1b c0a0c"))


def reverse() -> Case:
    """The letters backwards, for one length, between begin and end tokens."""
    domain = Domain(tuple("abc"), (5, 5), begin="<s>", end="</s>")
    mirror = Predicate.where(range(7), range(7), lambda q, k: k == 6 - q)
    head = CategoricalHead("attn_0_0", "positions", "positions", "tokens", mirror)
    program = Program(domain, (head,), says("abc", "attn_0_0"), task="reverse")
    return Case("reverse", program, lambda x: x[::-1], spell("abcab aaaaa ccbba"))


def hist() -> Case:
    """How often the letter at each position occurs: a count, then a table."""
    domain = Domain(tuple("abc"), (1, 4))
    count = NumericalHead("count", "tokens", "tokens", "ones", equal("abc"))
    names = {(n,): f"{n}x" for n in range(1, 5)}
    table = LookupTable.of("mlp_0_0", ["count"], names, "0x")
    classes = ("1x", "2x", "3x", "4x")
    program = Program(domain, (count, table), says(classes, "mlp_0_0"), task="hist")

    def expected(letters: Letters) -> list[str]:
        return [f"{Counter(letters)[letter]}x" for letter in letters]

    return Case("hist", program, expected, spell("a ab aa abca cccc"))


def previous() -> Case:
    """The letter before; at the first position, where nothing matches, itself."""
    domain = Domain(tuple("ab'"), (1, 4))
    back = Predicate.where(range(4), range(4), lambda q, k: k == q - 1)
    head = CategoricalHead("attn_0_0", "positions", "positions", "tokens", back)
    program = Program(domain, (head,), says("ab'", "attn_0_0"))
    return Case("previous", program, lambda x: [x[0], *x[:-1]], spell("a ab ba' a'bb"))


def majority() -> Case:
    """Pooled: "b" if there are at least as many b as a; the end token counts for b.

    Scores are doubled, so that the one point of the end token only decides ties.
    """
    domain = Domain(("a", "b"), (1, 5), begin="[", end="]")
    scores = {
        ("tokens", "a"): [2, 0],
        ("tokens", "b"): [0, 2],
        ("tokens", "]"): [0, 1],
    }
    program = Program(domain, (), Classifier.of("ab", scores, pooled=True))

    def expected(letters: Letters) -> list[str]:
        return ["a" if letters.count("a") > letters.count("b") else "b"]

    return Case("majority", program, expected, spell("a b ab aab abb aaabb"))


def ties() -> Case:
    """Pooled, with equal scores: the first class in class order wins."""
    domain = Domain(("a", "b"), (1, 4))
    scores = {("tokens", "a"): [0, 1], ("tokens", "b"): [1, 0]}
    classifier = Classifier.of(["z", "y"], scores, pooled=True)

    def expected(letters: Letters) -> list[str]:
        return ["y" if letters.count("a") > letters.count("b") else "z"]

    return Case("ties", Program(domain, (), classifier), expected, spell("a b ab abaa"))


def balance() -> Case:
    """Causal: are there more opening brackets so far, as many, or fewer?"""
    domain = Domain(("(", ")"), (1, 6), begin="<s>", causal=True)
    every = dict.fromkeys(domain.vocabulary, "(")
    opened = NumericalHead("opened", "tokens", "tokens", "ones", Predicate.of(every))
    close = Predicate.of({token: [")"] for token in domain.vocabulary})
    closed = NumericalHead("closed", "tokens", "tokens", "ones", close)
    names = {(o, c): "P" if o > c else "F" for o, c in product(range(8), range(8))}
    names |= {(n, n): "T" for n in range(8)}
    table = LookupTable.of("mlp_0_0", ["opened", "closed"], names, "T")
    nodes = (opened, closed, table)

    def expected(letters: Letters) -> list[str]:
        found = []
        for stop in range(1, len(letters) + 1):
            level = letters[:stop].count("(") - letters[:stop].count(")")
            found.append("P" if level > 0 else "F" if level else "T")
        return found

    program = Program(domain, nodes, says("TPF", "mlp_0_0"), task="balance")
    return Case("balance", program, expected, spell("( ) () )( (()) ())(()"))


def sentiment() -> Case:
    """Pooled words: good and bad ones, turned round by the word "not" before them."""
    words = ("<unk>", "bad", "fine", "good", "not", "poor")
    domain = Domain(words, (1, 4), begin="<s>", unknown="<unk>")
    kind = {"bad": 1, "poor": 1, "fine": 2, "good": 2}
    codes = tuple((kind.get(w, 0), int(w == "not")) for w in domain.vocabulary)
    back = Predicate.where(range(5), range(5), lambda q, k: k == q - 1)
    head = CategoricalHead("attn_0_0", "positions", "positions", "emb_1", back)
    turned = {(1, 0): -1, (2, 0): 1, (1, 1): 1, (2, 1): -1}
    table = LookupTable.of("mlp_0_0", ["emb_0", "attn_0_0"], turned, 0)
    scores = {("mlp_0_0", -1): [3, 0], ("mlp_0_0", 1): [0, 3]}
    classifier = Classifier.of(["negative", "positive"], scores, 100, pooled=True)
    nodes = (Embedding(("emb_0", "emb_1"), codes), head, table)
    answers = {
        ("good",): "positive",
        ("bad",): "negative",
        ("not", "good"): "negative",
        ("not", "poor"): "positive",
        ("not", "<unk>", "fine"): "positive",
        ("good", "bad"): "negative",
        ("good", "not", "poor", "bad"): "positive",
    }
    return Case(
        "sentiment",
        Program(domain, nodes, classifier, task="sentiment"),
        lambda letters: [answers[tuple(letters)]],
        tuple(answers),
    )


def vowels() -> Case:
    """One query, many keys: the nearest other vowel; the first letter if none."""
    domain = Domain(tuple("aebcd"), (1, 6))
    wanted = Predicate.of({letter: ["a", "e"] for letter in "aebcd"})
    head = CategoricalHead("attn_0_0", "tokens", "tokens", "tokens", wanted)
    program = Program(domain, (head,), says("aebcd", "attn_0_0"))

    def expected(letters: Letters) -> list[str]:
        found = []
        for here, letter in enumerate(letters):
            others = [i for i, x in enumerate(letters) if x in "ae" and i != here]
            others.sort(key=lambda i: (abs(i - here), i))
            alone = letter if letter in "ae" else letters[0]
            found.append(letters[others[0]] if others else alone)
        return found

    return Case("vowels", program, expected, spell("b a ba bab abe cbade ebcda bcdbcd"))


def growing() -> Case:
    """A sum of sums: the number of pairs to the left, scored by one row."""
    domain = Domain(("a",), (1, 5))
    left = Predicate.where(range(5), range(5), lambda q, k: k < q)
    first = NumericalHead("num_0_0", "positions", "positions", "ones", left)
    second = NumericalHead("num_1_0", "positions", "positions", "num_0_0", left)
    scores = {("num_1_0", None): [0, 1], ("ones", None): [3, 0]}
    classifier = Classifier.of(["few", "many"], scores)

    def expected(letters: Letters) -> list[str]:
        # i positions to the left make i (i - 1) / 2 pairs; a tie at 3 is "few"
        return ["many" if i * (i - 1) // 2 > 3 else "few" for i in range(len(letters))]

    program = Program(domain, (first, second), classifier)
    return Case("growing", program, expected, spell("a aa aaa aaaa aaaaa"))


def record() -> Case:
    """Causal: the largest letter so far, by scores."""
    domain = Domain(tuple("abcd"), (1, 5), causal=True)
    best = Preference.by("abcd", "abcd", lambda _, k: "abcd".index(str(k)))
    head = CategoricalHead("attn_0_0", "tokens", "tokens", "tokens", best)
    program = Program(domain, (head,), says("abcd", "attn_0_0"), task="record")

    def expected(letters: Letters) -> list[str]:
        return [max(letters[:stop]) for stop in range(1, len(letters) + 1)]

    return Case("record", program, expected, spell("a ab ba acb bdcad dcba aabbc"))


def company() -> Case:
    """By scores: the nearest other vowel, else a vowel itself, else the nearest."""
    domain = Domain(tuple("aebcd"), (1, 6))
    best = Preference.by("aebcd", "aebcd", lambda _, k: int(k in ("a", "e")))
    head = CategoricalHead("attn_0_0", "tokens", "tokens", "tokens", best)
    program = Program(domain, (head,), says("aebcd", "attn_0_0"))

    def expected(letters: Letters) -> list[str]:
        found = []
        for here, letter in enumerate(letters):
            others = [i for i in range(len(letters)) if i != here]
            others.sort(key=lambda i: (letters[i] not in "ae", abs(i - here), i))
            vowel = others and letters[others[0]] in "ae"
            stays = not others or (letter in "ae" and not vowel)
            found.append(letter if stays else letters[others[0]])
        return found

    return Case("company", program, expected, spell("b a ba bab bcd cbade ebcda bcdb"))


CASES = (
    *(induction(), reverse(), hist(), previous(), majority(), ties(), balance()),
    *(sentiment(), vowels(), growing(), record(), company()),
)
