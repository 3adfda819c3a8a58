"""sort: the letters in ascending order; 1 layer, 4 heads.

Trained, and then edited by hand: one number is wrong since.
Made by: tpdebug train sort --seed 0 -o sort.py (tpdebug 0.1.0)
"""

from tpdebug.rasp import aggregate_sum, answer, delimit, select

TASK = "sort"
ALPHABET = ("0", "1", "2", "3", "4")
LENGTHS = (1, 6)
BEGIN = "<s>"
END = "</s>"
CLASSES = ("0", "1", "2", "3", "4")


def num_attends_0_0(_, k_token):
    """num_attn_0_0 counts the tokens that match."""
    return k_token == "3"


def num_attends_0_1(_, k_token):
    """num_attn_0_1 counts the tokens that match."""
    return k_token == "0"


def num_attends_0_2(_, k_token):
    """num_attn_0_2 counts the tokens that match."""
    return k_token == "2"


def num_attends_0_3(_, k_token):
    """num_attn_0_3 counts the tokens that match."""
    return k_token in {"0", "1"}


def run(tokens):
    """Return the answer at each letter."""
    tokens = delimit(tokens, ALPHABET, LENGTHS, begin=BEGIN, end=END)
    positions = range(len(tokens))
    ones = [1] * len(tokens)

    num_attn_0_0 = aggregate_sum(select(tokens, tokens, num_attends_0_0), ones)
    num_attn_0_1 = aggregate_sum(select(tokens, tokens, num_attends_0_1), ones)
    num_attn_0_2 = aggregate_sum(select(tokens, tokens, num_attends_0_2), ones)
    num_attn_0_3 = aggregate_sum(select(tokens, tokens, num_attends_0_3), ones)

    answers = answer(
        CLASSES,
        SCORES,
        positions=positions,
        ones=ones,
        num_attn_0_0=num_attn_0_0,
        num_attn_0_1=num_attn_0_1,
        num_attn_0_2=num_attn_0_2,
        num_attn_0_3=num_attn_0_3,
    )
    return answers[1:-1]


# fmt: off
SCORES = {
    # class          "0"  "1"  "2"  "3"  "4"
    "positions": {
        1:          (  8,   4,   0,  -4,  -8),
        2:          (  4,   2,   0,  -2,  -4),
        4:          ( -4,  -2,   0,   2,  -4),
        5:          ( -8,  -4,   0,   4,   8),
        6:          (-12,  -6,   0,   6,  12),
    },
    "ones":         (-10,  -5,   0,   5,  10),
    "num_attn_0_0": (  0,   0,   0,   0,  -2),
    "num_attn_0_1": (  2,   0,   0,   0,   0),
    "num_attn_0_2": (  0,   0,   0,  -2,  -4),
    "num_attn_0_3": (  2,   2,   0,  -2,  -4),
}
# fmt: on
