"""Published programs, each with one edit that makes it damaged or hostile.

Run in a child with limits, `read_all` says what is said of each.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import resource
import signal
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.published import saved
from tests.test_published import SMALL, WORDY
from tpdebug.domain import Domain
from tpdebug.errors import UserError
from tpdebug.nodes import Classifier
from tpdebug.program import Program
from tpdebug.read import read

TOUCH = "open('touched', 'w')"
IN_RUN = "    ones = [1"
CASE = "        if q_position in {1}:\n            return k_position == 0\n"
AFTER = "\n\nexamples = ["
ROW = "mlp_0_0_outputs,7,-0.125,"

AT_THE_TOP = (
    *("print('hello')", TOUCH, "import os", "import subprocess", "while True: pass"),
    *("import os; os.system('touch touched')", "from os import *", "x = 1", "del pd"),
    *("class A:\n    pass", "if True:\n    pass", "import numpy as pandas", "run = 1"),
    *("import pandas as np", "def f():\n    pass", "examples += []", "assert True"),
    *("for x in run('a'):\n    pass", "with pd:\n    pass", "async def f():\n    pass"),
    *("def len(x):\n    return 1", "def select_all(k, q, p):\n    return []"),
)
INSIDE_RUN = (
    *(TOUCH, "while True: pass", "if tokens: pass", "import os", "global examples"),
    *("for t in tokens: pass", "classifier_weights *= 2", "return tokens", "del ones"),
    *("other = tokens", "class A: pass", "x: int = 3", "positions[0] = 1", "f()"),
    *("classifier_weights = classifier_weights[::-1]", "x = lambda: 0", "x = y = 1"),
    *("other = [f(k0) for k0 in tokens]", "other = aggregate_sum", "assert tokens"),
)
INSIDE_A_PREDICATE = (
    *(TOUCH, "return open('touched', 'w')", "return eval('1')", "exec('1')"),
    *("return __import__('os').system('touch touched')", "return q_position.real"),
    *("global pd", "return tokens == 3", "while True: pass", "return [*range(10**9)]"),
    *("for i in range(10**9): pass", "return [i for i in range(10**9)]", "yield 1"),
    *("return predicate_0_0(q_position, k_position)", "return 'a' * 10**9", "del pd"),
    *("return (x := 1)", "return f'{q_position}'", "import os", "assert open"),
    *("return q_position is k_position", "return q_position == 1.5", "return b'a'"),
    *("def f(): pass", "return lambda: 0", "raise ValueError", "return {**{}}"),
)
FAILING = r"""
return 1 // 0                       => raises ZeroDivisionError
return q_position[0]                => raises TypeError
return 'a' < 1                      => raises TypeError
return 1 in range(10000000)         => the range is too large
return 'a' * 1000000000             => arithmetic is read for integers only
return 1000000000 * 1000000000 * 2  => the integer is too large
return {q_position: 1}[7]           => raises KeyError
return q_position in {[1]}          => unhashable
return int('x')                     => raises ValueError
"""
DEEP = {
    "return " + "(" * 1000 + "1" + ")" * 1000: "too many nested parentheses",
    "return " + "not " * 5000 + "1": "nested too deeply",
    "return 1" + " + 1" * 5000: "nested too deeply",
    "if 0: pass\n" + "        elif 0: pass\n" * 5000: "nested too deeply",
    "".join(f"{' ' * i}if 1:\n        " for i in range(1000)): "too many levels",
}
PROGRAM = r"""
abs(row - at)            => (row - at)                      => select_closest differs
len(found) if            => 0 if                            => select_closest differs
min(found                => min(reversed(found)             => select_closest differs
min(found                => max(found                       => select_closest differs
[row][0] = True          => [row][-1] = True                => select_closest differs
predicate):\n    chosen  => predicate=1):\n    chosen       => select_closest differs
enumerate(keys) if       => enumerate(keys[:row]) if        => select_closest differs
enumerate(keys) if       => enumerate(keys[: row + 1]) if   => causal, one is not
[0] for row              => [-1] for row                    => aggregate differs
sum([value               => sum([1 + value                  => aggregate_sum differs
[[predicate(query, key)  => [[predicate(key, query)         => select differs
def select(              => @print\ndef select(             => select differs
def select(              => def aggregate(                  => aggregate is given twice
def aggregate_sum(       => def add(                        => not a function of this
import pandas as pd      =>                                 => pandas is not imported
pandas as pd             => pandas as pd, os                => cannot read `import
def run(                 => def run(x):\n  1\ndef run(      => run is given twice
def run(            => from my_embeddings import run\ndef run( => run is given twice
def run(            => from my_embeddings import pd\ndef run(  => pd is given twice
def run(            => from my_embeddings import len\ndef run( => hides the builtin
def run(            => from my_embeddings import *\ndef run(   => its own name
def run(                 => @print\ndef run(                => has a decorator
run(tokens):             => run(tokens, x=1):               => write run(tokens)
run(tokens):             => run(tokens) -> open('touched', 'w'):   => annotation
values):                 => values: open('touched', 'w')):         => annotation
k_position):             => k_position: open('touched', 'w')):     => annotation
k_position):             => k_position=open('touched', 'w')):      => without defaults
(q_position, k_position) => (*q_position)                   => plain names
(q_position, k_position) => (q_position, k_position, x)     => takes 3 values
def predicate_0_0        => @print\n    def predicate_0_0   => has a decorator
def num_predicate_0_0(   => def predicate_0_0(              => is given twice
def predicate_0_0(       => def zip(x): return 0\n    def predicate_0_0(  => zip hides
def predicate_0_0(       => def str(x): return 0\n    def predicate_0_0(  => str hides
def predicate_0_0(       => def token_scores(): pass\n    def predicate_0_0( => twice
tokens, num_predicate_0_0 => tokens, lambda q, k: 1         => cannot read `select(
_0_0_pattern, tokens)    => _0_0_pattern, x)                => `x` is not a variable
_0_0_pattern, tokens)    => _0_0_pattern, tokens, x=1)      => no options
_0_0_pattern, ones)      => _0_0_pattern, tokens)           => 'tokens' is categorical
= aggregate_sum(         => = aggregate(                    => goes with select_closest
range(len(tokens))       => range(1, len(tokens) + 1)       => cannot read `positions
[1 for _                 => [2 for _                        => cannot read `ones
index_col=[0, 1]         => index_col=[0, 1], nrows=3       => cannot read `classifier
"feature": str           => "value": int                    => cannot read `classifier
"programs/               => open('touched', 'w') or "programs/  => cannot read
classifier_weights = pd  => weights = pd                    => not read before this line
mlp_0_0(k0, k1) for k0   => mlp_0_0(k1, k0) for k0          => cannot read `mlp_0_0_out
for v in positions]      => for v in positions if v]        => cannot read `position_sc
("attn_0_0_outputs", str => ("mlp_0_0_outputs", str         => no row that can be used
("attn_0_0_outputs", str => ("nothing", str                 => nothing: a b <s>
for v in attn_0_0_out    => for v in nothing_out            => nothing_outputs is not
"_") for v in ones]\n    ].mul(ones, axis=0) => str(v)) for v in ones] ] => num
for v in positions]\n    ]\n => for v in positions]].mul(positions, axis=0)\n => cannot
str(v)) for v in pos     => str(str)) for str in pos        => cannot read `position_sc
.mul(num_attn_0_0_out    => .mul(ones_out                   => cannot read `num_attn
_outputs, axis=0)        => _outputs, axis=1)               => cannot read `num_attn
position_scores =        => token_scores =                  => is given twice
[token_scores,           => [x_scores,                      => x_scores is no line of
feature_logits = pd      => logits_of = pd                  => does not sum its scores
logits.argmax(-1)        => logits.argmin(-1)               => must go on with
.sum(numeric_only=True)  => .max(numeric_only=True)         => must go on with
.columns.to_numpy()      => .columns[::-1].to_numpy()       => must go on with
if tokens[-1] == "</s>": => if tokens[-1] == "<e>":         => must go on with
predictions.tolist()     => predictions                     => must go on with
return predictions       => predictions = 1\n    return predictions => cannot read `pre
examples = [             => examples = [] if open('touched', 'w') else [  => be pairs
examples = [             => examples = [1,                  => must be pairs
examples = [             => other = [                       => cannot read `other
'a', 'b'], [             => 'a', 'q'], [                    => 'q' is not known
'a', 'b'], [             => 'a', 'b', 'b', 'b'], [          => 1 to 3 letters, not 4
print()                  => open('touched', 'w')            => cannot read `for x, y
y_hat = run(x)           => print()                         => cannot read `for x, y
print()                  => print()\nimport pandas as pd    => after the examples
return 4                 => return f(1)\n    def f(x): pass => f is given later
return 4                 => pass                            => returns nothing
return 3                 => return [3]                      => returns an integer
return 3                 => return True                     => returns an integer
[\n        num_mlp_0_0(k0) => [\n        mlp_0_0(k0)        => takes 2 values
def run(tokens):         => def run(tokens:                 => not Python
positions =              => \tpositions =                   => not Python
"""
WEIGHTS = r"""
feature,value,  => feature,val,           => its first line must be
feature,value,x,y,z => feature,value      => its first line must be
feature,value,x => feature,value,y        => class 'y' is given twice
feature,value,x => feature,value,         => a class has no name
,-0.125,0.0     => ,-0.125                => 2 scores for 3 classes
,-0.125,0.0     => ,-0.125,0.0,0.0        => 4 scores for 3 classes
mlp_0_0_outputs,7,  => mlp_0_0_outputs,6, => for mlp_0_0_outputs: 7
num_attn_0_0_outputs,_ => num,_           => for num_attn_0_0_outputs: _
tokens,b,       => tokens,a,              => tokens a is given twice
tokens,<s>,     => tokens,<t>,            => '<s>' is not known
tokens,<s>,     => tokens,a b,            => without white space
positions,0,    => positions,00,          => no positions have score rows
ones,_          => "ones,_                => it is no CSV
ones,_          => ones,"_"_              => it is no CSV
"""
SCORES = {
    **dict.fromkeys(
        ["NaN", "inf", "-inf", "", "1e400", "1e300", "1e-300"], "7 has the"
    ),
    **dict.fromkeys(["much", "0x10", "1_0", "--1", "1e", "1,5", "\u0661"], "no number"),
}
WORDY_PROGRAM = r"""
import Emb0, Emb1    => import Emb0                         => Emb1
import Emb0, Emb1    => import Emb0, Emb1, Emb2             => has no class Emb2
import Emb0, Emb1    => import *                            => its own name
import Emb0, Emb1    => import Emb0 as E, Emb1              => its own name
_embeddings import   => _of_embeddings import               => does not exist
embed_df = pd        => embed = pd                          => cannot read `embed
embeddings = embed_df.loc[tokens] =>                        => not read before this line
Emb0[f"V             => Emb1[f"V                            => Emb1 has no member V00
i:02}"] for i in embeddings["var0 => i}"] for i in embeddings["var0 => cannot read `var0
["var0_embeddings"]] => ["var9_embeddings"]]                => no column var9_embeddings
Emb1.V03             => Emb1.V99                            => no member V99
logits.mean(0)       => logits.mean(1)                      => must go on with
pooled.argmax(-1)    => pooled.argmin(-1)                   => must go on with
, return_details=False => , details=False                   => write run(tokens)
, return_details=False =>                                   => write run(tokens, ret
"""
CODES = r"""
cat,1,1         => cat,1            => line 3 must be a word and 2 codes
cat,1,1         => cat,1,1,1        => line 3 must be a word and 2 codes
cat,1,1         => cat,-1,1         => line 3 must be a word and 2 codes
cat,1,1         => cat,1.0,1        => line 3 must be a word and 2 codes
cat,1,1         => cat,1,9          => Emb1 has no member V09
cat,1,1         => the,1,1          => word 'the' is given twice
word,           => words,           => its first line must be
var0_embeddings => var9_embeddings  => no column var0_embeddings
var0_embeddings => var1_embeddings  => a variable is given twice
<s>,            => <t>,             => '<s>' is not known
"""
MANY_ROWS = "".join(f"positions,{i},0,0,0\n" for i in range(4, 600))
CLASSES = r"""
from enum import Enum => from my import Enum              => cannot read `from my
class Emb0      => class Emb9                             => no class Emb0
class Emb1      => class Emb0                             => cannot read `class Emb0
class Emb0(Enum): => class Emb0:                          => no plain Enum
class Emb0(Enum): => class Emb0(Enum, metaclass=print):   => no plain Enum
V02 =           => V03 =                                  => Emb0 has no member V02
V02 =           => V01 =                                  => no member of an Enum
V01 =           => __str__ =                              => no member of an Enum
['cat']         => [open('touched', 'w')]                 => no member of an Enum
['cat']         => ['the', '<s>']                         => two codes of Emb0
V01 =           => def f(self): pass\n    V01 =           => no member of an Enum
class Emb1      => open('touched', 'w')\n\nclass Emb1     => cannot read `open
['cat']         => ['cat'                                 => not Python
"""

PY, CSV, WORDS, ENUMS = (
    "prog.py",
    "prog_weights.csv",
    "prog_embeddings.csv",
    "prog_embeddings.py",
)
ONE, TWO = SMALL, WORDY
NUMBERS = Program(
    Domain(("0", "1"), (1, 2)), (), Classifier.of("xy", {("tokens", "1"): (0, 1)})
)
CODED = replace(WORDY, domain=Domain(("1", "2", "3"), (1, 4), "4", "5"))
HEAD = b"feature,value,x,y,z\n"

Spoil = Callable[[Path], object]


def edit(file: str, *replacements: tuple[str, str]) -> Spoil:
    """Replace parts of a file."""

    def spoil(folder: Path) -> None:
        text = (folder / file).read_bytes().decode()
        for old, new in replacements:
            assert old in text, old
            text = text.replace(old, new, 1)
        (folder / file).write_bytes(text.encode())

    return spoil


def content(file: str, data: bytes) -> Spoil:
    """Give a file another content."""
    return lambda folder: (folder / file).write_bytes(data)


def instead(file: str, make: Callable[[Path], object] | None = None) -> Spoil:
    """Put something else in the place of a file, or nothing."""

    def spoil(folder: Path) -> None:
        (folder / file).unlink()
        if make is not None:
            make(folder / file)

    return spoil


def huge(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(60_000_000)


def table(text: str) -> Iterator[list[str]]:
    """The cells of a table."""
    for line in text.strip().splitlines():
        yield [
            part.strip().encode().decode("unicode_escape") for part in line.split("=>")
        ]


def cases() -> Iterator[tuple[str, Program, Spoil, str]]:
    """Name, program, how it is spoiled, what is said then."""
    for program, file, text in (
        (ONE, PY, PROGRAM),
        (ONE, CSV, WEIGHTS),
        (TWO, PY, WORDY_PROGRAM),
        (TWO, WORDS, CODES),
        (TWO, ENUMS, CLASSES),
    ):
        for old, new, says in table(text):
            yield f"{file}: {old} => {new}", program, edit(file, (old, new)), says
    for code in AT_THE_TOP:
        yield f"top: {code}", ONE, edit(PY, (AFTER, f"\n{code}\n{AFTER}")), "here"
    for code in INSIDE_RUN:
        yield f"run: {code}", ONE, edit(PY, (IN_RUN, f"    {code}\n{IN_RUN}")), "43:"
    inside = [*((code, "49:") for code in INSIDE_A_PREDICATE), *table(FAILING)]
    for code, says in [*inside, *DEEP.items()]:
        new = f"        {code}\n{CASE}"
        yield f"case: {code[:50]}", ONE, edit(PY, (CASE, new)), says
    for score, says in SCORES.items():
        new = f'mlp_0_0_outputs,7,"{score}",'
        yield f"score: {score}", ONE, edit(CSV, (ROW, new)), says
    for kind, spoil, says in (
        ("empty", content(CSV, b""), "it is empty"),
        ("header only", content(CSV, HEAD), "have score rows"),
        ("binary", content(CSV, bytes(range(256))), "not UTF-8"),
        ("NUL", content(CSV, HEAD + b"tokens,\0,1,1,1"), "binary"),
        ("latin-1", content(CSV, HEAD + b"tokens,\xe9,1,1,1"), "not UTF-8"),
        ("cells", content(CSV, HEAD + b"a,b\n" * 600_000), "1,000,000 cells"),
        ("one row", content(CSV, b"," * 19_000_000), "1,000,000 cells"),
        ("bad rows", content(CSV, HEAD + b"x\n" * 400_000), "line 21 has 0 scores"),
        ("many positions", edit(CSV, ("ones,_", MANY_ROWS + "ones,_")), "lengths must"),
        ("huge", instead(CSV, huge), "too large: 60 MB"),
        ("a folder", instead(CSV, Path.mkdir), "is not there"),
        ("a pipe", instead(CSV, os.mkfifo), "is not there"),
        ("a loop", instead(CSV, lambda path: path.symlink_to(path)), "is not there"),
        ("missing", instead(CSV), "is not there"),
        ("NUL in the program", edit(PY, (AFTER, f"\0{AFTER}")), "binary"),
        ("a long name", edit(PY, ("/prog_w", "/" + "w" * 300)), "is not there"),
        ("many lines", edit(PY, (AFTER, "\npass" * 300_000 + f"\nx{AFTER}")), "`x`"),
    ):
        yield f"{CSV}: {kind}", ONE, spoil, says
    ones = edit(CSV, ("ones,_,0.0,0.0\n", "")), edit(PY, (", one_scores", ""))
    yield "numbers only", NUMBERS, lambda f: [spoil(f) for spoil in ones], "is a number"
    for file in (WORDS, ENUMS):
        yield f"{file}: missing", TWO, instead(file), file
        yield f"{file}: a folder", TWO, instead(file, Path.mkdir), file
        yield f"{file}: empty", TWO, content(file, b""), file
        yield f"{file}: binary", TWO, content(file, b"\xff\0"), file
        yield f"{file}: huge", TWO, instead(file, huge), "too large: 60 MB"


CASES = {name: (program, spoil, says) for name, program, spoil, says in cases()}


def peak() -> int:
    """The most memory that this process took, in kB.

    Where the system tells it apart, without what the process took that started it.
    """
    status = Path("/proc/self/status")
    if status.exists():
        (found,) = re.findall(r"VmHWM:\s*(\d+) kB", status.read_text())
        return int(found)
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def read_all(folder: Path) -> None:
    """Read every spoiled program; print what is said, in a child with limits."""
    said: dict[str, Any] = {}
    for number, (name, (program, spoil, _)) in enumerate(CASES.items()):
        place = folder / str(number)
        place.mkdir()
        path = saved(program, place)
        spoil(place)
        signal.setitimer(signal.ITIMER_PROF, 20)  # of computing; the end if it runs out
        with contextlib.chdir(place):
            try:
                said[name] = ["read", str(read(path).notes)]
            except UserError as error:
                said[name] = ["refused", str(error)]
            except BaseException as error:
                said[name] = ["crashed", repr(error)]
        if (place / "touched").exists():
            said[name] = ["executed", ""]
    print(json.dumps({"said": said, "peak": peak()}))
