"""Who wants to know which inputs tests ask programs about; the pytest plugin does.

`tpdebug.testing` tells, and does not know whom.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from tpdebug.testing import Checker

Observer: TypeAlias = "Callable[[Checker, tuple[str, ...], bool], None]"
"""Is told who asked, the letters, and whether they are answered wrong."""

observers: list[Observer] = []


def tell(checker: Checker, letters: tuple[str, ...], wrong: bool) -> None:
    """Tell all observers that a checker has looked at an input."""
    for observer in tuple(observers):
        observer(checker, letters, wrong)
