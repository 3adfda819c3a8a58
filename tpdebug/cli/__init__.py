"""The command line, `tpdebug COMMAND`; each command imports what it needs itself."""

from __future__ import annotations

import errno
import io
import signal
import sys
from typing import Any

import click

from tpdebug import __version__
from tpdebug.cli.convert import convert_command
from tpdebug.cli.coverage import coverage_command
from tpdebug.cli.demo import demo_command
from tpdebug.cli.diff import diff_command
from tpdebug.cli.explain import explain_command
from tpdebug.cli.falsify import falsify_command
from tpdebug.cli.finetune import finetune_command
from tpdebug.cli.lint import lint_command
from tpdebug.cli.localize import localize_command
from tpdebug.cli.repair import repair_command
from tpdebug.cli.run import run_command
from tpdebug.cli.simplify import simplify_command
from tpdebug.cli.slice import slice_command
from tpdebug.cli.train import train_command
from tpdebug.cli.verify import verify_command
from tpdebug.errors import UserError

CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 88}


class _Failure(click.ClickException):
    """Bad input: the message as it is, exit code 2, no traceback."""

    exit_code = 2

    def show(self, file: Any = None) -> None:
        """Print the message to standard error."""
        click.echo(f"tpdebug: {self.message}", err=True)


class _Commands(click.Group):
    """A group that turns what the user got wrong into one clear message."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        if sys.stdin is None:  # it was closed
            sys.stdin = io.StringIO()
        if isinstance(sys.stdout, io.TextIOWrapper):  # show what cannot be encoded
            sys.stdout.reconfigure(errors="backslashreplace")
        try:
            return super().invoke(ctx)
        except UserError as error:
            raise _Failure(str(error)) from error
        except KeyboardInterrupt:
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # it ends already
            click.echo("\nInterrupted.", err=True)
            raise click.exceptions.Exit(130) from None
        except OSError as error:
            if error.errno == errno.EPIPE:  # the reader has seen enough
                raise
            raise _Failure(f"{error.strerror or error}") from error


@click.group(
    cls=_Commands,
    context_settings=CONTEXT,
    epilog='Example: tpdebug explain sort.py --input "3 1 4 2"',
)
@click.version_option(__version__, prog_name="tpdebug")
def main() -> None:
    """Train Transformers that are programs, and debug the programs.

    Exit codes: 0 clean, 1 something was found, 2 wrong usage or unreadable input.
    """


for _command in (
    *(convert_command, coverage_command, demo_command, diff_command, explain_command),
    *(falsify_command, finetune_command, lint_command, localize_command),
    *(repair_command, run_command, simplify_command, slice_command, train_command),
    *(verify_command,),
):
    main.add_command(_command)
