"""A number that cannot be is one row's trouble, and a value the engine refuses one feed's."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.loaders.conftest import Office

LEDGER = "archive_no,year,wage,business_net,property,transfer,production_cost\n"
TAX = "uscc,period,revenue,profit,tax_paid,status,period_months\n"
COMPANY = "91350100M000100Y43"
TOUCHY = """
[source]
slug = "touchy"
title = { zh = "易错", en = "touchy" }
publisher = "x"
cadence = "once"
nature = "register"
key = ["code"]
key_kind = "id"
[columns]
code = { type = "str", role = "key" }
year = { type = "int" }
[[node]]
label = "Area"
id = "code"
valid_from = "make_date(year, 1, 1)"
"""


def test_a_year_that_is_none_refuses_its_row(office: Office) -> None:
    text = LEDGER + "A1,202401010,1,1,1,1,1\nA2,1899,1,1,1,1,1\nA3,2101,1,1,1,1,1\n"
    receipt = office.deliver({"household_income_ledger.csv": text + "A4,2100,1,1,1,1,1\n"})
    assert (receipt.files[0].loaded, receipt.files[0].reasons) == (1, {"number.range": 3})
    assert office.quarantine() == [(n, "year", "number.range", "row refused") for n in (2, 3, 4)]


def test_months_of_a_filing_that_cannot_be_are_unknown(office: Office) -> None:
    rows = [f"{COMPANY},2025{n:02d},1,1,1,正常,{m}" for n, m in ((1, 99999999999), (2, 0), (3, 3))]
    receipt = office.deliver({"enterprise_tax_filing.csv": TAX + "\n".join(rows)})
    assert receipt.files[0].loaded == 3
    assert office.quarantine() == [
        (n, "period_months", "number.range", "field unknown") for n in (2, 3)
    ]


def test_a_value_the_engine_refuses_stops_its_feed_and_no_other(office: Office) -> None:
    (office.home / "sources").mkdir(parents=True)
    (office.home / "sources" / "touchy.toml").write_text(TOUCHY, "utf-8")
    ledger = {"household_income_ledger.csv": LEDGER + "A1,2025,1,1,1,1,1\n"}
    tax = {"enterprise_tax_filing.csv": TAX + f"{COMPANY},202503,1,1,1,正常,3\n"}
    receipt = office.deliver({"touchy.csv": "code,year\nA,99999999999\n", **ledger, **tax})
    (message,) = receipt.messages
    assert "2026-04/touchy.csv: a value cannot be worked with" in message
    assert "99999999999" not in message
    assert receipt.exit_code == 3
    assert [file.loaded for file in receipt.files] == [1, 1]
    assert not list((office.home / "tables").rglob("*touchy*"))
