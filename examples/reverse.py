"""reverse: the letters in reverse order; 2 layers, 2 heads, 1 table.

Right on all 19,530 inputs of its domain (proved).
Made by: tpdebug train reverse --seed 0 -o reverse.py (tpdebug 0.1.0)
"""

from tpdebug.rasp import (
    aggregate,
    aggregate_sum,
    answer,
    delimit,
    select,
    select_closest,
)

TASK = "reverse"
ALPHABET = ("0", "1", "2", "3", "4")
LENGTHS = (1, 6)
BEGIN = "<s>"
END = "</s>"
CLASSES = ("0", "1", "2", "3", "4")


def num_attends_0_0(q_position, k_position):
    """num_attn_0_0 counts the positions that match."""
    return k_position > q_position


def num_table_0_0(num_attn_0_0):
    """The value of num_mlp_0_0."""
    return min(num_attn_0_0, 7)


def attends_1_0(q_num_mlp_0_0, k_position):
    """attn_1_0 copies tokens from the nearest match."""
    return k_position == q_num_mlp_0_0


def run(tokens):
    """Return the answer at each letter."""
    tokens = delimit(tokens, ALPHABET, LENGTHS, begin=BEGIN, end=END)
    positions = range(len(tokens))
    ones = [1] * len(tokens)

    num_attn_0_0 = aggregate_sum(select(positions, positions, num_attends_0_0), ones)
    num_mlp_0_0 = list(map(num_table_0_0, num_attn_0_0))

    attn_1_0 = aggregate(select_closest(positions, num_mlp_0_0, attends_1_0), tokens)

    answers = answer(CLASSES, SCORES, attn_1_0=attn_1_0)
    return answers[1:-1]


# fmt: off
SCORES = {
    # class   "0"  "1"  "2"  "3"  "4"
    "attn_1_0": {
        "0": (  1,   0,   0,   0,   0),
        "1": (  0,   1,   0,   0,   0),
        "2": (  0,   0,   1,   0,   0),
        "3": (  0,   0,   0,   1,   0),
        "4": (  0,   0,   0,   0,   1),
    },
}
# fmt: on
