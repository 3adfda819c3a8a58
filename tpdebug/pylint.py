"""A plugin for pylint: `pylint --load-plugins=tpdebug.pylint program.py`.

Findings of `tpdebug lint` as messages of pylint, so that editors show them. TP105 is
W9105; symbols are the same. A file that is no learned program gives nothing. Only what
is proved is shown, and inputs are looked at up to a number that an editor can wait for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pylint.checkers import BaseRawFileChecker

from tpdebug.findings import CODES

if TYPE_CHECKING:
    from astroid import nodes
    from pylint.lint import PyLinter
    from pylint.typing import MessageDefinitionTuple

MARK = b"ALPHABET", b"classifier_weights", b"tpdebug", b"select_closest"


def message_id(code: str) -> str:
    """The id of a code in the form of pylint.

    >>> message_id("TP105")
    'W9105'
    """
    return f"W9{code.removeprefix('TP')}"


class LearnedProgramChecker(BaseRawFileChecker):
    """Looks for dead code in learned programs."""

    name = "tpdebug"
    msgs: dict[str, MessageDefinitionTuple] = {  # noqa: RUF012 - pylint wants it so
        message_id(code.code): ("%s", code.symbol, f"{code.short} {code.full}")
        for code in CODES.values()
    }
    options: Any = (
        (
            "tpdebug-most",
            {
                "default": 500_000,
                "type": "int",
                "metavar": "<inputs>",
                "help": "Larger domains are left alone: nothing could be proved.",
            },
        ),
    )

    def process_module(self, node: nodes.Module) -> None:
        """Look at one file."""
        with node.stream() as stream:
            text = stream.read()
        if not any(mark in text for mark in MARK) or not node.file:
            return
        from analyzers.lint import lint
        from tpdebug.errors import UserError
        from tpdebug.read import read

        most = self.linter.config.tpdebug_most
        try:
            source = read(node.file)
            if source.program.domain.count > most:
                return
            found = lint(source, syntax=False, most=most)
        except UserError:  # it is no learned program
            return
        for finding in found.findings:
            same_file = finding.path == source.map.path and finding.line
            line = finding.line if same_file else 1
            says = finding.says if same_file else f"{finding.path}: {finding.says}"
            self.add_message(message_id(finding.code), line=line, args=(says,))


def register(linter: PyLinter) -> None:
    """What pylint calls when it loads the plugin."""
    linter.register_checker(LearnedProgramChecker(linter))
