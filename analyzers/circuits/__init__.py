"""Circuits: which part of a program gave an answer, and whether it is enough."""

from __future__ import annotations

from analyzers.circuits.nearest import nearest
from analyzers.circuits.of_class import slice_class
from analyzers.circuits.one import slice_answer
from analyzers.circuits.readouts import Survey
from analyzers.circuits.static import slice_static

__all__ = ["Survey", "nearest", "slice_answer", "slice_class", "slice_static"]
