"""The tasks of the paper (appendix B): inputs, labels and the right answers. No torch.

V and N count the special tokens, as in the paper: sort with V = N = 8 has five letters
(`<pad>`, `<s>` and `</s>` are in V) and one to six of them in an input.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

import numpy as np

from tpdebug.domain import MAX_ALPHABET, Domain
from tpdebug.errors import UserError
from tpdebug.inputs import Letters
from tpdebug.oracles import BatchOracle, Machine, Oracle
from trainers import references
from trainers.draws import Draw, brackets_of
from trainers.split import Split

BEGIN, END, UNKNOWN = "<s>", "</s>", "<unk>"
KEYS = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class Task:
    """What a program is trained for.

    Attributes:
        name: how the user calls it.
        says: what it asks for, in a few words.
        domain: the inputs.
        oracle: the right answers.
        draw: draws an input to train with; None: a random length, then random letters.
        classes: the possible answers; by default the labels of the oracle.
        listed: the cases, where the task is known only by a list of them. The oracle
            then knows those to test on.
        notes: what is odd about the cases, in sentences.

    A function makes a task in two lines; see `trainers.own` for more:

    >>> from trainers.own import function_task
    >>> task = function_task(sorted, Domain(("a", "b", "c"), (1, 5), "<s>", "</s>"))
    >>> task.classes, task.oracle(["c", "a"])
    (('a', 'b', 'c'), ('a', 'c'))
    """

    name: str
    says: str
    domain: Domain
    oracle: Oracle
    draw: Draw | None = None
    classes: tuple[str, ...] = ()
    listed: Split | None = None
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.classes:
            object.__setattr__(self, "classes", self.oracle.labels)

    @property
    def pooled(self) -> bool:
        """Whether there is one answer for a whole input, and not one for each letter.

        (Paper, section 4.3, classification.)
        """
        return self.oracle.pooled


@dataclass(frozen=True, slots=True)
class Kind:
    """A task at any size.

    Attributes:
        make: makes it from the number of letters and the most there are in an input.
        specials: how many tokens of V are no letters.
        around: how many positions of N are no letters.
        vocabulary, length: V and N in the paper.
        size: how many letters the least task has that knows some letters; None if
            there is only one size.
    """

    make: Callable[[int, int], Task]
    specials: int
    around: int
    vocabulary: int = 8
    length: int = 8
    size: Callable[[Collection[str]], int] | None = None


def task(name: str, vocabulary: int | None = None, length: int | None = None) -> Task:
    """Return a task at a size, by default that of the paper.

    Args:
        name: one of `TASKS`.
        vocabulary: V, the number of tokens, special ones included.
        length: N, the number of positions, those of special tokens included.

    Raises:
        UserError: there is no such task, or it does not exist at this size.

    >>> task("sort").oracle(["3", "1", "2"])
    ('1', '2', '3')
    """
    kind = _kind(name)
    vocabulary = kind.vocabulary if vocabulary is None else vocabulary
    length = kind.length if length is None else length
    letters, most = vocabulary - kind.specials, length - kind.around
    if letters < 1 or most < 1:
        least = f"V of at least {kind.specials + 1} and N of at least {kind.around + 1}"
        raise UserError(f"{name} needs {least}")
    return kind.make(letters, most)


def paper_size(name: str) -> tuple[int, int]:
    """V and N of a task in the paper.

    Raises:
        UserError: there is no such task.
    """
    kind = _kind(name)
    return kind.vocabulary, kind.length


def task_of_size(name: str, letters: int, most: int) -> Task:
    """Return the task that has so many letters, and at most so many in an input.

    Raises:
        UserError: there is no such task, or it does not exist at this size.
    """
    return _kind(name).make(letters, most)


def task_with(name: str, letters: Collection[str], most: int) -> Task:
    """Return the least task that has some letters, as far as it can have them.

    Args:
        name: one of `TASKS`.
        letters: any; those that the task has at no size make no difference.
        most: how many letters there are at most in an input.

    Raises:
        UserError: there is no such task.

    >>> task_with("sort", ["1", "3", "x"], 4).domain.alphabet
    ('0', '1', '2', '3')
    """
    kind = _kind(name)
    size = 0 if kind.size is None else kind.size(letters)
    return kind.make(size or kind.vocabulary - kind.specials, most)


def _kind(name: str) -> Kind:
    if name not in TASKS:
        raise UserError(f"there is no task {name!r}; the tasks are {', '.join(TASKS)}")
    return TASKS[name]


def _digits(letters: Collection[str]) -> int:
    """The number after the greatest among the letters; 0 if there is none."""
    numbers = (int(a) for a in letters if a.isascii() and a.isdigit() and len(a) < 7)
    known = (i for i in numbers if i < MAX_ALPHABET and str(i) in letters)
    return max(known, default=-1) + 1


def _keys_and_values(letters: Collection[str]) -> int:
    """As many keys as values, and enough of them."""
    keys = max((KEYS.index(a) for a in letters if a in tuple(KEYS)), default=-1) + 1
    return 2 * max(keys, min(_digits(letters), len(KEYS)))


def _alphabet(letters: int) -> tuple[str, ...]:
    return tuple(str(i) for i in range(letters))


def _reverse(letters: int, most: int) -> Task:
    domain = Domain(_alphabet(letters), (1, most), BEGIN, END)
    oracle = BatchOracle(domain, domain.alphabet, references.reverse)
    return Task("reverse", "the letters in reverse order", domain, oracle)


def _sort(letters: int, most: int) -> Task:
    domain = Domain(_alphabet(letters), (1, most), BEGIN, END)
    oracle = BatchOracle(domain, domain.alphabet, references.sort)
    return Task("sort", "the letters in ascending order", domain, oracle)


def _hist(letters: int, most: int) -> Task:
    domain = Domain(_alphabet(letters), (1, most), BEGIN)
    labels = [str(i) for i in range(1, most + 1)]
    oracle = BatchOracle(domain, labels, references.hist)
    return Task("hist", "how often each letter occurs", domain, oracle)


def _double_hist(letters: int, most: int) -> Task:
    domain = Domain(_alphabet(letters), (1, most), BEGIN)
    labels = [str(i) for i in range(1, min(letters, most) + 1)]
    oracle = BatchOracle(domain, labels, references.double_hist)
    says = "how many distinct letters occur as often as this one"
    return Task("double_hist", says, domain, oracle)


def _most_freq(letters: int, most: int) -> Task:
    domain = Domain(_alphabet(letters), (1, most), BEGIN)

    def labels(block: Letters) -> references.Labels:
        return references.most_freq(block, fill=letters)

    oracle = BatchOracle(domain, (*domain.alphabet, BEGIN), labels)
    return Task("most_freq", "the distinct letters by falling count", domain, oracle)


def _dyck(name: str, brackets: tuple[str, ...]) -> Callable[[int, int], Task]:
    def make(letters: int, most: int) -> Task:
        if letters != len(brackets):
            raise UserError(
                f"{name} has the {len(brackets)} letters {' '.join(brackets)}"
            )
        domain = Domain(brackets, (most, most), BEGIN, causal=True)
        pairs = tuple(zip(brackets[::2], brackets[1::2], strict=True))
        oracle = Machine(domain, ("F", "P", "T"), (), references.dyck)
        says = "whether the brackets up to here balance"
        return Task(name, says, domain, oracle, brackets_of(pairs, most))

    return make


def _induction(letters: int, most: int) -> Task:
    if letters % 2:
        raise UserError(
            "induction has as many keys as values: an even number of letters"
        )
    keys, values = tuple(KEYS[: letters // 2]), _alphabet(letters // 2)
    if len(keys) < letters // 2:
        raise UserError(f"induction has at most {len(KEYS)} keys")
    domain = Domain((*keys, *values), (1, most), BEGIN, causal=True, keys=keys)
    labels = (*values, UNKNOWN)
    codes = np.array([labels.index(a) if a in values else -1 for a in domain.alphabet])

    def found(block: Letters) -> references.Labels:
        return references.induction(block, codes, unknown=len(values))

    oracle = BatchOracle(domain, labels, found)
    says = "at each key, the value that followed it before"
    return Task("induction", says, domain, oracle)


TASKS: dict[str, Kind] = {
    "reverse": Kind(_reverse, specials=3, around=2, size=_digits),
    "hist": Kind(_hist, specials=2, around=1, size=_digits),
    "double_hist": Kind(_double_hist, specials=2, around=1, size=_digits),
    "sort": Kind(_sort, specials=3, around=2, size=_digits),
    "most_freq": Kind(_most_freq, specials=2, around=1, size=_digits),
    "dyck1": Kind(_dyck("dyck1", ("(", ")")), 2, 1, vocabulary=4, length=16),
    "dyck2": Kind(_dyck("dyck2", ("(", ")", "{", "}")), 2, 1, vocabulary=6, length=16),
    "induction": Kind(_induction, 2, 1, 10, 10, size=_keys_and_values),
}
