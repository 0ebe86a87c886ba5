"""Hand-made counties: a few lines say who lives with whom, earns what and is paid."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from doudi.graph.projection import Projection, path_of
from doudi.graph.tables import FactStore
from doudi.graph.workbench import columns_of
from doudi.policy.parameters import Parameters

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

COUNTY = "539901000000"
VILLAGE = "539901001002"
RURAL = "dibao.std_month_rural"
DIBAO = "dibao_household_register"


def first(month: str) -> date:
    return date.fromisoformat(f"{month}-01")


@dataclass
class County:
    """Facts and parameters of a test; read through a projection."""

    folder: Path
    rows: dict[tuple[str, ...], list[dict[str, Any]]] = field(default_factory=dict)
    rules: list[dict[str, Any]] = field(default_factory=list)
    made: int = 0
    opened: list[Projection] = field(default_factory=list)

    def node(self, label: str, id: str, **values: Any) -> None:  # noqa: A002, ANN401 - free values
        self._add((label,), id=id, **values)

    def link(self, triple: str, start: str, end: str, **values: Any) -> None:  # noqa: ANN401 - same
        self._add(tuple(triple.split(".")), start_id=start, end_id=end, **values)

    def _add(self, name: tuple[str, ...], **values: Any) -> None:  # noqa: ANN401 - same
        self.made += 1
        common: dict[str, Any] = {
            "rid": f"f{self.made:05d}", "known_from": date(2026, 7, 5), "source": "hand_made",
            "batch": "2026-06", "row": self.made + 1, "rows": f"2026-06:{self.made + 1}",
            "grade": "exact", "derived": False, "digest": f"d{self.made:05d}",
        }  # fmt: skip
        self.rows.setdefault(name, []).append(common | values)

    def household(
        self, number: str = "D1", *members: str, since: str = "2025-01", urban_rural: str = "农村",
        **values: Any,  # noqa: ANN401 - properties of the household
    ) -> str:  # fmt: skip
        household = f"{DIBAO}/{number}"
        about = {"household_id": number, "register": DIBAO, "area_code": VILLAGE}
        self.node("Household", household, urban_rural=urban_rural, **about, **values)
        about = {"programme": "低保", "register": DIBAO, "area_code": VILLAGE}
        self.node("Benefit", household, start_date=first(since), **about)
        self.link("BELONGS_TO.Benefit.Household", household, household)
        for person in members:
            self.member(person, household)
        return household

    def member(self, person: str, household: str, **values: Any) -> None:  # noqa: ANN401 - same
        self.link("MEMBER_OF.Person.Household", person, household, **values)

    def paid(self, person: str, since: str, until: str, number: str = "D1") -> None:
        self.link(
            "PAID.Person.Account", person, f"account of {person}", valid_from=first(since),
            valid_to=first(until), register=DIBAO, programme="农村低保", amount_yuan=500.0,
            household_id=number, status="成功",
        )  # fmt: skip

    def wage(self, person: str, yuan: float, since: str, until: str | None = None,
             kind: str = "social_insurance", employer: str = "c1", **values: Any) -> None:  # noqa: ANN401 - same  # fmt: skip
        end = first(until) if until else None
        unit = "PublicUnit" if kind in ("public_payroll", "welfare_post") else "Company"
        self.link(f"EMPLOYED_BY.Person.{unit}", person, employer, kind=kind, base_yuan=yuan,
                  valid_from=first(since), valid_to=end, **values)  # fmt: skip

    def rule(self, name: str, value: float, since: str, until: str | None = None, *,
             area: str = COUNTY, known: date = date(2025, 1, 5), seq: int = 1,
             retracted: bool = False) -> None:  # fmt: skip
        self.rules.append({
            "param": name, "area_code": area, "valid_from": first(since),
            "valid_to": first(until) if until else None, "value": value, "unit": "CNY/month",
            "document_no": f"民发〔{since[:4]}〕1号", "known_from": known, "seq": seq,
            "retracted": retracted,
        })  # fmt: skip

    def parameters(self, as_known: date | None = None) -> Parameters:
        folder = self.folder / "tables" / "parameters"
        folder.mkdir(parents=True, exist_ok=True)
        if self.rules:
            table = pa.Table.from_pylist(self.rules, schema=_RULES)
            pq.write_table(table, folder / "000001-policy_parameters.parquet")
        with FactStore(self.folder / "tables").connect(as_known) as view:
            return Parameters.from_view(view)

    def projection(self) -> Projection:
        """The rows written as a projection; what is derived there is given by hand here."""
        folder = self.folder / f"projection{len(self.opened)}"
        for part in ("nodes", "links"):
            (folder / part).mkdir(parents=True)
        for name, rows in self.rows.items():
            table = pa.Table.from_pylist(rows, schema=columns_of(*name))
            pq.write_table(table, path_of(folder, *name))
        (folder / "projection.json").write_text(json.dumps({"as_known": "2026-07-05"}), "utf-8")
        self.opened.append(Projection(folder))
        return self.opened[-1]


_RULES = pa.schema([
    ("param", pa.string()), ("area_code", pa.string()), ("valid_from", pa.date32()),
    ("valid_to", pa.date32()), ("value", pa.float64()), ("unit", pa.string()),
    ("document_no", pa.string()), ("known_from", pa.date32()), ("seq", pa.int64()),
    ("retracted", pa.bool_()),
])  # fmt: skip


@pytest.fixture
def county(tmp_path: Path) -> Iterator[County]:
    made = County(tmp_path)
    yield made
    for projection in made.opened:
        projection.close()
