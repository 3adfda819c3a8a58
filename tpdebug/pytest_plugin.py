"""The pytest plugin: for now it says in pytest's header which tpdebug is tested with.

pytest imports this in every session, so it imports nothing heavy.
"""

from __future__ import annotations

from tpdebug import __version__


def pytest_report_header() -> str:
    """The line in pytest's header."""
    return f"tpdebug: {__version__}"
