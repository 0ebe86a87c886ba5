from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import duckdb
import pytest

from doudi.graph.errors import PolicyError
from doudi.policy.defaults import defaults
from doudi.policy.parameters import NATION, Parameters, in_force

if TYPE_CHECKING:
    from .conftest import County

RURAL = "dibao.std_month_rural"
COUNTY, TOWNSHIP, VILLAGE = "539901000000", "539901001000", "539901001002"
JUNE, JULY = date(2025, 6, 1), date(2025, 7, 1)


def test_raise_in_mid_year_counts_from_its_month(county: County) -> None:
    county.rule(RURAL, 540, "2024-07", "2025-07")
    county.rule(RURAL, 570, "2025-07")
    parameters = county.parameters()
    assert parameters.value(RURAL, VILLAGE, JUNE) == 540
    assert parameters.value(RURAL, VILLAGE, JULY) == 570


def test_raise_counts_though_the_old_value_was_never_ended(county: County) -> None:
    county.rule(RURAL, 540, "2024-07")
    county.rule(RURAL, 570, "2025-07")
    parameters = county.parameters()
    assert [parameters.value(RURAL, VILLAGE, m) for m in (JUNE, JULY)] == [540, 570]


def test_raise_in_the_middle_of_a_month_counts_from_the_next(county: County) -> None:
    county.rule(RURAL, 540, "2024-07")
    county.rule(RURAL, 570, "2025-07")
    county.rules[-1]["valid_from"] = date(2025, 7, 2)
    assert county.parameters().value(RURAL, VILLAGE, JULY) == 540


@pytest.mark.parametrize(
    ("area", "expected"),
    [(VILLAGE, 601), ("539901002001", 602), ("539902001001", 603), ("530100000000", 604),
     ("110000000000", 605), ("5399", 603)],
)  # fmt: skip
def test_nearest_area_that_has_a_value_wins(county: County, area: str, expected: float) -> None:
    areas = [TOWNSHIP, COUNTY, "539900000000", "530000000000", NATION]
    for value, place in enumerate(areas, 601):
        county.rule(RURAL, value, "2025-01", area=place)
    assert county.parameters().value(RURAL, area, JULY) == expected


def test_value_says_where_it_comes_from(county: County) -> None:
    county.rule(RURAL, 570, "2025-07")
    found = county.parameters().lookup(RURAL, VILLAGE, JULY)
    assert (found.area_code, found.origin, found.document_no) == (
        COUNTY, "delivered", "民发〔2025〕1号",
    )  # fmt: skip
    assert county.parameters().lookup("edge.multiple", VILLAGE, JULY).origin == "shipped"


def test_retroactive_raise_counts_once_it_is_known(county: County) -> None:
    county.rule(RURAL, 540, "2025-01")
    county.rule(RURAL, 570, "2025-01", known=date(2025, 9, 5), seq=2)
    assert county.parameters(date(2025, 9, 4)).value(RURAL, VILLAGE, JUNE) == 540
    assert county.parameters(date(2025, 9, 5)).value(RURAL, VILLAGE, JUNE) == 570


def test_retracted_value_leaves_the_area_above(county: County) -> None:
    county.rule(RURAL, 500, "2025-01", area=NATION)
    county.rule(RURAL, 570, "2025-01")
    county.rule(RURAL, 570, "2025-01", known=date(2025, 9, 5), seq=2, retracted=True)
    assert county.parameters(date(2025, 9, 4)).value(RURAL, VILLAGE, JUNE) == 570
    assert county.parameters().value(RURAL, VILLAGE, JUNE) == 500


def test_missing_value_names_area_and_month() -> None:
    with pytest.raises(PolicyError, match=r"area 539901001002, 2017-12.*dibao\.std_month_rural"):
        Parameters().value(RURAL, VILLAGE, date(2017, 12, 1))


def test_misspelt_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(PolicyError, match=r"did you mean dibao\.std_month_rural"):
        Parameters().value("dibao.std_month_rurale", VILLAGE, JUNE)


def test_every_default_has_unit_reason_and_source() -> None:
    assert len(defaults()) == 30
    assert all(d.unit and d.why and d.source for d in defaults().values())


def test_table_join_says_the_same_as_the_lookup(county: County) -> None:
    county.rule(RURAL, 500, "2025-01", area="539900000000")
    county.rule(RURAL, 540, "2025-03", "2025-06")
    county.rule(RURAL, 570, "2025-07", area=TOWNSHIP)
    parameters = county.parameters()
    areas = [VILLAGE, "539901002001", "539900000000", "110101001001"]
    months = [date(2025, month, 1) for month in range(1, 13)]
    cells = [(area, month) for area in areas for month in months]
    with duckdb.connect() as con:
        con.execute("CREATE TABLE cells (area_code VARCHAR, month DATE)")
        con.executemany("INSERT INTO cells VALUES (?, ?)", cells)
        con.register("parameter", parameters.table([RURAL]))
        found = con.execute(in_force("cells", "parameter")).fetchall()
    joined = {(row[0], row[1]): (row[3], row[4]) for row in found}
    looked_up = {cell: parameters.lookup(RURAL, *cell) for cell in cells}
    assert joined == {cell: (v.value, v.area_code) for cell, v in looked_up.items()}


def test_changed_value_holds_everywhere(county: County) -> None:
    county.rule(RURAL, 570, "2025-01")
    changed = county.parameters().changed({RURAL: 600.0})
    assert changed.value(RURAL, VILLAGE, JUNE) == 600
    assert changed.lookup(RURAL, VILLAGE, JUNE).origin == "changed"
