"""A projection as networkx graph, scipy matrix or Arrow table, for questions Cypher cannot ask."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from doudi.graph.errors import UnknownName
from doudi.graph.schema import schema

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    import networkx as nx
    import pyarrow as pa
    from scipy.sparse import csr_matrix

    from doudi.graph.projection import Projection


class Ends(NamedTuple):
    """The ids behind the rows and the columns of a matrix; one and the same for equal labels."""

    start: np.ndarray[Any, np.dtype[np.object_]]
    end: np.ndarray[Any, np.dtype[np.object_]]


def to_arrow(projection: Projection, *name: str, as_of: date | None = None) -> pa.Table:
    """The nodes of a label, or the relations of a type, start and end label.

    Args:
        projection: What ``project`` wrote.
        name: A label, or a type and two labels.
        as_of: Only what is valid on this day; an unknown bound counts as open.
    """
    table = projection.node(name[0]) if len(name) == 1 else projection.link(*_triple(name))
    if as_of is not None:
        import ibis

        day = ibis.literal(as_of)
        began = table["valid_from"].isnull() | (table["valid_from"] <= day)
        lasts = table["valid_to"].isnull() | (table["valid_to"] > day)
        table = table.filter(began & lasts)
    return table.order_by("id" if len(name) == 1 else ["start_id", "end_id", "rid"]).to_pyarrow()


def to_scipy(
    projection: Projection,
    triple: tuple[str, str, str],
    *,
    weight: str | None = None,
    as_of: date | None = None,
) -> tuple[csr_matrix, Ends]:
    """One relation as a sparse matrix.

    Args:
        projection: What ``project`` wrote.
        triple: Type, start label, end label.
        weight: A number property to sum over parallel relations, unknown counting as 0; without
            it they are counted.
        as_of: Only relations valid on this day.

    Returns:
        The matrix, shape (len(ids.start), len(ids.end)), and the ids, sorted. Nodes without such
        a relation have no row; between equal labels rows and columns are the same people.

    Raises:
        UnknownName: if the relation, or the weight, is not declared.
    """
    from scipy.sparse import csr_matrix

    if weight is not None:
        numbers = [p.name for p in schema().relation(triple[0]).properties if p.type in _NUMBERS]
        if weight not in numbers:
            raise UnknownName.among(
                ("数值属性", "number property"), weight, numbers, where=triple[0]
            )
    table = to_arrow(projection, *triple, as_of=as_of)
    start, end = (
        np.asarray(table[side].to_pylist(), dtype=object) for side in ("start_id", "end_id")
    )
    if triple[1] == triple[2]:
        both, places = np.unique(np.concatenate([start, end]), return_inverse=True)
        ids, row, column = Ends(both, both), places[: len(start)], places[len(start) :]
    else:
        starts, row = np.unique(start, return_inverse=True)
        ends, column = np.unique(end, return_inverse=True)
        ids = Ends(starts, ends)
    value = np.ones(len(start)) if weight is None else _numbers(table[weight])
    return csr_matrix((value, (row, column)), shape=(len(ids.start), len(ids.end))), ids


_NUMBERS = ("int", "float")


def _numbers(column: pa.ChunkedArray) -> np.ndarray[Any, np.dtype[np.float64]]:
    return np.asarray(column.fill_null(0).to_numpy(), dtype=float)


def to_networkx(
    projection: Projection,
    relations: Iterable[str | tuple[str, str, str]],
    *,
    as_of: date | None = None,
) -> nx.MultiDiGraph:
    """Some relations, and the nodes they join, as a networkx graph.

    Args:
        projection: What ``project`` wrote.
        relations: Relation types (all their pairs of labels), or triples.
        as_of: Only relations valid on this day.

    Returns:
        A graph whose nodes are ``(label, id)`` pairs (a benefit and its household share an id)
        with the node's properties, and whose edges have the rid as key, ``type`` and properties.
        Unknown values are left out.

    A graph object costs about a kilobyte an edge: for a whole county use ``to_scipy``.
    """
    import networkx as nx

    graph = nx.MultiDiGraph()
    for kind, start, end in _triples(relations):
        # networkx takes its edges one by one, there is no set-based way in.
        for edge in to_arrow(projection, kind, start, end, as_of=as_of).to_pylist():
            ends = (start, edge.pop("start_id")), (end, edge.pop("end_id"))
            graph.add_edge(*ends, key=edge["rid"], type=kind, **_known(edge))
    for label in sorted({label for label, _ in graph}):
        here = {node for node in graph if node[0] == label}
        for node in to_arrow(projection, label).to_pylist():  # the same for its nodes
            if (label, node["id"]) in here:
                graph.add_node((label, node["id"]), label=label, **_known(node))
    return graph


def _known(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if value is not None}


def _triples(relations: Iterable[str | tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    chosen: list[tuple[str, str, str]] = []
    for relation in relations:
        if isinstance(relation, str):
            pairs = schema().relation(relation).pairs
            chosen += [(relation, start, end) for start, end in pairs]
        else:
            chosen.append(relation)
    return chosen


def _triple(name: tuple[str, ...]) -> tuple[str, str, str]:
    kind, start, end = name
    return kind, start, end
