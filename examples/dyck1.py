"""dyck1: whether the brackets up to here balance; 3 layers, 3 heads, 2 tables.

Right on all 32,768 inputs of its domain (proved).
Made by: tpdebug train dyck1 --seed 0 -o dyck1.py (tpdebug 0.1.0)
"""

from tpdebug.rasp import (
    aggregate,
    aggregate_sum,
    answer,
    delimit,
    select,
    select_closest,
)

TASK = "dyck1"
ALPHABET = ("(", ")")
LENGTHS = (15, 15)
BEGIN = "<s>"
CAUSAL = True
CLASSES = ("F", "P", "T")


def num_attends_0_0(q_token, k_token):
    """num_attn_0_0 counts the tokens equal to this one."""
    return k_token == q_token


def num_table_0_0(num_attn_0_0):
    """The value of num_mlp_0_0."""
    return min(num_attn_0_0, 15)


def attends_1_0(q_num_mlp_0_0, k_num_mlp_0_0):
    """attn_1_0 copies tokens from the nearest match."""
    return k_num_mlp_0_0 == q_num_mlp_0_0


def table_1_0(attn_1_0, token):
    """The value of mlp_1_0."""
    if attn_1_0 != "(" and token == ")":
        return 1
    if attn_1_0 == ")" and token == "(":
        return 1
    return 0


def num_attends_2_0(_, k_mlp_1_0):
    """num_attn_2_0 counts the matches in mlp_1_0."""
    return k_mlp_1_0 == 1


def run(tokens):
    """Return the answer at each letter."""
    tokens = delimit(tokens, ALPHABET, LENGTHS, begin=BEGIN)
    positions = range(len(tokens))
    ones = [1] * len(tokens)

    num_attn_0_0 = aggregate_sum(
        select(tokens, tokens, num_attends_0_0, causal=CAUSAL), ones
    )
    num_mlp_0_0 = list(map(num_table_0_0, num_attn_0_0))

    attn_1_0 = aggregate(
        select_closest(num_mlp_0_0, num_mlp_0_0, attends_1_0, causal=CAUSAL), tokens
    )
    mlp_1_0 = list(map(table_1_0, attn_1_0, tokens))

    num_attn_2_0 = aggregate_sum(
        select(mlp_1_0, tokens, num_attends_2_0, causal=CAUSAL), ones
    )

    answers = answer(
        CLASSES,
        SCORES,
        tokens=tokens,
        positions=positions,
        num_mlp_0_0=num_mlp_0_0,
        num_attn_2_0=num_attn_2_0,
    )
    return answers[1:]


# fmt: off
SCORES = {
    # class          "F"  "P"  "T"
    "tokens": {
        "(":        (  0,   3,  -5),
    },
    "positions": {
        2:          (  0,  -3,   5),
        4:          (  0,  -1,   5),
        6:          (  0,  -1,   3),
        8:          (  0,  -1,   1),
        11:         (  0,   1,  -1),
        12:         (  0,   1,  -1),
        13:         (  0,   2,  -2),
        14:         (  0,   2,  -2),
        15:         (  0,   3,  -3),
    },
    "num_mlp_0_0": {
        1:          (  0,   3,  -4),
        2:          (  0,   3,  -2),
        3:          (  0,   2,  -1),
        4:          (  0,   1,   0),
        5:          (  0,   0,   1),
        6:          (  0,  -1,   2),
        7:          (  0,  -1,   4),
    },
    "num_attn_2_0": (  4,   0,   0),
}
# fmt: on
