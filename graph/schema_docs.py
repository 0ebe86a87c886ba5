"""The page of the graph's schema, rendered from its declarations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from doudi.graph.schema import schema

if TYPE_CHECKING:
    from collections.abc import Iterable

    from doudi.graph.schema import NodeType, Property, RelationType

_HEAD = """# What the graph holds

Rendered from `graph/schema.toml` by `make docs`; change it there. Everything a query may name
stands here: a label, type or property that is not on this page does not exist. *Personal*
properties say something about a person; *sensitive* ones (health, disability, cause of poverty)
need a stated purpose.
"""

_COMMON = """## On every node and relation

Nodes carry `id` beside these. A date that is absent is unknown, or, as `valid_to`, still to come.
Intervals are closed-open: `valid_from` is the first day, `valid_to` the first day after.
"""


def render() -> str:
    """The Markdown page ``docs/schema.md``."""
    declared = schema()
    parts = [_HEAD, "## Labels\n", _overview_of_labels(declared.nodes.values())]
    parts += ["## Relations\n", _overview_of_relations(declared.relations.values())]
    parts += [_COMMON, _properties(declared.common)]
    parts += ["## Properties of nodes\n", *map(_node, declared.nodes.values())]
    parts += ["## Properties of relations\n"]
    parts += [_relation(r) for r in declared.relations.values() if r.properties]
    return "\n".join(parts)


def _overview_of_labels(nodes: Iterable[NodeType]) -> str:
    rows = [f"| `{node.label}` | {node.zh} | {node.meaning} |" for node in nodes]
    return "\n".join(["| label | 中文 | a node is |", "|---|---|---|", *rows, ""])


def _overview_of_relations(relations: Iterable[RelationType]) -> str:
    rows = [
        f"| `{r.name}` | {r.zh} | {', '.join(f'{a} → {b}' for a, b in r.pairs)} | {_kind(r)} "
        f"| {r.meaning} |"
        for r in relations
    ]
    return "\n".join(
        ["| type | 中文 | from → to | | it says |", "|---|---|---|---|---|", *rows, ""]
    )


def _kind(relation: RelationType) -> str:
    words = [("derived", relation.derived), ("spells of months", relation.month)]
    return ", ".join(word for word, holds in words if holds)


def _node(node: NodeType) -> str:
    if not node.properties:
        return f"### {node.label} {node.zh}\n\nOnly its `id`.\n"
    return f"### {node.label} {node.zh}\n\n{_properties(node.properties)}"


def _relation(relation: RelationType) -> str:
    return f"### {relation.name} {relation.zh}\n\n{_properties(relation.properties)}"


def _properties(properties: tuple[Property, ...]) -> str:
    rows = [
        f"| `{p.name}` | {p.type} | {p.unit} | {'' if p.sensitivity == 'plain' else p.sensitivity} "
        f"| {p.meaning} |"
        for p in properties
    ]
    return "\n".join(["| property | type | unit | | meaning |", "|---|---|---|---|---|", *rows, ""])
