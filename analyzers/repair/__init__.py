"""Mending programs: the smallest change of scores and rules, with proof."""

from analyzers.repair.search import repair

__all__ = ["repair"]
