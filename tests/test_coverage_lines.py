"""What coverage.py measures on an emitted file is what the traces say, line for line."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from analyzers.coverage.lines import RuleLines, line_spectra
from analyzers.spectra import Spectra
from tests.cases import CASES
from tests.published import published_files
from tests.running import examples, text_of
from tests.strategies import programs_and_inputs
from tpdebug.evaluate import Evaluator, answers
from tpdebug.execute import measure_lines
from tpdebug.inputs import decode, encode, sample
from tpdebug.program import Program
from tpdebug.read import read

FOLDER = Path(__file__).resolve().parent.parent / "examples"
EXAMPLES = sorted(FOLDER.glob("*.py")) + sorted(FOLDER.glob("categorical/*.py"))
