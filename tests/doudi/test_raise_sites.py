"""No error is raised in English alone: a text of several words has a Chinese one beside it."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from doudi.graph import errors

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.checkout

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("graph", "loaders", "policy", "detectors", "ranking", "casework", "synth", "doudi")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
WORD = re.compile(r"(?<![\w.<-])[A-Za-z]+(?![\w.>-])")

KINDS = frozenset(
    name
    for name, kind in vars(errors).items()
    if isinstance(kind, type) and issubclass(kind, errors.DoudiError)
)
ALLOWED = {
    "policy diff": "the name of a command",
}
"""Texts of several words that are the same in both languages, with the reason."""


@cache
def modules() -> dict[str, ast.Module]:
    paths = (path for room in ROOMS for path in sorted((ROOT / room).glob("*.py")))
    return {p.relative_to(ROOT).as_posix(): ast.parse(p.read_text("utf-8")) for p in paths}


def makers() -> frozenset[str]:
    """The errors' own names, and those of every function that returns one."""
    functions = (
        node
        for module in modules().values()
        for node in ast.walk(module)
        if isinstance(node, ast.FunctionDef) and node.returns
    )
    return KINDS | {f.name for f in functions if f.returns and ast.unparse(f.returns) in KINDS}


def calls(names: frozenset[str]) -> Iterator[tuple[str, ast.Call]]:
    """Every call of one of the names, and the file it stands in."""
    for file, module in modules().items():
        for node in ast.walk(module):
            if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in names:
                yield file, node


def english(node: ast.AST) -> Iterator[str]:
    """Texts of two or more words below a node that have no Chinese one before them."""
    text = written(node)
    if text:
        is_command = text.startswith("doudi ")
        if len(WORD.findall(text)) > 1 and not CHINESE.search(text) and not is_command:
            yield text
    elif not is_pair(getattr(node, "elts", getattr(node, "args", []))):
        for inner in ast.iter_child_nodes(node):
            yield from english(inner)


def is_pair(nodes: list[ast.expr]) -> bool:
    """Whether a Chinese text stands first, as in a pair and in what fills one."""
    return len(nodes) > 1 and bool(CHINESE.search(written(nodes[0])))


def written(node: ast.AST) -> str:
    """A text as it stands in the code, its values left out; empty where it is none."""
    if isinstance(node, ast.JoinedStr):
        return "".join(written(value) or "·" for value in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def test_no_error_is_raised_in_english_alone() -> None:
    names = makers()
    assert {"LedgerError", "PortTaken", "stopped", "among", "_broken"} <= names
    sites = list(calls(names))
    assert len(sites) > 120
    alone = [
        f"{file}:{site.lineno}: {text}"
        for file, site in sites
        for part in (*site.args, *(keyword.value for keyword in site.keywords))
        for text in english(part)
        if text not in ALLOWED
    ]
    assert alone == []


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("e('no such file')", ["no such file"]),
        ("e(f'{count} rows were refused')", ["· rows were refused"]),
        ("e('one' if small else 'two or more')", ["two or more"]),
        ("e('; '.join(f'{name} is empty' for name in names))", ["· is empty"]),
        ("e(('没有文件', 'no such file'))", []),
        ("e(filled('{n} 行', '{n} rows in all', n=3))", []),
        ("e(f'{code}: {told}', where='a.csv', next_step='doudi leads list')", []),
    ],
)
def test_english_alone_is_found(code: str, found: list[str]) -> None:
    (statement,) = ast.parse(code).body
    assert isinstance(statement, ast.Expr)
    assert isinstance(statement.value, ast.Call)
    site = statement.value
    parts = (*site.args, *(keyword.value for keyword in site.keywords))
    assert [text for part in parts for text in english(part)] == found
