"""The declared labels, relations and properties of the graph, read from ``schema.toml``."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

import pyarrow as pa

from doudi.graph.errors import SchemaError, UnknownName

ValueType = Literal["string", "int", "float", "bool", "date", "strings"]
Sensitivity = Literal["plain", "personal", "sensitive"]

GRADES = ("exact", "repaired", "certificate", "linked", "possible", "name_only")
"""Identity grades, strongest first (design: identity)."""

_ARROW: dict[str, pa.DataType] = {
    "string": pa.string(),
    "int": pa.int64(),
    "float": pa.float64(),
    "bool": pa.bool_(),
    "date": pa.date32(),
    "strings": pa.list_(pa.string()),
}


@dataclass(frozen=True)
class Property:
    """One property, with its sentence of meaning."""

    name: str
    type: ValueType
    sensitivity: Sensitivity
    unit: str
    meaning: str

    @property
    def arrow(self) -> pa.DataType:
        """The Arrow type it is stored in."""
        return _ARROW[self.type]


@dataclass(frozen=True)
class NodeType:
    """A node label and what its nodes carry beside ``id``."""

    label: str
    zh: str
    meaning: str
    properties: tuple[Property, ...]


@dataclass(frozen=True)
class RelationType:
    """A relation type, the labels it may join, and what it carries."""

    name: str
    zh: str
    meaning: str
    pairs: tuple[tuple[str, str], ...]
    properties: tuple[Property, ...]
    month: bool
    derived: bool


@dataclass(frozen=True)
class Schema:
    """All declarations together."""

    nodes: dict[str, NodeType]
    relations: dict[str, RelationType]
    common: tuple[Property, ...]

    def node(self, label: str) -> NodeType:
        """The declaration of a label; raises UnknownName with the nearest labels."""
        if label not in self.nodes:
            raise UnknownName.among(("节点标签", "label"), label, self.nodes)
        return self.nodes[label]

    def relation(self, name: str) -> RelationType:
        """The declaration of a relation type; raises UnknownName with the nearest types."""
        if name not in self.relations:
            raise UnknownName.among(("关系", "relation"), name, self.relations)
        return self.relations[name]

    def triples(self) -> list[tuple[str, str, str]]:
        """Every (type, start label, end label), in declared order."""
        return [(r.name, s, e) for r in self.relations.values() for s, e in r.pairs]


def _property(name: str, entry: list[str], where: str) -> Property:
    kind, sensitivity, unit, meaning = entry
    if kind not in _ARROW or not meaning:
        raise SchemaError(
            (f"属性 {name} 的类型为 {kind!r}", f"property {name} has type {kind!r}"),
            where=where,
            expected=(
                f"{'、'.join(_ARROW)} 之一，并附一句说明",
                f"one of {', '.join(_ARROW)}, and a sentence",
            ),
        )
    return Property(name, kind, sensitivity, unit, meaning)  # type: ignore[arg-type]  # checked above


def _properties(table: dict[str, list[str]], where: str) -> tuple[Property, ...]:
    return tuple(_property(name, entry, where) for name, entry in table.items())


def _node(label: str, table: dict[str, Any]) -> NodeType:
    properties = _properties(table["properties"], f"schema.toml node.{label}")
    return NodeType(label, table["zh"], table["meaning"], properties)


def _relation(name: str, table: dict[str, Any]) -> RelationType:
    return RelationType(
        name=name,
        zh=table["zh"],
        meaning=table["meaning"],
        pairs=tuple((start, end) for start, end in table["pairs"]),
        properties=_properties(table["properties"], f"schema.toml relation.{name}"),
        month=table.get("month", False),
        derived=table.get("derived", False),
    )


@cache
def schema() -> Schema:
    """The schema doudi is shipped with.

    >>> schema().node("Person").zh
    '人员'
    """
    table = tomllib.loads(files("doudi.graph").joinpath("schema.toml").read_text("utf-8"))
    return Schema(
        nodes={label: _node(label, entry) for label, entry in table["node"].items()},
        relations={name: _relation(name, entry) for name, entry in table["relation"].items()},
        common=_properties(table["common"], "schema.toml common"),
    )


def fact_columns(properties: tuple[Property, ...], *, link: bool) -> pa.Schema:
    """The Arrow schema of a fact table: identity, properties, both times, origin.

    ``fact_id`` names the fact over all its records; ``known_from`` and ``seq`` order the records;
    a record with ``retracted`` ends our knowledge of the fact.
    """
    ends = [("start_id", pa.string()), ("end_id", pa.string())] if link else [("id", pa.string())]
    fixed: list[tuple[str, pa.DataType]] = [
        ("valid_from", pa.date32()),
        ("valid_to", pa.date32()),
        ("known_from", pa.date32()),
        ("seq", pa.int64()),
        ("retracted", pa.bool_()),
        ("source", pa.string()),
        ("batch", pa.string()),
        ("row", pa.int64()),
        ("grade", pa.string()),
        ("digest", pa.string()),
    ]
    columns = [("fact_id", pa.string()), *ends, *[(p.name, p.arrow) for p in properties], *fixed]
    return pa.schema(columns)
