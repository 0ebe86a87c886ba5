"""A source: one TOML file that says what a data type's rows hold and which facts they give.

``docs/add-a-source.md`` explains the file. Ids, properties, times and filters are DuckDB expressions
over the cleaned columns, so a new source needs no Python.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Literal, get_args

from doudi.graph.errors import SourceError
from doudi.graph.schema import Property, schema

if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.resources.abc import Traversable
    from pathlib import Path

Nature = Literal["register", "event", "month"]
Role = Literal["key", "main", "plain", "added"]
Personal = Literal["", "id", "name", "token"]

TYPES = ("str", "id18", "id18_or_uscc", "uscc", "date", "datetime", "yyyymm", "decimal", "int", "bool",
         "enum", "list", "list[id18]", "hash")  # fmt: skip
"""Value types of contract.md §3; ``str18`` with a unified code is ``uscc``."""


@dataclass(frozen=True)
class Column:
    """One column of a source.

    Attributes:
        name: English field name.
        headers: Chinese headers under which it may come.
        unit: Unit of the values as sent.
        values: Allowed values of an enum; empty: any text.
        synonyms: Other spellings, mapped to values.
        personal: ``id``, ``name`` or ``token`` where the clear value is never stored.
        classes: Class name and the pattern of the clear text that gives it.
        plausible: Least and greatest plausible median of an amount, for the unit check.
    """

    name: str
    headers: tuple[str, ...]
    type: str
    role: Role
    unit: str = ""
    values: tuple[str, ...] = ()
    synonyms: dict[str, str] = field(default_factory=dict)
    personal: Personal = ""
    classes: dict[str, str] = field(default_factory=dict)
    plausible: tuple[float, float] | None = None


@dataclass(frozen=True)
class Block:
    """Nodes or relations that each row gives.

    Attributes:
        name: Stable name of the block within its source, part of every fact's id.
        label: Label, for nodes; empty for relations.
        triple: Type and labels, for relations.
        id: Expression of a node's id.
        start: Expression of a relation's start id, ``end`` of its end id.
        each: List column that is unfolded first; its element is ``item``.
        where: Condition on the row.
        properties: Property and expression.
        valid_from: Expressions of the times; ``NULL`` when unknown.
    """

    name: str
    label: str
    triple: tuple[str, str, str] | None
    id: str
    start: str
    end: str
    each: str
    where: str
    properties: dict[str, str]
    valid_from: str
    valid_to: str


@dataclass(frozen=True)
class Source:
    """A source as its file states it.

    Attributes:
        changes: Columns whose new value is a change in the world, not a correction.
        main_date: Column that dates an event or month row.
        rows: Least and greatest plausible number of rows of a snapshot.
        rows_table: ``parameters`` for the one source that feeds a table instead of the graph.
    """

    slug: str
    title_zh: str
    title_en: str
    publisher: str
    cadence: str
    legal_basis: str
    sensitivity: str
    nature: Nature
    key: tuple[str, ...]
    key_kind: Literal["id", "group"]
    changes: tuple[str, ...]
    main_date: str
    rows: tuple[int, int]
    columns: dict[str, Column]
    ignored: dict[str, str]
    blocks: tuple[Block, ...]
    rows_table: str = ""


def sources(extra: Path | None = None) -> dict[str, Source]:
    """Every declared source by slug, those of a folder of one's own included.

    Raises:
        SourceError: naming the file and every problem in it.
    """
    found = [read_source(text, where) for where, text in _texts(extra)]
    return {source.slug: source for source in found}


def _texts(extra: Path | None) -> Iterator[tuple[str, str]]:
    shipped: list[Traversable] = sorted(
        (
            f
            for f in files("doudi.loaders").joinpath("sources").iterdir()
            if f.name.endswith(".toml")
        ),
        key=lambda file: file.name,
    )
    yield from ((f"sources/{file.name}", file.read_text("utf-8")) for file in shipped)
    if extra is not None and extra.is_dir():
        yield from ((str(path), path.read_text("utf-8")) for path in sorted(extra.glob("*.toml")))


def read_source(text: str, where: str) -> Source:
    """The source a file states.

    Raises:
        SourceError: naming the file and every problem in it.
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SourceError(str(error), where=where) from None
    problems: list[str] = []
    columns = {name: _column(name, entry, problems) for name, entry in table["columns"].items()}
    blocks = [
        _block(kind, number, entry, problems)
        for kind in ("node", "link")
        for number, entry in enumerate(table.get(kind, []))
    ]
    head = table["source"]
    problems += [f"key names {k}, which is no column" for k in head["key"] if k not in columns]
    if problems:
        raise SourceError("; ".join(problems), where=where, next_step="mend the file")
    return _source(head, table, columns, tuple(blocks))


def _source(
    head: dict[str, Any],
    table: dict[str, Any],
    columns: dict[str, Column],
    blocks: tuple[Block, ...],
) -> Source:
    low, high = table.get("expect", {}).get("rows", (0, 10**9))
    return Source(
        slug=head["slug"],
        title_zh=head["title"]["zh"],
        title_en=head["title"]["en"],
        publisher=head["publisher"],
        cadence=head["cadence"],
        legal_basis=head.get("legal_basis", ""),
        sensitivity=head.get("sensitivity", "personal"),
        nature=head["nature"],
        key=tuple(head["key"]),
        key_kind=head["key_kind"],
        changes=tuple(head.get("changes", [])),
        main_date=head.get("main_date", ""),
        rows=(low, high),
        columns=columns,
        ignored=table.get("ignore", {}),
        blocks=blocks,
        rows_table=head.get("rows_table", ""),
    )


def _column(name: str, entry: dict[str, Any], problems: list[str]) -> Column:
    if entry.get("type") not in TYPES:
        problems.append(
            f"column {name} has type {entry.get('type')!r}, not one of {', '.join(TYPES)}"
        )
    if entry.get("role", "plain") not in get_args(Role):
        problems.append(f"column {name} has role {entry.get('role')!r}")
    zh = entry.get("zh", [])
    plausible = entry.get("plausible")
    return Column(
        name=name,
        headers=tuple([zh] if isinstance(zh, str) else zh),
        type=str(entry.get("type")),
        role=entry.get("role", "plain"),
        unit=entry.get("unit", ""),
        values=tuple(entry.get("values", [])),
        synonyms=entry.get("synonyms", {}),
        personal=entry.get("personal", ""),
        classes=entry.get("classes", {}),
        plausible=(plausible[0], plausible[1]) if plausible else None,
    )


def _block(kind: str, number: int, entry: dict[str, Any], problems: list[str]) -> Block:
    name = entry.get("name", f"{kind}{number}")
    label, triple = "", None
    declared: tuple[Property, ...] = ()
    try:
        if kind == "node":
            label = entry["label"]
            declared = schema().node(label).properties
        else:
            triple = (entry["type"], entry["from"]["label"], entry["to"]["label"])
            relation = schema().relation(triple[0])
            declared = relation.properties
            if triple[1:] not in relation.pairs:
                problems.append(f"{name}: {triple[0]} does not join {triple[1]} and {triple[2]}")
    except Exception as error:  # noqa: BLE001 - unknown names and missing entries, all reported
        problems.append(f"{name}: {error}")
    known = {p.name for p in declared}
    wrong = sorted(set(entry.get("set", {})) - known)
    if wrong:
        problems.append(f"{name} sets {', '.join(wrong)}, which the schema does not declare")
    return Block(
        name=name,
        label=label,
        triple=triple,
        id=entry.get("id", "NULL"),
        start=entry.get("from", {}).get("id", "NULL"),
        end=entry.get("to", {}).get("id", "NULL"),
        each=entry.get("each", ""),
        where=entry.get("where", "true"),
        properties=entry.get("set", {}),
        valid_from=entry.get("valid_from", "NULL"),
        valid_to=entry.get("valid_to", "NULL"),
    )
