"""No error is raised in English alone: a text of several words has a Chinese one beside it."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from functools import cache
from pathlib import Path
from string import Formatter
from typing import TYPE_CHECKING

import pytest
from pydantic_core import PydanticKnownError

from doudi import settings
from doudi.casework.messages import REFUSALS, TROUBLE
from doudi.detectors.messages import WRONG
from doudi.graph import errors
from doudi.loaders.messages import DECLARED, EXPECTED, FOUND, NOTES
from doudi.loaders.reasons import EFFECTS, REASONS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from doudi.graph.errors import Pair

    Known = dict[str, list[ast.expr]]

pytestmark = pytest.mark.checkout

ROOT = Path(__file__).resolve().parents[2]
ROOMS = (
    "graph",
    "linking",
    "loaders",
    "policy",
    "detectors",
    "ranking",
    "casework",
    "synth",
    "doudi",
)
CHINESE = re.compile(r"[\u4e00-\u9fff]")
WORD = re.compile(r"(?<![\w.<-])[A-Za-z]+(?![\w.>-])")

KINDS = frozenset(
    name
    for name, kind in vars(errors).items()
    if isinstance(kind, type) and issubclass(kind, errors.DoudiError)
)
TELLERS = frozenset({"filled", "join", "joined", "nearest"})
"""What makes one text of others."""
ALLOWED = {
    "EXPLAIN": "a word of Cypher",
    "policy": "the name of a command",
    "policy diff": "the name of a command",
}
"""Texts that are the same in both languages, with the reason."""


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


def calls(names: frozenset[str]) -> Iterator[tuple[str, ast.Call, Known]]:
    """Every call of one of the names, the file it stands in, and what names stand for there."""
    for file, module in modules().items():
        for call, known in calls_below(module, {}):
            if said(call) in names:
                yield file, call, known


def said(call: ast.Call) -> str:
    """The name of what is called, without what it belongs to."""
    return str(getattr(call.func, "attr", getattr(call.func, "id", "")))


def calls_below(node: ast.AST, known: Known) -> Iterator[tuple[ast.Call, Known]]:
    """Every call below a node, with the names of the functions it stands in and of the module."""
    if isinstance(node, ast.Module):
        known = given(node.body)
    elif isinstance(node, ast.FunctionDef):
        known = known | given(ast.walk(node))
    if isinstance(node, ast.Call):
        yield node, known
    for inner in ast.iter_child_nodes(node):
        yield from calls_below(inner, known)


def given(nodes: Iterable[ast.AST]) -> Known:
    """What names are given by assignment, and what is added to the lists they name."""
    found: Known = defaultdict(list)
    for node in nodes:
        if isinstance(node, ast.Assign):
            for target in node.targets:
                for name in ast.walk(target):
                    if isinstance(name, ast.Name):
                        found[name.id].append(node.value)
        elif isinstance(node, ast.AnnAssign | ast.AugAssign | ast.NamedExpr):
            if isinstance(node.target, ast.Name) and node.value:
                found[node.target.id].append(node.value)
        elif isinstance(node, ast.Call) and said(node) == "append":
            found[ast.unparse(node.func).removesuffix(".append")] += node.args
    return dict(found)


def alone(call: ast.Call, known: Known) -> Iterator[str]:
    """Texts of a call in English alone: of two words or more, of one where it says the place."""
    for part in call.args:
        yield from english(part, known)
    for keyword in call.keywords:
        yield from english(keyword.value, known, least=1 if keyword.arg == "where" else 2)


def english(node: ast.AST, known: Known, *, least: int = 2, by_name: bool = False) -> Iterator[str]:
    """Texts of so many words below a node that have no Chinese one before them.

    Names are followed to what they stand for; what a call gives is no text written there.
    """
    text = written(node)
    if text:
        is_command = text.startswith("doudi ")
        if len(WORD.findall(text)) >= least and not CHINESE.search(text) and not is_command:
            yield text
    elif isinstance(node, ast.Name):
        others = {name: values for name, values in known.items() if name != node.id}
        for value in known.get(node.id, []):
            yield from english(value, others, least=least, by_name=True)
    elif not (is_pair(node) or is_path(node) or (by_name and is_other_call(node))):
        for inner in ast.iter_child_nodes(node):
            yield from english(inner, known, least=least, by_name=by_name)


def is_pair(node: ast.AST) -> bool:
    """Whether a Chinese text stands first, as in a pair and in what fills one."""
    nodes = node.args if isinstance(node, ast.Call) else getattr(node, "elts", [])
    return len(nodes) > 1 and bool(CHINESE.search(written(nodes[0])))


def is_path(node: ast.AST) -> bool:
    """Whether names of files and folders are put together."""
    return isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div)


def is_other_call(node: ast.AST) -> bool:
    """Whether something is called that puts no texts together."""
    return isinstance(node, ast.Call) and said(node) not in TELLERS


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
    found = [
        f"{file}:{site.lineno}: {text}"
        for file, site, known in sites
        for text in alone(site, known)
        if text not in ALLOWED
    ]
    assert found == []


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
        ("found = 'no such file'\ne(found)", ["no such file"]),
        ("def f(n):\n  found = f'{n} rows were refused'\n  e(found)", ["· rows were refused"]),
        ("def f():\n  p = []\n  p.append('it is empty')\n  e(joined(p))", ["it is empty"]),
        ("p = ['one']\np += [f'{n} is empty']\ne('; '.join(p))", ["· is empty"]),
        ("zh, en = ('没有', 'no such file') if a else b\ne((f'{zh}。', f'{en}.'))", []),
        ("def f():\n  text = 'not a text of g'\ndef g(text):\n  e(text)", []),
        ("row = con.execute('SELECT count(*) FROM rows')\ne(row)", []),
        ("e(('空的', 'empty'), where='households')", ["households"]),
        ("e(('空的', 'empty'), where=home / 'runs')", []),
        ("e(('空的', 'empty'), where='neo4j.home')", []),
        ("e(('空的', 'empty'), where='one-card_payment')", []),
    ],
)
def test_english_alone_is_found(code: str, found: list[str]) -> None:
    sites = [(call, known) for call, known in calls_below(ast.parse(code), {}) if said(call) == "e"]
    assert [text for site, known in sites for text in alone(site, known)] == found


def test_every_step_of_the_work_is_said_in_both_languages() -> None:
    steps = [
        (f"{file}:{call.lineno}", written(call.args[0]))
        for file, call, _ in calls(frozenset({"say", "progress"}))
        if len(call.args) == 1 and not call.keywords and WORD.search(written(call.args[0]))
    ]
    assert len(steps) > 10
    assert [place for place, text in steps if not CHINESE.search(text)] == []


TABLES: dict[str, dict[str, tuple[Pair, ...]]] = {
    "REFUSALS": dict(REFUSALS),
    "TROUBLE": dict(TROUBLE),
    "WRONG": {key: (pair,) for key, pair in WRONG.items()},
    "FOUND": {key: (pair,) for key, pair in FOUND.items()},
    "EXPECTED": {key: (pair,) for key, pair in EXPECTED.items()},
    "NOTES": {key: (pair,) for key, pair in NOTES.items()},
    "DECLARED": {key: (pair,) for key, pair in DECLARED.items()},
    "REASONS": {key: (pair,) for key, pair in REASONS.items()},
    "EFFECTS": {key: (pair,) for key, pair in EFFECTS.items()},
}
PASSED_ON = {
    ("FOUND", "headers"): "the problems of the columns, each told in both languages",
    ("FOUND", "unit"): "the same",
    ("EXPECTED", "unknown_source"): "the nearest names, told in both languages",
    ("DECLARED", "toml"): "what is wrong with the TOML, told in both languages",
    ("DECLARED", "told"): "an error of the schema, told in both languages",
}
"""Entries that only pass on what was told in both languages, with the reason."""
ONE_MORE = {
    ("WRONG", "toml"): "the parser's own words are English",
}
"""Entries whose English has a value that the Chinese has not, with the reason."""


def values_of(text: str) -> set[str]:
    """Names of the values that a text leaves room for."""
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("table", TABLES)
def test_every_entry_of_a_table_says_the_same_in_both_languages(table: str) -> None:
    entries = [((table, key), pair) for key, pairs in TABLES[table].items() for pair in pairs]
    not_chinese = {entry for entry, (zh, _) in entries if not CHINESE.search(zh)}
    assert not_chinese == {entry for entry in PASSED_ON if entry[0] == table}
    uneven = {entry for entry, (zh, en) in entries if values_of(zh) != values_of(en)}
    assert uneven == {entry for entry in ONE_MORE if entry[0] == table}


def test_what_is_wrong_with_a_setting_is_told_in_chinese_with_its_values() -> None:
    for kind, zh in settings._WRONG.items():
        values = values_of(zh) or {"class_name"}  # the only one left out: a name of our code
        english = PydanticKnownError(kind, dict.fromkeys(values, "1")).message_template  # type: ignore[arg-type]  # every kind pydantic has is written there
        assert CHINESE.search(zh), kind
        assert values_of(zh) == values_of(english) - {"class_name"}, kind
