"""Nobody acts before birth or as a child, and numbers are nobody else's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pandas as pd
import pytest

from doudi.graph.errors import UsageError
from doudi.synth.county import SMALLEST, make_county
from doudi.synth.forms import columns, forms
from doudi.synth.plant import RATES
from doudi.synth.readback import read_back

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ACTS = (
    ("disability_certificate", "person_id", "issue_date", 0),
    ("inpatient_settlement", "person_id", "admit", 0),
    ("hukou_death_cancellation", "person_id", "death_date", 0),
    ("enterprise_registration", "legal_rep_id", "setup_date", 18),
    ("individual_business", "operator_id", "setup_date", 18),
    ("vehicle_registration", "owner_id", "first_reg_date", 18),
    ("real_estate_registration", "owner_id", "reg_date", 18),
)
"""Source, who acts, when, and the least age in years."""


@pytest.fixture(scope="module")
def con(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """The sources of a county of two blocks, with everybody's birth date."""
    folder = tmp_path_factory.mktemp("possible")
    make_county(folder, households=10_000, seed=5)
    with duckdb.connect() as con:
        read_back(con, folder, forms())
        con.execute(
            "CREATE VIEW births AS SELECT DISTINCT person_id AS id,"
            " strptime(substr(person_id, 7, 8), '%Y%m%d')::DATE AS born FROM id_document"
        )
        yield con


@pytest.mark.parametrize(("source", "who", "when", "age"), ACTS)
def test_nobody_acts_too_early(
    con: duckdb.DuckDBPyConnection, source: str, who: str, when: str, age: int
) -> None:
    early = con.execute(
        f"SELECT count(*) FROM {source} JOIN births ON id = {who}"
        f" WHERE {when} < born + INTERVAL {age} YEAR"
    ).fetchone()
    assert early == (0,)


@pytest.mark.parametrize("source", [s for s, form in forms().items() if form.key_kind == "id"])
def test_a_key_stands_for_one_row(con: duckdb.DuckDBPyConnection, source: str) -> None:
    keys = ", ".join(c.field for c in columns()[source] if c.role == "key")
    twice = con.execute(
        f"SELECT count(*) FROM (SELECT {keys} FROM {source} GROUP BY ALL HAVING count(*) > 1)"
    ).fetchone()
    assert twice == (0,)


def test_shares_of_a_company_are_no_more_than_all(con: duckdb.DuckDBPyConnection) -> None:
    most = con.execute(
        "SELECT max(whole) FROM (SELECT sum(ratio) AS whole FROM shareholders"
        " WHERE to_date IS NULL GROUP BY company_uscc)"
    ).fetchone()
    assert most is not None
    assert most[0] <= 1.0001


def test_rates_of_zero_plant_nothing(tmp_path: Path) -> None:
    made = make_county(tmp_path, households=SMALLEST, rates=dict.fromkeys(RATES, 0.0))
    assert (made.cases, made.decoys) == (0, 0)
    assert len(pd.read_parquet(tmp_path / "truth" / "cases.parquet")) == 0


def test_sources_that_name_nobody_can_be_asked_for_alone(tmp_path: Path) -> None:
    made = make_county(tmp_path / "a", households=SMALLEST, sources=["area_code_history"])
    assert made.files >= 1
    with pytest.raises(UsageError, match="no sources to deliver"):
        make_county(tmp_path / "b", households=SMALLEST, sources=[])
