"""Mending programs: the smallest change of scores and rules, with proof."""

from analyzers.repair.search import compared, repair

__all__ = ["compared", "repair"]
