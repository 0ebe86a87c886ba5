"""A small hand-made county of archive households, and single households for single features."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from doudi.graph.projection import Projection, path_of
from doudi.graph.tables import FactStore, properties_of
from doudi.graph.workbench import columns_of
from doudi.policy.parameters import Parameters
from doudi.ranking.features import FeatureTable, features_at

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

T = date(2026, 7, 1)


@dataclass
class Records:
    """Collects records; written as fact tables or as a projection."""

    folder: Path
    known: date = date(2026, 7, 5)
    rows: dict[tuple[str, ...], list[dict[str, Any]]] = field(default_factory=dict)
    made: int = 0
    opened: list[Projection] = field(default_factory=list)

    def node(self, label: str, id: str, **values: Any) -> None:  # noqa: A002, ANN401 - free values
        self._add((label,), id=id, **values)

    def link(self, triple: str, start: str, end: str, **values: Any) -> None:  # noqa: ANN401 - same
        self._add(tuple(triple.split(".")), start_id=start, end_id=end, **values)

    def _add(self, name: tuple[str, ...], **values: Any) -> None:  # noqa: ANN401 - same
        self.made += 1
        common = {"known_from": self.known, "source": "hand_made", "batch": "b",
                  "row": self.made, "grade": "exact", "digest": "d", "name": self.made}  # fmt: skip
        self.rows.setdefault(name, []).append(common | values)

    def household(self, number: str, *ages: int, township: str = "539901001000", **values: Any) -> str:  # noqa: ANN401 - same  # fmt: skip
        """An archive household; its people are ``<number>p0`` and so on."""
        household = f"poverty_archive/{number}"
        about = {"household_id": number, "register": "poverty_archive", "category": "脱贫户",
                 "identified_year": 2014, "exit_year": 2018, "area_code": township[:9] + "001",
                 "township": township}  # fmt: skip
        self.node("Household", household, **(about | values))
        for place, age in enumerate(ages):
            person = f"{number}p{place}"
            self.node("Person", person, birth_date=date(2026 - age, 1, 1))
            self.link("MEMBER_OF.Person.Household", person, household)
        return household

    def ill(self, person: str, day: date) -> None:
        name = f"{person}/{day}"
        self.node("Diagnosis", name, disease="脑卒中", confirmed_date=day, valid_from=day)
        self.link("HAS_DIAGNOSIS.Person.Diagnosis", person, name, valid_from=day)

    def stay(self, person: str, day: date, yuan: float) -> None:
        name = f"{person}/{day}"
        self.node("InpatientStay", name, admit_date=day, discharge_date=day, self_pay_yuan=yuan)
        self.link("TREATED.Person.InpatientStay", person, name, valid_from=day)

    def earned(self, household: str, year: int, yuan: float) -> None:
        name = f"{household}/{year}"
        self.node("IncomeYear", name, year=year, wage_yuan=yuan, transfer_yuan=0.0)
        self.link("EARNED.Household.IncomeYear", household, name)

    def monitored(self, household: str, day: date, until: date | None = None) -> None:
        name = f"{household}/{day}"
        self.node("Monitoring", name, identified_date=day, eliminated_date=until, valid_from=day)
        self.link("MONITORED.Household.Monitoring", household, name, valid_from=day)

    def benefit(self, person: str, register: str, since: date, until: date | None = None) -> None:
        name = f"{register}/{person}/{since}"
        self.node("Benefit", name, register=register, start_date=since, end_date=until)
        self.link("RECEIVES.Person.Benefit", person, name, valid_from=since, valid_to=until)

    def kin(self, one: str, other: str, degree: int = 1) -> None:
        for start, end in ((one, other), (other, one)):
            self.link("KIN_OF.Person.Person", start, end, degree=degree, path="P")

    def wage(self, person: str, since: date, until: date | None) -> None:
        self.link("EMPLOYED_BY.Person.Company", person, "c1", kind="social_insurance",
                  base_yuan=3000.0, valid_from=since, valid_to=until)  # fmt: skip

    def projection(self) -> Projection:
        folder = self.folder / f"projection{len(self.opened)}"
        for part in ("nodes", "links"):
            (folder / part).mkdir(parents=True)
        for name, rows in self.rows.items():
            named = [{"rid": f"r{row['name']}"} | row for row in rows]
            pq.write_table(pa.Table.from_pylist(named, columns_of(*name)), path_of(folder, *name))
        about = {"as_known": self.known.isoformat()}
        (folder / "projection.json").write_text(json.dumps(about), "utf-8")
        self.opened.append(Projection(folder))
        return self.opened[-1]

    def features(self, t: date = T) -> FeatureTable:
        return features_at(self.projection(), Parameters(), t=t)

    def row(self, number: str = "A", t: date = T) -> dict[str, Any]:
        rows: list[dict[str, Any]] = self.features(t).table.to_pylist()
        return next(row for row in rows if row["household_id"] == number)

    def store(self) -> FactStore:
        store = FactStore(self.folder / "tables")
        for name, rows in self.rows.items():
            own = {"seq": 1, "retracted": False}
            named = [{"fact_id": f"f{row['name']}"} | own | row for row in rows]
            table = pa.Table.from_pylist(named, properties_of(*name))
            if len(name) == 1:
                store.append_nodes(name[0], table, seq=1, source="hand_made")
            else:
                kind, start, end = name
                store.append_links(kind, start, end, table, seq=1, source="hand_made")
        return store


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    made = Records(tmp_path)
    yield made
    for projection in made.opened:
        projection.close()


def fill_county(records: Records, households: int, *, relapse_ill: float = 0.7) -> None:
    """Archive households in three townships: a new severe illness is what makes them fall back."""
    rng = np.random.default_rng(7)
    for number in range(households):
        town = f"53990100{1 + number % 3}000"
        household = records.household(f"A{number:03d}", 40, 70, 12, township=town)
        records.earned(household, 2023, float(rng.uniform(20_000, 60_000)))
        records.earned(household, 2025, float(rng.uniform(20_000, 60_000)))
        falls = False
        for year in (2023, 2024, 2025):
            ill = rng.random() < 0.15
            if ill:
                records.ill(
                    f"A{number:03d}p0", date(year, 11, 5) + timedelta(days=int(rng.integers(90)))
                )
            chance = relapse_ill if ill else 0.04
            if not falls and rng.random() < chance and year < 2026:
                day = date(year + 1, 7, 3) + timedelta(days=int(rng.integers(300)))
                falls = True
                if day < T:
                    records.monitored(household, day, day + timedelta(days=60))
