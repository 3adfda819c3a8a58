"""Files of cases as something to train for: letters, lengths, answers, and the split.

A file does not say what it is about, its cases do. Words are counted in the cases that
are trained on only: what is tested must not help to choose them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from tpdebug.cases import Case, Input, contradict
from tpdebug.domain import Domain, span
from tpdebug.errors import DomainError, UserError, counted
from tpdebug.rows import Expected, Rows, case_of, check_count, read_rows, refuse
from trainers.config import Own
from trainers.split import Split
from trainers.tasks import BEGIN, END, UNKNOWN

LONGEST = 126
"""Letters in an input: attention looks at every pair of them."""

MOST = 1_000_000
"""Cases in a file."""

FEWEST = 10
"""Inputs of which some can be held out."""


@dataclass(frozen=True, slots=True)
class Listing:
    """What files of cases hold.

    Attributes:
        domain: the inputs that the cases are from.
        pooled: whether there is one answer for a whole input.
        parts: the cases to train on, to choose by, and to test on.
        notes: what is odd about them, in sentences.
    """

    domain: Domain
    pooled: bool
    parts: Split
    notes: tuple[str, ...]


def listing(own: Own, seed: int) -> Listing:
    """Read files of cases.

    Args:
        own: the files, and how to read them.
        seed: which cases are held out, if there are no files with those.

    Raises:
        UserError: a file cannot be used; the message says which lines are at fault.
    """
    names = (own.cases, own.validation, own.test)
    files = [None if name is None else read_rows(Path(name)) for name in names]
    frame = Domain(
        (UNKNOWN,),
        (1, 1),
        BEGIN if own.begin else None,
        END if own.end else None,
        own.causal,
        UNKNOWN,
    )
    pooled = own.answers == "input"
    if own.answers is None:
        pooled = _one_answer(frame, [rows for rows in files if rows is not None])
    notes: list[str] = []
    read = [None if f is None else _cases(f, frame, pooled, own, notes) for f in files]
    rest = read[0] or []
    train, valid, test = held_out(rest, read[1], read[2], seed, str(own.cases))
    for part, what in ((train, "training"), (valid, "validation"), (test, "test")):
        if not any(label is not None for _, row in part for label in row):
            raise UserError(f"the {what} cases score nothing")
    domain = _domain(frame, own, train, [*train, *valid, *test])
    parts = [
        tuple((domain.accept(words), expected) for words, expected in part)
        for part in (train, valid, test)
    ]
    notes += _notes(domain, train, valid, test)
    return Listing(domain, pooled, Split(*parts), tuple(notes))


def _one_answer(frame: Domain, files: Sequence[Rows]) -> bool:
    """Whether there is one answer for each input, as far as the cases tell.

    The reading that more lines allow; if equally many, an answer for each letter.
    """
    faults = []
    for pooled in (False, True):
        count = 0
        for rows in files:
            for _, row in rows.lines():
                try:
                    text, expected = case_of(row, pooled)
                    check_count(expected, 1 if pooled else len(frame.words(text)))
                except UserError:
                    count += 1
        faults.append(count)
    return faults[1] < faults[0]


def _cases(
    rows: Rows, frame: Domain, pooled: bool, own: Own, notes: list[str]
) -> list[Case]:
    """The cases of a file that are wanted; adds what is odd to the notes."""
    found: list[Case] = []
    first: dict[Input, Expected] = {}
    problems: list[str] = []
    left_out = contrary = 0
    for line, row in rows.lines():
        try:
            text, expected = case_of(row, pooled)
            words = tuple(frame.words(text))
            check_count(expected, 1 if pooled else len(words))
            if not _wanted(words, own):
                left_out += 1
                continue
            _check_words(words, frame)
            contrary += contradict(first.setdefault(words, expected), expected)
            found.append((words, expected))
        except UserError as error:
            problems.append(f"{rows.path}:{line}: {error}")
        if len(found) > MOST:
            raise UserError(f"{rows.path} holds more than {MOST:,} cases: take fewer")
    refuse(problems)
    if not found:
        which = " that fit" if left_out else ""
        raise UserError(f"{rows.path} holds no cases{which}")
    if left_out:
        says = counted(left_out, "case")
        notes.append(f"{rows.path}: {says} of other letters or lengths left out")
    if contrary:
        says = f"{counted(contrary, 'case')} of {len(found):,} with an input that is"
        notes.append(f"{rows.path}: {says} listed before with other answers")
    return found


def _wanted(words: Input, own: Own) -> bool:
    """Whether an input has the letters and the length that were asked for."""
    if own.alphabet is not None and not {*words} <= {*own.alphabet}:
        return False
    return own.lengths is None or own.lengths[0] <= len(words) <= own.lengths[1]


def _check_words(words: Input, frame: Domain) -> None:
    """Make sure that an input can be put between the special tokens.

    Raises:
        DomainError: it cannot.
    """
    if not 1 <= len(words) <= LONGEST:
        raise DomainError(
            f"an input to train with has {span((1, LONGEST))}, not {len(words)}; "
            "--lengths leaves others out"
        )
    for token, option in ((frame.begin, "--no-begin"), (frame.end, "--no-end")):
        if token is not None and token in words:
            says = f"{token!r} can stand only at an end of an input"
            raise DomainError(f"{says}; {option} makes it a letter")


def held_out(
    cases: list[Case],
    valid: list[Case] | None,
    test: list[Case] | None,
    seed: int,
    name: str,
) -> tuple[list[Case], list[Case], list[Case]]:
    """Hold out a tenth for each part that has no file of its own.

    All cases with the same input stay together: what is tested was not seen.

    Raises:
        UserError: there are too few inputs.
    """
    inputs = [*dict.fromkeys(words for words, _ in cases)]
    parts = (valid is None) + (test is None)
    if parts and len(inputs) < FEWEST:
        raise UserError(
            f"{name} has {counted(len(inputs), 'different input')}: too few to hold "
            f"some out; list at least {FEWEST}, or name files for --validation and "
            "--test"
        )
    Random(seed).shuffle(inputs)
    tenth = len(inputs) // 10
    held = [{*inputs[i * tenth : (i + 1) * tenth]} for i in range(parts)]
    kept = {*inputs[parts * tenth :]}
    rest = iter([[case for case in cases if case[0] in chosen] for chosen in held])
    train = [case for case in cases if case[0] in kept]
    valid = next(rest) if valid is None else valid
    return train, valid, next(rest) if test is None else test


def _domain(
    frame: Domain, own: Own, train: Sequence[Case], every: Sequence[Case]
) -> Domain:
    """The inputs that cases are from: their words, and their lengths.

    Words that are rare in training, and those that only other cases have, are one
    unknown word.
    """
    counts = Counter(word for words, _ in train for word in words)
    if own.alphabet is not None:
        counts = Counter({word: counts[word] for word in own.alphabet})
        frequent = list(counts)
    else:
        often = (word for word, n in counts.most_common() if n >= own.min_count)
        frequent = [word for word in often if word != UNKNOWN][: own.max_words]
    if own.alphabet is None:
        frequent.sort(key=natural)
    others = any(word not in {*frequent} for words, _ in every for word in words)
    lengths = [len(words) for words, _ in every]
    span_of = own.lengths or (min(lengths), max(lengths))
    alphabet = (*frequent, UNKNOWN) if others else tuple(frequent)
    unknown = UNKNOWN if others else None
    return Domain(alphabet, span_of, frame.begin, frame.end, frame.causal, unknown)


def _notes(
    domain: Domain, train: Sequence[Case], valid: Sequence[Case], test: Sequence[Case]
) -> Iterator[str]:
    """What a user should know about the split."""
    seen = {words for words, _ in train}
    again = sum(words in seen for words, _ in test)
    if again:
        yield f"{again:,} of {len(test):,} test cases have an input to train with"
    known = {*domain.alphabet} - {domain.unknown}
    if domain.unknown is not None and all({*words} <= known for words in seen):
        yield (
            f"no training case has a word that is not known; {domain.unknown} is not "
            "learned (--min-count 2 makes rare words unknown)"
        )
    labels = {label for _, row in train for label in row}
    fresh = {label for _, row in (*valid, *test) for label in row} - labels - {None}
    if fresh:
        names = " ".join(sorted(map(str, fresh), key=natural))
        yield f"no training case has the label {names}: it will be answered wrong"


def natural(text: str) -> tuple[bool, int, str]:
    """Sort numbers by value, before everything else.

    >>> sorted(["10", "b", "9", "a"], key=natural)
    ['9', '10', 'a', 'b']
    """
    number = text.isascii() and text.isdigit()
    return not number, int(text) if number else 0, text
