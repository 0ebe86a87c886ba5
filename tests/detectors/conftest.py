"""A small county as its projection, from a few rows, and the same rows as a graph."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from doudi.graph.projection import path_of
from doudi.graph.workbench import columns_of
from tests.detectors.bench import Bench, detector_file

if TYPE_CHECKING:
    from pathlib import Path

    from doudi.graph.connection import Connection

Row = dict[str, Any]
DIBAO = "dibao_household_register"
D1 = f"{DIBAO}/D1"


def day(text: str) -> date:
    return date.fromisoformat(text if len(text) > 7 else f"{text}-01")


@dataclass
class Small:
    """One dibao household D1 of p1 and p2; each test adds what it is about."""

    folder: Path
    tables: dict[str, list[Row]] = field(default_factory=dict)

    def node(self, label: str, name: str, **own: object) -> None:
        self.tables.setdefault(label, []).append({"id": name} | own)

    def link(
        self, triple: str, start: str, end: str, since: str = "", until: str = "", **own: object
    ) -> str:
        """A relation; its rid names its type and ends unless given."""
        row: Row = {
            "start_id": start,
            "end_id": end,
            "rid": f"{triple.split('.', maxsplit=1)[0]}|{start}|{end}|{since}",
            "valid_from": day(since) if since else None,
            "valid_to": day(until) if until else None,
            "known_from": date(2026, 7, 5),
            "source": "dibao_member_register",
            "batch": "2026-06",
            "row": 2,
            "rows": "2026-06:2",
            "grade": "exact",
            "derived": False,
            "digest": "d0",
        }
        self.tables.setdefault(triple, []).append(row | own)
        return str((row | own)["rid"])

    def paid(self, person: str, since: str, until: str, yuan: float, **own: object) -> str:
        """A spell of payments of the dibao register, arrived unless said otherwise."""
        number = len(self.tables.get("PAID.Person.Account", ()))
        common: Row = {
            "register": DIBAO,
            "programme": "城市低保",
            "household_id": "D1",
            "status": "成功",
            "source": "one_card_payment",
            "amount_yuan": yuan,
            "rid": f"PAID|{person}|{since}|{yuan}|{number}",
        }
        return self.link("PAID.Person.Account", person, "a1", since, until, **(common | own))

    def write(self, name: str = "projection") -> Path:
        """The projection's folder."""
        folder = self.folder / name
        for part in ("nodes", "links"):
            (folder / part).mkdir(parents=True)
        for table, rows in self.tables.items():
            arrow = pa.Table.from_pylist(rows, schema=columns_of(*table.split(".")))
            pq.write_table(arrow, path_of(folder, *table.split(".")))
        (folder / "projection.json").write_text(json.dumps({"as_known": "2026-07-05"}), "utf-8")
        return folder

    def fill(self, connection: Connection) -> None:
        """The same rows in a graph, emptied first."""
        connection.run("MATCH (n) DETACH DELETE n")
        # A test's graph has a dozen rows, one statement a table.
        for table, rows in self.tables.items():
            named = table.split(".")
            if len(named) == 1:
                query = f"UNWIND $rows AS row CREATE (n:{named[0]}) SET n = row"
            else:
                query = (
                    f"UNWIND $rows AS row MATCH (a:{named[1]} {{id: row.start_id}}) "
                    f"MATCH (b:{named[2]} {{id: row.end_id}}) "
                    f"CREATE (a)-[r:{named[0]}]->(b) SET r = row.own"
                )
            connection.run(query, {"rows": [_for_graph(row) for row in rows]})


def _for_graph(row: Row) -> Row:
    if "start_id" not in row:
        return row
    own = {name: value for name, value in row.items() if name not in {"start_id", "end_id"}}
    return {"start_id": row["start_id"], "end_id": row["end_id"], "own": own}


@pytest.fixture
def small(tmp_path: Path) -> Small:
    """The household D1, on the register since 2025-01; nothing is paid yet."""
    county = Small(tmp_path)
    area = {"area_code": "539901001001", "township": "539901001000"}
    county.node("Household", D1, register=DIBAO, household_id="D1", urban_rural="城市", **area)
    county.node("Benefit", D1, register=DIBAO, programme="低保", start_date=day("2025-01"), **area)
    county.node("Account", "a1")
    county.link("BELONGS_TO.Benefit.Household", D1, D1, "2025-01")
    for person in ("p1", "p2"):
        county.node("Person", person)
        county.link("MEMBER_OF.Person.Household", person, D1, "2025-01")
        county.link("RECEIVES.Person.Benefit", person, D1, "2025-01")
    return county


@pytest.fixture
def bench(small: Small, empty_graph: Connection, tmp_path: Path) -> Bench:
    """The small county with one detector of posts, E91."""
    made = Bench(small, empty_graph, tmp_path)
    detector_file(made.home, "E91")
    return made
