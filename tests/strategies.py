"""Hypothesis strategies for domains, inputs of a domain, and whole programs.

Everything that the data model allows is generated: every type of node, tokens that are
awkward in source text, names that are awkward in Python, predicates and tables with and
without structure. Sizes are small; strangeness is not.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product
from math import prod

from hypothesis import strategies as st

from tpdebug.domain import Domain
from tpdebug.nodes import (
    CategoricalHead,
    Classifier,
    Embedding,
    LookupTable,
    Node,
    NumericalHead,
    Predicate,
    Preference,
    Value,
    Variable,
)
from tpdebug.normal import admit, input_variables
from tpdebug.program import Program

PLAIN = tuple("abcdefghij0123456789")
WEIRD = (
    *(
        "'",
        '"',
        "\\",
        "\\n",
        "\\'",
        '\\"',
        '"""',
        "'''",
        "'\"",
        "''\"",
        "#",
        "#fmt:off",
    ),
    *("{", "}", "{}", "},{", "(", "[", ",", ":", "=", "%s", "{0}", "$", "<pad>", "..."),
    *("True", "None", "def", "and", "or", "in", "0", "-1", "00", "1e3", "k_token"),
    *("é", "ß", "日本", "😀", "\u200b", "\x00", "\x7f", "\ufeff", "e\u0301", "w" * 95),
)
NAMES = (
    *("attn_0_0", "attn_0_1", "attn_1_0", "num_attn_1_1", "mlp_0_0", "mlp_1_0"),
    *("attends_0_0", "table_0_0", "token", "position", "k_token", "q_position", "x"),
    *(
        "sum",
        "zip",
        "str",
        "max",
        "max_",
        "min",
        "int",
        "scores",
        "classes",
        "causal",
        "rows",
        "a_1",
        "attn",
    ),
)
OUTPUTS = (
    *(0, 1, 2, 3, 7, -1, "x", "y", "0", "it's", 'a "b"', "two words", "\\", "é\n"),
    "long and longer, or longest: " * 4,
)


def tokens() -> st.SearchStrategy[str]:
    """One token: a plain letter, an awkward one, or any text without white space."""
    anything = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=5)
    solid = anything.filter(lambda text: text.split() == [text])
    return st.one_of(st.sampled_from(PLAIN), st.sampled_from(WEIRD), solid)


@st.composite
def domains(draw: st.DrawFn, longest: int = 5, letters: int = 5) -> Domain:
    """A domain with any combination of its options."""
    size = draw(st.integers(1, letters))
    if draw(st.booleans()):
        names = list(PLAIN[: size + 2])
    else:
        names = draw(st.lists(tokens(), min_size=size + 2, max_size=8, unique=True))
    *alphabet, begin, end = names
    most = draw(st.integers(1, longest))
    keys = None
    if len(alphabet) > 1 and draw(st.integers(0, 4)) == 0:
        some = draw(st.lists(st.booleans(), min_size=len(alphabet), max_size=99))
        keys = tuple(a for a, chosen in zip(alphabet, some, strict=False) if chosen)
    return Domain(
        tuple(alphabet),
        (draw(st.integers(1, most)), most),
        begin=begin if draw(st.booleans()) else None,
        end=end if draw(st.booleans()) else None,
        causal=draw(st.booleans()),
        unknown=draw(st.sampled_from([None, None, alphabet[-1]])),
        keys=keys if keys and len(keys) < len(alphabet) else None,
    )


@st.composite
def inputs(draw: st.DrawFn, domain: Domain) -> tuple[str, ...]:
    """An input of a domain, drawn letter by letter."""
    length = draw(st.integers(*domain.lengths))
    if domain.keys is None:
        letter = st.sampled_from(domain.alphabet)
        return tuple(draw(st.lists(letter, min_size=length, max_size=length)))
    values = [letter for letter in domain.alphabet if letter not in domain.keys]
    bound = {key: draw(st.sampled_from(values)) for key in domain.keys}
    letters: list[str] = []
    while len(letters) < length:
        key = draw(st.sampled_from(domain.keys))
        letters += [key, bound[key]]
    return tuple(letters[:length])


def relations(
    queries: Sequence[Value], keys: Sequence[Value]
) -> st.SearchStrategy[Callable[[Value, Value], bool]]:
    """A relation between query and key of the kind that a closed form says."""
    tests: list[Callable[[Value, Value], bool]] = [
        lambda q, k: k == q,
        lambda q, k: k != q,
        lambda q, k: True,
        lambda q, k: False,
        lambda q, k: k == keys[-1],
    ]
    if all(isinstance(value, int) for value in (*queries, *keys)):
        tests += [
            lambda q, k: k < q,
            lambda q, k: k <= q,
            lambda q, k: k > q,
            lambda q, k: k >= q,
            lambda q, k: k == q - 1,
            lambda q, k: k == q + 2,
            lambda q, k: k == 3 - q,
            lambda q, k: q == max(queries) and k < 2,
        ]
    return st.sampled_from(tests)


@st.composite
def predicates(
    draw: st.DrawFn, queries: Sequence[Value], keys: Sequence[Value]
) -> Predicate:
    """A closed form, sets of keys, or a closed form with exceptions."""
    some_keys = st.lists(st.sampled_from(keys), max_size=4)
    if draw(st.booleans()):
        test = draw(relations(queries, keys))
        cases = {q: [k for k in keys if test(q, k)] for q in queries}
        changed = draw(st.lists(st.sampled_from(queries), max_size=2))
    else:
        common = draw(st.lists(some_keys, min_size=1, max_size=3))
        cases = {q: draw(st.sampled_from(common)) for q in queries}
        changed = draw(st.lists(st.sampled_from(queries), max_size=len(queries)))
    for q in changed:
        cases[q] = draw(some_keys)
    return Predicate.of(cases)


@st.composite
def preferences(
    draw: st.DrawFn, queries: Sequence[Value], keys: Sequence[Value]
) -> Preference:
    """Scores by a formula, by a relation, for a few keys, or at random."""
    kinds = ["relation", "few", "random", "same"]
    if all(type(value) is int for value in (*queries, *keys)):
        kinds += ["formula", "formula"]
    kind = draw(st.sampled_from(kinds))
    score = st.integers(-2, draw(st.sampled_from([0, 2, 9])))
    if kind == "formula":
        apply, sign = draw(formulas()), draw(st.sampled_from([1, -1]))
        scores = {(q, k): sign * apply(q, k) for q in queries for k in keys}
    elif kind == "relation":
        test, good, bad = draw(relations(queries, keys)), *draw(pairs(score))
        scores = {(q, k): good if test(q, k) else bad for q in queries for k in keys}
    elif kind == "few":
        by_key = {key: draw(score) for key in keys[:3]}
        scores = {(q, k): by_key.get(k, 0) for q in queries for k in keys}
    else:
        row = {key: draw(score) for key in keys}
        other = {key: draw(score) for key in keys} if kind == "random" else row
        some = draw(st.lists(st.booleans(), min_size=len(queries), max_size=99))
        chosen = {q: row if a else other for q, a in zip(queries, some, strict=False)}
        scores = {(q, k): chosen[q][k] for q in queries for k in keys}
    cells = st.tuples(st.sampled_from(queries), st.sampled_from(keys))
    for cell in draw(st.lists(cells, max_size=2)):
        scores[cell] = draw(score)
    return Preference.by(queries, keys, lambda q, k: scores[q, k])


@st.composite
def tables(draw: st.DrawFn, name: str, read: Sequence[Variable]) -> LookupTable:
    """A table over variables: by one input, a box, equality, a sum, or at random."""
    cells = list(product(*(variable.values for variable in read)))
    outputs = draw(st.lists(st.sampled_from(OUTPUTS), min_size=1, max_size=4))
    output = st.sampled_from(outputs)
    kinds = ["one input", "box", "equal", "random", "rare"]
    if all(type(value) is int for cell in cells for value in cell):
        kinds += ["formula", "formula", "relation"]
    kind = draw(st.sampled_from(kinds))
    if kind == "formula":
        apply = draw(formulas())
        entries = {cell: apply(*cell[:1], cell[-1]) for cell in cells}
        for cell in draw(st.lists(st.sampled_from(cells), max_size=2)):
            entries[cell] = draw(output)
    elif kind == "relation":
        same, other = draw(pairs(output))
        holds = draw(comparisons())
        entries = {c: same if holds(c[0], c[-1]) else other for c in cells}
    elif kind == "one input":
        by_value = {value: draw(output) for value in read[-1].values}
        entries = {cell: by_value[cell[-1]] for cell in cells}
    elif kind == "box":
        corner, inside, outside = draw(st.sampled_from(cells)), *draw(pairs(output))
        axes = [variable.values for variable in read]
        box = [a[: a.index(v) + 1] for a, v in zip(axes, corner, strict=True)]
        within = set(product(*box))
        entries = {cell: inside if cell in within else outside for cell in cells}
    elif kind == "equal":
        same, other = draw(pairs(output))
        entries = {c: same if len(set(c)) < len(c) else other for c in cells}
    elif kind == "random" and len(cells) <= 80:
        entries = {cell: draw(output) for cell in cells}
    else:
        some = draw(st.lists(st.sampled_from(cells), max_size=6))
        entries = {cell: draw(output) for cell in some}
    return LookupTable.of(name, [v.name for v in read], entries, draw(output))


def formulas() -> st.SearchStrategy[Callable[[int, int], int]]:
    """A computation with two integers (or one, twice) as formulas say it."""
    cores: list[Callable[[int, int], int]] = [
        lambda a, b: a,
        lambda a, b: a - b,
        lambda a, b: a + b,
        lambda a, b: abs(a - b),
        lambda a, b: min(a, b),
        lambda a, b: max(a, b),
        lambda a, b: a * b,
        lambda a, b: 4 - b,
        lambda a, b: a // max(b, 1),
        lambda a, b: b % 3,
        lambda a, b: b // 2,
        lambda a, b: (a + b) % 4,
        lambda a, b: (a > b) + (a >= b),
    ]
    ends = st.tuples(st.integers(-9, 2), st.integers(3, 99), st.integers(-2, 2))
    return st.tuples(st.sampled_from(cores), ends).map(
        lambda found: (
            lambda a, b: min(
                max(found[0](a, b) + found[1][2], found[1][0]), found[1][1]
            )
        )
    )


def comparisons() -> st.SearchStrategy[Callable[[int, int], bool]]:
    """A comparison of two integers (or of one, twice)."""
    tests: list[Callable[[int, int], bool]] = [
        lambda a, b: a < b,
        lambda a, b: a <= b,
        lambda a, b: a == b + 1,
        lambda a, b: a >= b + 2,
        lambda a, b: a + b == 3,
        lambda a, b: a + b >= 4,
        lambda a, b: abs(a - b) <= 1,
        lambda a, b: a == b and a >= 2,
        lambda a, b: b % 2 == 1,
    ]
    return st.sampled_from(tests)


def pairs(one: st.SearchStrategy[Value]) -> st.SearchStrategy[tuple[Value, Value]]:
    """Two draws."""
    return st.tuples(one, one)


@st.composite
def nodes(
    draw: st.DrawFn,
    name: str,
    variables: dict[str, Variable],
    domain: Domain,
    scored: bool = True,
) -> Node:
    """A head or a table that reads any of the variables.

    Without `scored` every head has a predicate, as in published files.
    """
    known = list(variables.values())
    categorical = st.sampled_from([v for v in known if not v.numerical])
    kinds = ["categorical", "numerical", "table", "table"]
    kinds += ["scored"] if scored else []
    kind = draw(st.sampled_from(kinds))
    if kind == "table":
        read = draw(st.lists(st.sampled_from(known), min_size=1, max_size=3))
        read = list({variable.name: variable for variable in read}.values())
        while prod(len(variable.values) for variable in read) > 600 and len(read) > 1:
            read.pop()
        if len(read[0].values) <= 600:
            return draw(tables(name, read))
    query, key = draw(categorical), draw(categorical)
    if kind == "scored":
        read = (query.name, key.name, draw(categorical).name)
        return CategoricalHead(name, *read, draw(preferences(query.values, key.values)))
    predicate = draw(predicates(query.values, key.values))
    if kind == "numerical":
        counts = [v.name for v in known if v.numerical and v.values[-1] <= 50]
        value = draw(st.sampled_from(counts))
        return NumericalHead(name, query.name, key.name, value, predicate)
    value = draw(categorical).name
    tie = draw(st.sampled_from(["last", "matches"]))
    return CategoricalHead(name, query.name, key.name, value, predicate, tie)


@st.composite
def embeddings(draw: st.DrawFn, domain: Domain) -> Embedding:
    """Codes for every token of a domain, for one to three variables."""
    names = ("emb_0", "emb_1", "emb_2")[: draw(st.integers(1, 3))]
    codes = st.tuples(*[st.integers(0, 4)] * len(names))
    size = len(domain.vocabulary)
    return Embedding(names, tuple(draw(st.lists(codes, min_size=size, max_size=size))))


@st.composite
def classifiers(draw: st.DrawFn, variables: dict[str, Variable]) -> Classifier:
    """Scores for some values of some variables, pooled or not, at any scale."""
    names = st.one_of(tokens(), st.sampled_from(["two words", "", "a\n", 'it\'s "x"']))
    classes = draw(st.lists(names, min_size=1, max_size=4, unique=True))
    score = st.one_of(st.integers(-9, 9), st.sampled_from([0, -123_456, 10**9]))
    row = st.tuples(*[score] * len(classes))
    places = [
        (name, value)
        for name, variable in variables.items()
        for value in ([None] if variable.numerical else variable.values)
    ]
    some = draw(st.lists(st.sampled_from(places), max_size=25, unique=True))
    scale = draw(st.sampled_from([1, 1, 100, 1_000_000]))
    scores = {place: draw(row) for place in some}
    return Classifier.of(classes, scores, scale, draw(st.booleans()))


def abouts() -> st.SearchStrategy[str]:
    """Descriptions as people write them, with quotes and backslashes."""
    line = st.sampled_from(
        ["Exact on all 5 inputs.", 'ends in "', "back\\", '"""', "é 😀", "\\N{x}", "#"]
    )
    body = st.lists(line, min_size=1, max_size=3).map("\n".join)
    return st.one_of(st.just(""), line, body.map("about\n\n{}".format))


@st.composite
def programs(
    draw: st.DrawFn, domain: Domain | None = None, most_nodes: int = 5
) -> Program:
    """A whole program of any shape."""
    domain = draw(domains()) if domain is None else domain
    variables = {v.name: v for v in input_variables(domain)}
    parts: list[Node] = []
    names = draw(st.lists(st.sampled_from(NAMES), max_size=most_nodes, unique=True))
    embeds = draw(st.sampled_from([0, 1, 9, 9]))  # the place of the embedding, if any
    for place, name in enumerate(names):
        strategy = nodes(name, variables, domain)
        found = [draw(strategy)]
        if place == embeds:
            found.insert(0, draw(embeddings(domain)))
        for part in found:
            kept, written = admit(part, variables, domain)
            parts.append(kept)
            variables.update({v.name: v for v in written})
    task = draw(st.sampled_from([None, "sort", 'it\'s a "task"', "é\\"]))
    classifier = draw(classifiers(variables))
    return Program(domain, tuple(parts), classifier, task, draw(abouts()))


@st.composite
def programs_and_inputs(
    draw: st.DrawFn, most: int = 6
) -> tuple[Program, list[tuple[str, ...]]]:
    """A program and some inputs of its domain."""
    program = draw(programs())
    return program, draw(st.lists(inputs(program.domain), min_size=1, max_size=most))
