"""`python -m tpdebug`."""

from tpdebug.cli import main

if __name__ == "__main__":
    main(prog_name="tpdebug")
