"""sort: the letters in ascending order; 1 layer, 6 heads.

Right on 99.51 % of letters and on 18,977 of 19,530 inputs (proved on all 19,530 inputs).
Made by: tpdebug train sort --seed 0 -o sort.py (tpdebug 0.1.0)
"""

from tpdebug.rasp import aggregate, answer, delimit, select_closest

TASK = "sort"
ALPHABET = ("0", "1", "2", "3", "4")
LENGTHS = (1, 6)
BEGIN = "<s>"
END = "</s>"
CLASSES = ("0", "1", "2", "3", "4")
SCALE = 50


def attends_0_0(q_position, k_position):
    """attn_0_0 copies tokens from the nearest match."""
    if q_position == 0:
        return k_position == 3
    if q_position == 2:
        return k_position == 4
    if q_position in {5, 6}:
        return k_position == q_position + 1
    if q_position == 7:
        return k_position == 2
    return k_position == 5


def attends_0_1(q_position, k_position):
    """attn_0_1 copies tokens from the nearest match."""
    if q_position in {1, 5, 6}:
        return k_position == 1
    if q_position == 7:
        return k_position == 2
    return k_position == 6


def attends_0_2(q_position, k_token):
    """attn_0_2 copies tokens from the nearest match."""
    if q_position in {0, 5, 6}:
        return k_token == "4"
    if q_position == 2:
        return k_token == "3"
    if q_position != 1:
        return k_token == "2"
    return k_token == "0"


def attends_0_3(q_position, k_position):
    """attn_0_3 copies tokens from the nearest match."""
    if q_position in {1, 2, 6}:
        return k_position == 3
    if q_position == 3:
        return k_position == 4
    if q_position == 7:
        return k_position == 1
    return k_position == 2


def attends_0_4(q_position, k_position):
    """attn_0_4 copies tokens from the nearest match."""
    if q_position in {0, 3, 6}:
        return k_position == 2
    if q_position in {1, 5}:
        return k_position == 4
    if q_position == 2:
        return k_position == 5
    if q_position == 7:
        return k_position == 1
    return k_position == 3


def attends_0_5(q_position, k_position):
    """attn_0_5 copies tokens from the nearest match."""
    if q_position == 1:
        return k_position == 2
    if q_position == 5:
        return k_position == 3
    if q_position >= 6:
        return k_position == q_position - 1
    return k_position == 1


def run(tokens):
    """Return the answer at each letter."""
    tokens = delimit(tokens, ALPHABET, LENGTHS, begin=BEGIN, end=END)
    positions = range(len(tokens))

    attn_0_0 = aggregate(select_closest(positions, positions, attends_0_0), tokens)
    attn_0_1 = aggregate(select_closest(positions, positions, attends_0_1), tokens)
    attn_0_2 = aggregate(select_closest(tokens, positions, attends_0_2), tokens)
    attn_0_3 = aggregate(select_closest(positions, positions, attends_0_3), tokens)
    attn_0_4 = aggregate(select_closest(positions, positions, attends_0_4), tokens)
    attn_0_5 = aggregate(select_closest(positions, positions, attends_0_5), tokens)

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
        attn_0_5=attn_0_5,
    )
    return answers[1:-1]


# fmt: off
SCORES = {
    # class           "0"    "1"   "2"    "3"    "4"
    "tokens": {
        "0":    (  -10,   867,  866,    83, -1806),
        "1":    ( -772,  1056, 1057,   275, -1615),
        "2":    (-1214,   550, 1383,   586, -1305),
        "3":    (-1589,   206, 1038,  1125,  -780),
        "4":    (-1784,    28,  859,   937,   -40),
    },
    "positions": {
        1:      ( 2595,  2691,  476, -2019, -3744),
        2:      ( 2226,   863, -157, -1388, -1544),
        3:      (  736,   230, -263,  -568,  -135),
        4:      (-1035,  -638, -289,   276,  1686),
        5:      (-2116,  -908,  527,  1847,   650),
        6:      (-2622, -1253,  378,  1963,  1534),
    },
    "attn_0_0": {
        "0":    ( 1197,   392, -170,  -573,  -846),
        "1":    (  447,   590,   26,  -388,  -675),
        "2":    (    1,    79,  354,   -78,  -357),
        "3":    ( -357,  -250,   16,   455,   136),
        "4":    ( -540,  -433, -169,   258,   884),
        "<s>":  ( -823,  -824, -217,   586,  1277),
        "</s>": (-1180,  -590,  -92,   505,  1358),
    },
    "attn_0_1": {
        "0":    ( 1132,   387, -145,  -552,  -822),
        "1":    (  393,   584,   39,  -371,  -645),
        "2":    (  -59,    74,  365,   -54,  -326),
        "3":    ( -427,  -266,   24,   478,   191),
        "4":    ( -611,  -446, -155,   290,   922),
        "<s>":  ( -231,  -367, -221,   179,   640),
        "</s>": ( -621,  -451, -163,   289,   946),
    },
    "attn_0_2": {
        "0":    ( 2769,  -929, -775,  -674,  -391),
        "2":    ( -148,   103,  299,   227,  -482),
        "3":    (  118,   243,  129,   178,  -669),
        "4":    ( -573,  -502, -615,  -572,  2261),
        "<s>":  (   93,   227,  120,   131,  -571),
    },
    "attn_0_3": {
        "0":    ( 1062,   326, -172,  -514,  -701),
        "1":    (  301,   513,   12,  -331,  -495),
        "2":    ( -146,     4,  346,   -10,  -193),
        "3":    ( -500,  -326,    0,   512,   315),
        "4":    ( -702,  -516, -189,   340,  1067),
        "<s>":  (  -26,  -379, -202,   351,   256),
        "</s>": ( -867,  -343, -184,   154,  1240),
    },
    "attn_0_4": {
        "0":    ( 1070,   331, -178,  -526,  -698),
        "1":    (  306,   519,   20,  -332,  -513),
        "2":    ( -142,     6,  344,   -11,  -196),
        "3":    ( -500,  -326,   -2,   523,   305),
        "4":    ( -685,  -507, -183,   326,  1050),
        "<s>":  ( -518,  -484, -139,   362,   779),
        "</s>": ( -871,  -467, -100,   317,  1121),
    },
    "attn_0_5": {
        "0":    ( 1060,   323, -179,  -517,  -687),
        "1":    (  302,   518,   18,  -331,  -507),
        "2":    ( -148,     2,  344,    -8,  -190),
        "3":    ( -518,  -329,   -3,   523,   326),
        "4":    ( -691,  -517, -186,   330,  1064),
        "</s>": (  128,  -357, -159,   295,    93),
    },
}
# fmt: on
