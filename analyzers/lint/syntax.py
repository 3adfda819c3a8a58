"""What pylint says about the text of a program file: what hand edits leave behind.

Only checks that find something dead or wrong are asked for, not those of style. pylint
reads the file and does not execute it; the settings of the user are left out, so the
result depends on the file alone.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

from tpdebug.findings import Finding
from tpdebug.findings.lint import Severity

CHECKS = (
    *("unused-variable", "unused-import", "unreachable", "function-redefined"),
    *("undefined-variable", "used-before-assignment", "duplicate-key"),
    *("duplicate-value", "comparison-with-itself", "comparison-of-constants"),
    *("using-constant-test", "condition-evals-to-constant", "pointless-statement"),
    *("pointless-string-statement", "expression-not-assigned", "unnecessary-pass"),
    *("self-assigning-variable", "undefined-loop-variable"),
    *("reimported", "redeclared-assigned-name", "unbalanced-tuple-unpacking"),
)
_SEVERITIES: dict[str, Severity] = {"error": "error", "fatal": "error"}


def syntax_findings(path: str) -> Iterator[Finding]:
    """Ask pylint about a file."""
    from pylint.lint import Run
    from pylint.reporters import CollectingReporter

    reporter = CollectingReporter()
    options = ["--disable=all", f"--enable={','.join(CHECKS)}", "--persistent=n"]
    options += [f"--rcfile={os.devnull}", "--score=n", "--jobs=1"]
    Run([*options, path], reporter=reporter, exit=False)
    for message in reporter.messages:
        severity = _SEVERITIES.get(message.category, "warning")
        says = " ".join(message.msg.split())
        yield Finding(
            *(message.msg_id, message.symbol, severity, says, path, message.line)
        )
