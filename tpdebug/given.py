"""Right answers of a Python function that a user names."""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import sys
import sysconfig
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType

from tpdebug.domain import Domain, shorten
from tpdebug.errors import UserError
from tpdebug.oracles import FunctionOracle, Oracle


def load_oracle(spec: str, domain: Domain, pooled: bool) -> Oracle:
    """Import the function that `module:function` or `file.py:function` names.

    Raises:
        UserError: there is no such module or function, or importing it fails.
    """
    place, _, name = spec.rpartition(":")
    if not place or not name:
        raise UserError(
            f"--oracle is module:function or file.py:function, not {spec!r}"
        )
    before = set(sys.modules)
    module = _import(place)
    function = getattr(module, name, None)
    if not callable(function):
        public = [
            n for n, value in vars(module).items() if n[0] != "_" and callable(value)
        ]
        has = f"it has {shorten(public)}" if public else "it has none"
        raise UserError(f"{place} has no function {name!r}; {has}")
    oracle = FunctionOracle(domain, function, pooled=pooled, name=spec)
    # A file may have the name of a module that is loaded already, and is not that one.
    fresh = [sys.modules[name] for name in set(sys.modules) - before]
    oracle.version = _digest([module, *fresh])
    return oracle


def _digest(modules: Iterable[ModuleType]) -> str:
    """A hash of the files of modules, without those that are installed."""
    installed = tuple(sysconfig.get_paths().values())
    paths = {str(getattr(module, "__file__", None) or "") for module in modules}
    own = (path for path in sorted(paths) if not path.startswith(installed))
    content = [Path(path).read_bytes() for path in own if Path(path).is_file()]
    return hashlib.sha256(b"".join(content)).hexdigest()


def _import(place: str) -> ModuleType:
    try:
        if not place.endswith(".py"):
            if {*place} & {*"/\\"}:
                raise UserError(f"{place} is no module; a file ends in .py")
            if "" not in sys.path:
                sys.path.insert(0, "")
            return importlib.import_module(place)
        if not Path(place).is_file():
            raise UserError(f"{place} does not exist")
        spec = importlib.util.spec_from_file_location(Path(place).stem, place)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules.setdefault(module.__name__, module)  # its dataclasses look there
        spec.loader.exec_module(module)
        return module
    except UserError:
        raise
    except ModuleNotFoundError as error:
        if error.name is not None and (place + ".").startswith(error.name + "."):
            raise UserError(f"there is no module {place!r} to import") from None
        raise UserError(f"importing {place} fails: {error}") from error
    except (Exception, SystemExit) as error:
        reason = f"{type(error).__name__}: {error}"
        raise UserError(f"importing {place} fails: {reason}") from error
