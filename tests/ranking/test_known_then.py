"""Features as of a day do not change when something becomes known after it, whatever it says."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from doudi.graph.tables import FactStore, properties_of
from doudi.ranking.features import FeatureTable, features_at
from doudi.ranking.known import KnownStates
from doudi.ranking.windows import Window

from .conftest import T, fill_county

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from .conftest import Records

HOUSEHOLDS = 12
LATER = date(2026, 8, 1)
"""The first day of knowledge that features of July must not see."""

Row = tuple[str, int, date, date]
"""What becomes known, of which household, since when it was so, and when it became known."""

KINDS = ("ill", "stay", "dead", "ledger", "benefit", "kin", "wage", "member", "withdrawn", "line")


def rows(first: date, last: date) -> st.SearchStrategy[list[Row]]:
    """A few rows that become known between two days."""
    row = st.tuples(
        st.sampled_from(KINDS),
        st.integers(0, HOUSEHOLDS - 1),
        st.dates(date(2024, 1, 1), date(2026, 6, 30)),
        st.dates(first, last),
    )
    return st.lists(row, min_size=1, max_size=12)


@dataclass
class County:
    """Archive households known since the fifth of July, as fact tables that can be taken again."""

    records: Records
    folder: Path
    taken: int = 0

    @cached_property
    def then(self) -> FeatureTable:
        """The features as of July from nothing but these."""
        return self.learns([])

    def learns(self, told: Sequence[Row]) -> FeatureTable:
        """The features as of July, after further records were added to the tables."""
        self.taken += 1
        own = self.folder / str(self.taken)
        shutil.copytree(self.folder / "tables", own / "tables")
        store = FactStore(own / "tables")
        for seq, row in enumerate(told, start=2):
            self._learn(store, seq, *row)
        window, work = Window(T), own / "work"
        work.mkdir()
        with KnownStates(store, work) as known:
            return features_at(known.at(window), known.rules(window), t=T)

    def _learn(
        self, store: FactStore, seq: int, kind: str, number: int, since: date, known: date
    ) -> None:
        if kind == "line":
            _learn_line(store, seq, since, known)
            return
        first = self.records.rows["Household",][number]["name"]
        for name, record in _records(kind, number, since, seq, f"f{first}"):
            about = {"known_from": known, "seq": seq, "source": "hand_made", "batch": "c",
                     "row": seq, "grade": "exact", "digest": "e", "retracted": False}  # fmt: skip
            table = pa.Table.from_pylist([about | record], properties_of(*name))
            if len(name) == 1:
                store.append_nodes(name[0], table, seq=seq, source="hand_made")
            else:
                kind, start, end = name
                store.append_links(kind, start, end, table, seq=seq, source="hand_made")


@pytest.fixture
def county(records: Records) -> County:
    fill_county(records, HOUSEHOLDS)
    records.store()
    return County(records, records.folder)


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(told=rows(LATER, date(2027, 6, 30)))
def test_features_do_not_change_by_what_is_known_later(county: County, told: list[Row]) -> None:
    now = county.learns(told)
    assert now.table == county.then.table
    assert now.members == county.then.members


@pytest.mark.parametrize("kind", KINDS)
def test_features_change_by_what_is_known_in_time(county: County, kind: str) -> None:
    told = [(kind, number, date(2025, 9, 3), date(2026, 7, 31)) for number in range(HOUSEHOLDS)]
    assert county.learns(told).table != county.then.table


def _records(
    kind: str, number: int, since: date, seq: int, first: str
) -> list[tuple[tuple[str, ...], dict[str, Any]]]:
    """What is learnt: a node that something of the household leads to, or one of the two."""
    person, household, name = f"A{number:03d}p0", f"poverty_archive/A{number:03d}", f"new{seq}"
    link = {"fact_id": f"l{seq}", "start_id": person, "end_id": name, "valid_from": since}
    node = {"fact_id": f"n{seq}", "id": name, "valid_from": since}
    stay = {"admit_date": since, "discharge_date": since, "self_pay_yuan": 90_000.0}
    lived = {"start_id": name, "end_id": household}
    found: dict[str, dict[tuple[str, ...], dict[str, Any]]] = {
        "ill": {
            ("Diagnosis",): node | {"disease": "脑卒中", "confirmed_date": since},
            ("HAS_DIAGNOSIS", "Person", "Diagnosis"): link,
        },
        "stay": {
            ("InpatientStay",): node | stay,
            ("TREATED", "Person", "InpatientStay"): link,
        },
        "dead": {("DeathRecord",): node, ("DIED", "Person", "DeathRecord"): link},
        "ledger": {
            ("IncomeYear",): node | {"year": since.year, "wage_yuan": 1.0, "transfer_yuan": 0.0},
            ("EARNED", "Household", "IncomeYear"): link | {"start_id": household},
        },
        "benefit": {
            ("Benefit",): node | {"register": "dibao_household_register", "start_date": since},
            ("RECEIVES", "Person", "Benefit"): link,
        },
        "wage": {
            ("EMPLOYED_BY", "Person", "Company"): link
            | {"kind": "social_insurance", "valid_to": since + timedelta(days=60)},
        },
        "kin": {
            ("PARENT_OF", "Person", "Person"): link
            | {"start_id": f"A{(number + 1) % HOUSEHOLDS:03d}p1", "end_id": person},
        },
        "member": {
            ("Person",): node | {"birth_date": since},
            ("MEMBER_OF", "Person", "Household"): link | lived,
        },
        "withdrawn": {("Household",): {"fact_id": first, "id": household, "retracted": True}},
    }
    return list(found[kind].items())


def _learn_line(store: FactStore, seq: int, since: date, known: date) -> None:
    """A line of poverty that was in force before, and is learnt of now."""
    line = {"param": "monitor.line_year", "area_code": "000000000000", "valid_from": since,
            "valid_to": None, "value": 50_000.0, "unit": "CNY/year", "document_no": "",
            "known_from": known, "seq": seq, "retracted": False}  # fmt: skip
    folder = store.root / "parameters"
    folder.mkdir(parents=True, exist_ok=True)
    types = {"valid_to": pa.date32()}
    table = pa.table({k: pa.array([v], types.get(k)) for k, v in line.items()})
    pq.write_table(table, folder / f"{seq:06d}-policy_parameters.parquet")
