"""Hand-made fact tables: a few lines say who is whose child and who is paid what."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

from doudi.graph.projection import Projection, ProjectionReceipt, project
from doudi.graph.tables import FactStore, properties_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

KNOWN = date(2026, 5, 5)


@dataclass
class Facts:
    """Collects records and writes them to a store; every record is one fact unless named."""

    store: FactStore
    rows: dict[tuple[str, ...], list[dict[str, Any]]] = field(default_factory=dict)
    made: int = 0

    def node(self, label: str, id: str, **values: Any) -> str:  # noqa: A002, ANN401 - free values
        return self._add((label,), id=id, **values)

    def link(self, triple: str, start: str, end: str, **values: Any) -> str:  # noqa: ANN401 - same
        return self._add(tuple(triple.split(".")), start_id=start, end_id=end, **values)

    def _add(self, name: tuple[str, ...], **values: Any) -> str:  # noqa: ANN401 - free values
        self.made += 1
        common: dict[str, Any] = {
            "fact_id": f"f{self.made:05d}",
            "known_from": KNOWN,
            "seq": 1,
            "retracted": False,
            "source": "hand_made",
            "batch": "2026-04",
            "row": self.made + 1,
            "grade": "exact",
            "digest": f"d{self.made:05d}",
        }
        record = common | values
        self.rows.setdefault(name, []).append(record)
        return str(record["fact_id"])

    def write(self) -> FactStore:
        for name, rows in self.rows.items():
            table = pa.Table.from_pylist(rows, schema=properties_of(*name))
            if len(name) == 1:
                self.store.append_nodes(name[0], table, seq=1, source="hand_made")
            else:
                kind, start, end = name
                self.store.append_links(kind, start, end, table, seq=1, source="hand_made")
        self.rows.clear()
        return self.store


@pytest.fixture
def facts(tmp_path: Path) -> Facts:
    return Facts(FactStore(tmp_path / "tables"))


@dataclass
class Made:
    """A projection made from hand-made facts, read as rows."""

    graph: Projection
    receipt: ProjectionReceipt

    def nodes(self, label: str) -> dict[str, dict[str, Any]]:
        rows = self.graph.node(label).to_pyarrow().to_pylist()
        return {row["id"]: row for row in rows}

    def links(self, triple: str) -> list[dict[str, Any]]:
        table = self.graph.link(*triple.split(".")).to_pyarrow()
        rows: list[dict[str, Any]] = table.to_pylist()
        return sorted(rows, key=lambda r: (r["start_id"], r["end_id"], str(r["valid_from"])))


@pytest.fixture
def made(facts: Facts, tmp_path: Path) -> Iterator[Callable[..., Made]]:
    """Calls ``project`` on the facts and opens the result."""
    opened: list[Projection] = []

    def make(*, as_known: date | None = None) -> Made:
        out = tmp_path / f"out{len(opened)}"
        receipt = project(facts.write(), out, as_known=as_known)
        opened.append(Projection(out))
        return Made(opened[-1], receipt)

    yield make
    for graph in opened:
        graph.close()
