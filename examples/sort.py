"""sort: the letters in ascending order; 1 layer, 5 heads.

Right on all 19,530 inputs of its domain (proved).
Made by: tpdebug train sort --seed 0 -o sort.py (tpdebug 0.1.0)
"""

from tpdebug.rasp import aggregate, answer, delimit, select_closest

TASK = "sort"
ALPHABET = ("0", "1", "2", "3", "4")
LENGTHS = (1, 6)
BEGIN = "<s>"
END = "</s>"
CLASSES = ("0", "1", "2", "3", "4")


def attends_0_0(q_position, k_position):
    """attn_0_0 copies tokens from the nearest match."""
    if q_position == 0:
        return k_position == 2
    if q_position in {1, 6}:
        return k_position == 5
    if q_position == 2:
        return k_position == 6
    if q_position == 5:
        return k_position == 4
    if q_position == 7:
        return k_position == 3
    return k_position == 1


def attends_0_1(q_position, k_position):
    """attn_0_1 copies tokens from the nearest match."""
    if q_position in {0, 3}:
        return k_position == 6
    if q_position == 1:
        return k_position == 3
    if q_position == 4:
        return k_position == 5
    if q_position == 5:
        return k_position == 2
    if q_position == 6:
        return k_position == 4
    return k_position == 1


def attends_0_2(q_position, k_position):
    """attn_0_2 copies tokens from the nearest match."""
    if q_position == 0:
        return k_position == 5
    if q_position in {1, 6}:
        return k_position == 2
    if q_position <= 3:
        return k_position == 4
    if q_position == 4:
        return k_position == 6
    return k_position == 1


def attends_0_3(q_position, k_position):
    """attn_0_3 copies tokens from the nearest match."""
    if q_position in {0, 7}:
        return k_position == 4
    if q_position in {1, 5}:
        return k_position == 6
    if q_position in {2, 6}:
        return k_position == 3
    return k_position == 2


def attends_0_4(q_position, k_position):
    """attn_0_4 copies tokens from the nearest match."""
    if q_position in {0, 6}:
        return k_position == 1
    if q_position == 1:
        return k_position == 4
    if q_position >= 4:
        return k_position == 3
    return k_position == 5


def run(tokens):
    """Return the answer at each letter."""
    tokens = delimit(tokens, ALPHABET, LENGTHS, begin=BEGIN, end=END)
    positions = range(len(tokens))

    attn_0_0 = aggregate(select_closest(positions, positions, attends_0_0), tokens)
    attn_0_1 = aggregate(select_closest(positions, positions, attends_0_1), tokens)
    attn_0_2 = aggregate(select_closest(positions, positions, attends_0_2), tokens)
    attn_0_3 = aggregate(select_closest(positions, positions, attends_0_3), tokens)
    attn_0_4 = aggregate(select_closest(positions, positions, attends_0_4), tokens)

    answers = answer(
        CLASSES,
        SCORES,
        tokens=tokens,
        positions=positions,
        attn_0_0=attn_0_0,
        attn_0_1=attn_0_1,
        attn_0_2=attn_0_2,
        attn_0_3=attn_0_3,
        attn_0_4=attn_0_4,
    )
    return answers[1:-1]


# fmt: off
SCORES = {
    # class      "0"  "1"  "2"  "3"  "4"
    "tokens": {
        "0":    (  1,  17,  16,   0, -34),
        "1":    (-13,  21,  20,   3, -30),
        "2":    (-23,  10,  27,  10, -24),
        "3":    (-30,   3,  20,  21, -14),
        "4":    (-34,   0,  16,  17,   1),
    },
    "positions": {
        1:      ( 82,  39,  -1, -40, -80),
        2:      ( 48,  24,   0, -24, -48),
        3:      ( 13,   7,   1,  -6, -15),
        4:      (-22, -10,   1,  11,  20),
        5:      (-55, -27,   0,  27,  55),
        6:      (-86, -44,  -1,  43,  88),
    },
    "attn_0_0": {
        "0":    ( 21,   7,  -3, -11, -14),
        "1":    (  7,  11,   0,  -7, -11),
        "2":    ( -3,   0,   7,   0,  -4),
        "3":    (-10,  -6,   0,  10,   6),
        "4":    (-13, -10,  -3,   6,  20),
        "<s>":  (-13,  -8,  -3,   7,  17),
        "</s>": (-12,  -8,  -2,   7,  16),
    },
    "attn_0_1": {
        "0":    ( 22,   7,  -3, -11, -15),
        "1":    (  7,  11,   0,  -7, -11),
        "2":    ( -3,   0,   7,   0,  -4),
        "3":    (-10,  -6,   0,  10,   6),
        "4":    (-13, -10,  -3,   6,  20),
        "<s>":  (-12,  -9,  -4,   6,  19),
        "</s>": (-13, -10,  -3,   6,  20),
    },
    "attn_0_2": {
        "0":    ( 21,   7,  -3, -10, -15),
        "1":    (  7,  11,   0,  -7, -11),
        "2":    ( -3,   0,   7,   0,  -4),
        "3":    (-10,  -6,   0,  10,   6),
        "4":    (-13, -10,  -3,   6,  20),
        "<s>":  (-10,  -9,  -5,   5,  20),
        "</s>": (-13, -10,  -4,   6,  20),
    },
    "attn_0_3": {
        "0":    ( 22,   7,  -3, -11, -15),
        "1":    (  7,  11,   0,  -7, -12),
        "2":    ( -3,   1,   7,   0,  -5),
        "3":    ( -9,  -6,   0,  10,   5),
        "4":    (-13, -10,  -3,   6,  20),
        "<s>":  (-10,  -7,  -2,   5,  14),
        "</s>": (-12,  -9,  -3,   6,  19),
    },
    "attn_0_4": {
        "0":    ( 21,   7,  -3, -10, -14),
        "1":    (  7,  11,   0,  -7, -11),
        "2":    ( -3,   0,   7,   0,  -4),
        "3":    (-10,  -7,   0,  10,   6),
        "4":    (-14, -10,  -4,   6,  21),
        "<s>":  (-11,  -9,  -3,   5,  18),
        "</s>": (-13, -10,  -3,   6,  20),
    },
}
# fmt: on
