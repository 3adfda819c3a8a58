"""hist: how often each letter occurs; 6 layers, 12 heads, 3 tables.

Right on 98.61 % of letters and on 323,634 of 335,922 inputs (proved on all 335,922
inputs).
Made by: tpdebug train hist --rounds 8 --categorical-only --seed 0 -o hist.py (tpdebug
0.1.0)
"""

from tpdebug.rasp import aggregate, answer, delimit, select_closest

TASK = "hist"
ALPHABET = ("0", "1", "2", "3", "4", "5")
LENGTHS = (1, 7)
BEGIN = "<s>"
CLASSES = ("1", "2", "3", "4", "5", "6", "7")


def attends_0_0(q_token, k_token):
    """attn_0_0 copies positions from the nearest match."""
    return k_token == q_token


def attends_0_1(_, k_position):
    """attn_0_1 copies tokens from the nearest match."""
    return k_position == 3


def table_0_0(position, attn_0_0):
    """The value of mlp_0_0."""
    return min(max(position - attn_0_0 + 1, 0), 7)


def attends_1_0(q_position, k_attn_0_0):
    """attn_1_0 copies positions from the nearest match."""
    return k_attn_0_0 == q_position


def attends_1_1(_, k_attn_0_0):
    """attn_1_1 copies positions from the nearest match."""
    return k_attn_0_0 == 3


def attends_1_2(q_attn_0_1, k_token):
    """attn_1_2 copies positions from the nearest match."""
    return k_token == q_attn_0_1


def attends_2_0(q_attn_1_0, k_attn_0_0):
    """attn_2_0 copies attn_1_0 from the nearest match."""
    return k_attn_0_0 == q_attn_1_0


def attends_2_1(q_position, k_attn_1_2):
    """attn_2_1 copies tokens from the nearest match."""
    return k_attn_1_2 == q_position


def attends_3_0(q_token, k_token):
    """attn_3_0 copies attn_2_0 from the nearest match."""
    return k_token == q_token


def attends_3_1(q_token, k_attn_2_1):
    """attn_3_1 copies positions from the nearest match."""
    return k_attn_2_1 == q_token


def table_3_0(attn_3_0, attn_2_0):
    """The value of mlp_3_0."""
    return min(max(2 * attn_3_0 - attn_2_0 + 1, 0), 7)


def table_3_1(mlp_0_0, attn_3_0):
    """The value of mlp_3_1."""
    return min(mlp_0_0, attn_3_0)


def attends_4_0(q_token, k_token):
    """attn_4_0 copies mlp_3_1 from the nearest match."""
    return k_token == q_token


def attends_4_1(q_attn_3_1, k_attn_0_0):
    """attn_4_1 copies attn_3_1 from the nearest match."""
    return k_attn_0_0 == q_attn_3_1


def attends_5_0(_, k_attn_4_1):
    """attn_5_0 copies attn_4_1 from the nearest match."""
    return k_attn_4_1 >= 5


def run(tokens):
    """Return the answer at each letter."""
    tokens = delimit(tokens, ALPHABET, LENGTHS, begin=BEGIN)
    positions = range(len(tokens))
    ones = [1] * len(tokens)

    attn_0_0 = aggregate(select_closest(tokens, tokens, attends_0_0), positions)
    attn_0_1 = aggregate(select_closest(positions, tokens, attends_0_1), tokens)
    mlp_0_0 = list(map(table_0_0, positions, attn_0_0))

    attn_1_0 = aggregate(select_closest(attn_0_0, positions, attends_1_0), positions)
    attn_1_1 = aggregate(select_closest(attn_0_0, tokens, attends_1_1), positions)
    attn_1_2 = aggregate(select_closest(tokens, attn_0_1, attends_1_2), positions)

    attn_2_0 = aggregate(select_closest(attn_0_0, attn_1_0, attends_2_0), attn_1_0)
    attn_2_1 = aggregate(select_closest(attn_1_2, positions, attends_2_1), tokens)

    attn_3_0 = aggregate(select_closest(tokens, tokens, attends_3_0), attn_2_0)
    attn_3_1 = aggregate(select_closest(attn_2_1, tokens, attends_3_1), positions)
    mlp_3_0 = list(map(table_3_0, attn_3_0, attn_2_0))
    mlp_3_1 = list(map(table_3_1, mlp_0_0, attn_3_0))

    attn_4_0 = aggregate(select_closest(tokens, tokens, attends_4_0), mlp_3_1)
    attn_4_1 = aggregate(select_closest(attn_0_0, attn_3_1, attends_4_1), attn_3_1)

    attn_5_0 = aggregate(select_closest(attn_4_1, tokens, attends_5_0), attn_4_1)

    answers = answer(
        CLASSES,
        SCORES,
        positions=positions,
        ones=ones,
        attn_0_0=attn_0_0,
        attn_1_1=attn_1_1,
        attn_2_0=attn_2_0,
        attn_3_1=attn_3_1,
        mlp_3_0=mlp_3_0,
        attn_4_0=attn_4_0,
        attn_5_0=attn_5_0,
    )
    return answers[1:]


# fmt: off
SCORES = {
    # class  "1"  "2"  "3"  "4"  "5"  "6"  "7"
    "positions": {
        1:  (  0,   0,  -1,  10,   4,   0,   0),
        2:  (  0,  -1,  -2,   8,   0,   0,   0),
        3:  (  0,   0,   0,   4,   0,   0,   0),
        4:  (  0,  32,   0,  -1,   0,   0,   0),
        5:  (  0,  46,   0,   0,   0,   0,   0),
        6:  (  0,  84,   3,   0,  -3,   0,   0),
        7:  (  0,  83,   0,  -1,  -1,   0,   0),
    },
    "ones": (  0,  16, -12,  10, -12,  -7,   0),
    "attn_0_0": {
        1:  (  0,  51,   0, -22,   1,   0,   0),
        2:  (  0,   0,  -9,   7, -15,   0,   0),
        3:  (  0,   0,  -4,   3,   0,   0,   0),
        4:  (  0,   0,   0,   0,   0,  -8,   0),
        6:  (  0, -11,   0,   0,   0,   0,   0),
        7:  (  0,   0,  22,   0,   0,   0,   0),
    },
    "attn_1_1": {
        0:  (  0,   2,   6,  -5,  -9,   0,   0),
        1:  (  0,   0, -10,   0,   0,   0,   0),
        2:  (  0,  -5,  -5,   9,   0,   0,   0),
        3:  (  0,  -8,  -3,   0,   0,  21,   0),
        4:  (  0,  -2,   0,   0,   1,  10,   0),
        5:  (  0,   4,   1,   0,   0,   0,   0),
        6:  (  0,   5,   0,   0,   0,   0,   0),
        7:  (  0,   0,   0,   2,   0,   0,   0),
    },
    "attn_2_0": {
        0:  (-21, -82,  30,   0,  22,   6,   0),
        1:  (  0,   0,   0,  17,   0,   0,   0),
        2:  (  0,  53,   0, -15,   0,   0,   0),
        3:  (  0,  36,   0,   0,  -3,   0,   0),
        4:  (  0,  33,   0,   0,   0,   0,   0),
        5:  (  0,   0,   0,   5,  -4,   0,   0),
        6:  (  0,   0,   0,   0,  -7,  -2,   0),
        7:  (  0, -33, -13,  14,   0,   0,   0),
    },
    "attn_3_1": {
        0:  (  4,   9,   0,  -1,   0,  -6,   0),
        2:  (  0,   1,  -6,  -7,   0,   0,   0),
        3:  (  0,  -7,   0,   0,   0,   0,   0),
        4:  (  0,   0,   3,   0,   0,   5,   0),
        5:  (  0,   0,  -5,   1,   0,   0,   0),
        6:  (  0,   1,   0,   4,   0,   0,   0),
    },
    "mlp_3_0": {
        0:  (  0, -27,  29, -12,  25,   0,   0),
        1:  ( -4,   3, -46,   7,  -7,   0,   0),
        2:  (  0,   5,   0, -17,  17,   0,   0),
        3:  (  0,  20,   0,   0,   0,  -2,   0),
        4:  (  0,  13,   0,   0,   0,   0,   0),
        6:  (  0,  -4,   0,   4,   0,   0,   0),
        7:  (  0, -30, -12,   6,   0,   0,   0),
    },
    "attn_4_0": {
        0:  (  0, -41,  30,   0,  15,   0,   0),
        1:  ( 35, -67,   0,   0,   0,   0,   0),
        2:  (  0, -30,   0,   3,   4,   0,   0),
        3:  (  0,   0,   0,   4,  -5,   0,   0),
        4:  (  0,  55,   0,   0,   0,   0,   0),
        5:  (  0,  66,  -4,   0,   0,   0,   0),
        6:  (  0,  89,   0,   0,   0,   0,   0),
        7:  (  0,  92,   0,   0,   0,   0,   0),
    },
    "attn_5_0": {
        0:  (  0,   6,  11,   0,  -4,  -5,   0),
        1:  (  0,   3,   5,   0,  -5,   0,   0),
        2:  (  0,   4,   0,   0,  -3,   0,   0),
        5:  (  0, -10,  -2,   0,   6,  11,   0),
        6:  (  0, -15,   0,   4,   8,   0,   0),
        7:  (  0, -11,  -3,   0,   0,  17,   0),
    },
}
# fmt: on
