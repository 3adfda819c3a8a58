"""The operations of `tpdebug.rasp` as source, for files that stand alone."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import libcst

from tpdebug import rasp
from tpdebug.normal import NEEDS


def operation_sources(names: list[str]) -> list[str]:
    """Return the source of each operation and of what it needs, without types."""
    wanted = {*names, *(NEEDS[name] for name in names if name in NEEDS)}
    return [text for name, text in _operations().items() if name in wanted]


@cache
def _operations() -> dict[str, str]:
    tree = libcst.parse_module(Path(rasp.__file__).read_text(encoding="utf-8"))
    found = {}
    for statement in tree.body:
        if isinstance(statement, libcst.FunctionDef):
            plain = statement.visit(_Plain())
            assert isinstance(plain, libcst.FunctionDef)
            plain = plain.with_changes(leading_lines=[])
            found[statement.name.value] = libcst.Module([plain]).code.strip()
    return found


class _Plain(libcst.CSTTransformer):
    """Drops annotations, and of a docstring all but the first line."""

    def leave_FunctionDef(
        self, original_node: libcst.FunctionDef, updated_node: libcst.FunctionDef
    ) -> libcst.FunctionDef:
        """Drop the return type; put the signature on one line if it fits."""
        return updated_node.with_changes(
            returns=None,
            whitespace_before_params=libcst.SimpleWhitespace(""),
        )

    def leave_Param(
        self, original_node: libcst.Param, updated_node: libcst.Param
    ) -> libcst.Param:
        """Drop the type of a parameter; keep its default as a formatter writes it."""
        equal = libcst.AssignEqual(
            libcst.SimpleWhitespace(""), libcst.SimpleWhitespace("")
        )
        return updated_node.with_changes(
            annotation=None,
            comma=libcst.MaybeSentinel.DEFAULT,
            whitespace_after_param=libcst.SimpleWhitespace(""),
            equal=equal if updated_node.default else libcst.MaybeSentinel.DEFAULT,
        )

    def leave_ParamSlash(
        self, original_node: libcst.ParamSlash, updated_node: libcst.ParamSlash
    ) -> libcst.ParamSlash:
        """Put what follows the slash on the same line."""
        return updated_node.with_changes(comma=libcst.MaybeSentinel.DEFAULT)

    def leave_SimpleString(
        self, original_node: libcst.SimpleString, updated_node: libcst.SimpleString
    ) -> libcst.SimpleString:
        """Shorten a docstring to its first line."""
        if not updated_node.value.startswith('"""'):
            return updated_node
        first = updated_node.value.strip('"').splitlines()[0]
        return updated_node.with_changes(value=f'"""{first}"""')
