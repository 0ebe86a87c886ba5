"""Detectors run, cleared and merged on a real server, each with detectors of the test's own."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from doudi.detectors.receipt import replay
from doudi.detectors.run import DetectReceipt, detect
from doudi.graph.errors import DetectorError, FutureAsOf, ReceiptError, UnknownName
from doudi.graph.projection import Projection
from doudi.policy.parameters import Parameters, ParameterValue
from tests.detectors.conftest import day

if TYPE_CHECKING:
    from pathlib import Path

    from doudi.graph.connection import Connection
    from tests.detectors.conftest import Small

pytestmark = pytest.mark.neo4j

D1 = "dibao_household_register/D1"
JUNE = date(2026, 6, 1)

HEADER = """\
// ---
// id = "{id}"
// title = {{ zh = "任职{id}", en = "post {id}" }}
// version = 1
// status = "test"
// strength = "{strength}"
// sources = {{ one_card_payment = 75 }}
// min_grade = "certificate"
// basis = ["B2"]
// clearing = [{clearing}]
// harmless = ["the post is unpaid"]
// blind = ["unregistered trade"]
// returns = ["household", "person_id", "company", "benefit", "fact_from", "fact_to", "evidence"]
// identity = ["household", "person_id", "company"]
// about = "household"
// ask = {{ zh = "是否任职？", en = "Do you hold it?" }}
// states = {{ zh = "任职 {{company}}", en = "holds a post in {{company}}" }}
// [eligible]
// match = "(h:Household)"
// ---
"""
POST = """\
MATCH (h:Household)<-[m:MEMBER_OF]-(p:Person)-[x:EXEC_OF]->(c:Company)
WHERE $households IS NULL OR h.id IN $households
RETURN h.id AS household, p.id AS person_id, c.id AS company, h.id AS benefit,
       x.valid_from AS fact_from, x.valid_to AS fact_to, [m.rid, x.rid] AS evidence
ORDER BY household, person_id, company, fact_from
"""
ILL = """\
MATCH (h:Household)<-[m:MEMBER_OF]-(p:Person)-[x:HAS_DIAGNOSIS]->(c:Diagnosis)
WHERE $households IS NULL OR h.id IN $households
RETURN h.id AS household, p.id AS person_id, c.id AS company, null AS benefit,
       x.valid_from AS fact_from, x.valid_to AS fact_to, [m.rid, x.rid] AS evidence
ORDER BY household, person_id, company
"""
CHECK = """\
// ---
// id = "X20"
// title = { zh = "试用", en = "on trial" }
// explains = { zh = "任职为试用", en = "the post is on trial" }
// ---
UNWIND $hits AS hit
MATCH (p:Person {id: hit.person_id})-[x:LEGAL_REP_OF]->(c:Company {id: hit.company})
RETURN hit.hit_id AS hit_id, c.id AS firm, x.valid_from AS cleared_from, x.valid_to AS cleared_to,
       [x.rid] AS evidence
ORDER BY hit_id
"""


def _detector(folder: Path, name: str, query: str = POST, *, strength: str = "K1",
              clearing: str = '"X18"', recompute: str = "") -> None:  # fmt: skip
    place = folder / ("leak" if name.startswith("L") else "error")
    place.mkdir(parents=True, exist_ok=True)
    header = HEADER.format(id=name, strength=strength, clearing=clearing)
    if recompute:
        header = header.replace("// [eligible]", f'// recompute = "{recompute}"\n// [eligible]')
    (place / f"{name.lower()}.cypher").write_text(header + query, "utf-8")


class Bench:
    """The county of a test with its detectors, run as often as asked."""

    def __init__(self, small: Small, graph: Connection, folder: Path) -> None:
        self.small = small
        self.graph = graph
        self.home = folder / "detectors"
        self.out = folder / "out"
        self.runs = 0
        small.node("Company", "c1")
        small.paid("p1", "2025-07", "2026-07", 500.0, rid="pay")
        self.parameters = Parameters()

    def project(self) -> Projection:
        self.runs += 1
        folder = self.small.write(f"projection{self.runs}")
        self.small.fill(self.graph)
        return Projection(folder)

    def run(self, detectors: list[str], as_of: date = JUNE, **options: Any) -> DetectReceipt:  # noqa: ANN401 - detect's options
        with self.project() as projection:
            return detect(self.graph, projection, self.parameters, as_of=as_of, out=self.out,
                          detectors=detectors, extra=self.home, **options)  # fmt: skip

    def replay(self, name: str) -> Any:  # noqa: ANN401 - tests look inside
        with self.project() as projection:
            return replay(name, self.out / "hits.parquet", self.graph, projection,
                          self.parameters, extra=self.home)  # fmt: skip


@pytest.fixture
def bench(small: Small, empty_graph: Connection, tmp_path: Path) -> Bench:
    made = Bench(small, empty_graph, tmp_path)
    _detector(made.home, "E91")
    return made


def _one(table: pa.Table) -> dict[str, Any]:
    (row,) = table.to_pylist()
    return dict(row)


def test_a_hit_has_its_months_and_what_was_paid_in_them(bench: Bench) -> None:
    bench.small.link("EXEC_OF.Person.Company", "p1", "c1", "2026-03")
    receipt = bench.run(["E91"])
    hit = _one(receipt.hits)
    assert (hit["month_from"], hit["month_to"], hit["months"]) == ("2026-03", "2026-06", 4)
    assert float(hit["exposure_cny"]) == 2000.0
    assert (hit["register"], hit["household_id"]) == ("dibao_household_register", "D1")
    assert (hit["person_ids"], hit["grade"], hit["cleared"]) == (["p1"], "exact", False)
    assert receipt.detectors[0].counts.eligible == 1


def test_files_keep_the_contract(bench: Bench) -> None:
    bench.small.link("EXEC_OF.Person.Company", "p1", "c1", "2026-03")
    bench.run(["E91"])
    hits = pq.read_schema(bench.out / "hits.parquet")
    assert hits.field("months").type == pa.int32()
    assert hits.field("exposure_cny").type == pa.decimal128(14, 2)
    assert hits.field("cleared").type == pa.bool_()
    assert hits.field("clearing_codes").type == pa.list_(pa.string())
    assert hits.field("person_ids").type == pa.list_(pa.string())
    assert hits.names[:19] == [
        "hit_id", "detector", "version", "direction", "strength", "register", "household_id",
        "person_ids", "month_from", "month_to", "months", "exposure_cny", "grade", "cleared",
        "clearing_codes", "evidence", "params", "as_of", "as_known",
    ]  # fmt: skip
    leads = pq.read_schema(bench.out / "leads.parquet")
    assert leads.names[:14] == [
        "lead_id", "register", "household_id", "direction", "area_code", "township", "detectors",
        "strength", "months", "exposure_cny", "net_picture", "status", "priority", "stale",
    ]  # fmt: skip


def test_ids_are_the_same_on_the_next_run(bench: Bench) -> None:
    bench.small.link("EXEC_OF.Person.Company", "p1", "c1", "2026-03")
    first, second = bench.run(["E91"]), bench.run(["E91"])
    assert _one(first.hits)["hit_id"] == _one(second.hits)["hit_id"]
    assert _one(first.leads)["lead_id"] == _one(second.leads)["lead_id"]
    assert _one(first.hits)["evidence_sha256"] == _one(second.hits)["evidence_sha256"]


def test_two_intervals_of_one_fact_are_one_hit(bench: Bench) -> None:
    bench.small.link("EXEC_OF.Person.Company", "p1", "c1", "2025-07", "2025-09", rid="x1")
    bench.small.link("EXEC_OF.Person.Company", "p1", "c1", "2026-05", rid="x2")
    hit = _one(bench.run(["E91"]).hits)
    assert (hit["month_from"], hit["month_to"], hit["months"]) == ("2025-07", "2026-06", 4)


def test_a_fact_outside_the_paid_months_is_counted_and_no_hit(bench: Bench) -> None:
    bench.small.link("EXEC_OF.Person.Company", "p1", "c1", "2024-01", "2025-07")
    receipt = bench.run(["E91"])
    assert receipt.hits.num_rows == 0
    assert receipt.detectors[0].counts.outside_months == 1


def test_a_weak_identity_never_reaches_a_hit(bench: Bench) -> None:
    bench.small.link("EXEC_OF.Person.Company", "p1", "c1", "2026-03", grade="linked")
    receipt = bench.run(["E91"])
    assert receipt.hits.num_rows == 0
    assert receipt.detectors[0].counts.below_grade == 1


def test_months_of_two_detectors_are_counted_once_in_their_lead(bench: Bench) -> None:
    bench.small.link("EXEC_OF.Person.Company", "p1", "c1", "2026-03")
    bench.small.link("EXEC_OF.Person.Company", "p2", "c1", "2026-05")
    _detector(bench.home, "E92", strength="K2")
    lead = _one(bench.run(["E91", "E92"]).leads)
    assert lead["detectors"] == ["E91", "E92"]
    assert (lead["strength"], lead["months"]) == ("K1", 4)
    assert float(lead["exposure_cny"]) == 2000.0
    assert (lead["status"], lead["priority"], lead["stale"]) == ("TRIAGED", 1, False)


def test_a_peer_anomaly_alone_is_a_hit_and_no_lead(bench: Bench) -> None:
    _detector(bench.home, "E93", strength="K3")
    bench.small.link("EXEC_OF.Person.Company", "p1", "c1", "2026-03")
    receipt = bench.run(["E93"])
    assert (receipt.hits.num_rows, receipt.leads.num_rows) == (1, 0)


def test_a_cleared_hit_is_kept_with_its_code_and_makes_no_lead(bench: Bench) -> None:
    (bench.home / "clearing").mkdir()
    (bench.home / "clearing" / "x20.cypher").write_text(CHECK, "utf-8")
    _detector(bench.home, "E91", clearing='"X18", "X20"')
    bench.small.link("EXEC_OF.Person.Company", "p1", "c1", "2026-03")
    bench.small.link("LEGAL_REP_OF.Person.Company", "p1", "c1")
    receipt = bench.run(["E91"])
    hit = _one(receipt.hits)
    assert (hit["cleared"], hit["clearing_codes"], hit["months"]) == (True, ["X20"], 4)
    assert receipt.leads.num_rows == 0
    ruled = json.loads(hit["evidence"])["clearing"]
    assert [(r["code"], r["months"], r["reasons"]) for r in ruled] == [("X20", 4, {"firm": "c1"})]


def test_a_check_that_explains_some_months_leaves_the_others(bench: Bench) -> None:
    (bench.home / "clearing").mkdir()
    (bench.home / "clearing" / "x20.cypher").write_text(CHECK, "utf-8")
    _detector(bench.home, "E91", clearing='"X18", "X20"')
    bench.small.link("EXEC_OF.Person.Company", "p1", "c1", "2026-03")
    bench.small.link("LEGAL_REP_OF.Person.Company", "p1", "c1", "2026-03", "2026-05")
    hit = _one(bench.run(["E91"]).hits)
    assert (hit["cleared"], hit["month_from"], hit["months"]) == (False, "2026-05", 2)
    assert float(hit["exposure_cny"]) == 1000.0


@pytest.mark.parametrize(("yuan", "cleared"), [(499.0, True), (500.0, False)])
def test_less_than_a_month_of_benefit_is_cleared(
    bench: Bench,
    yuan: float,
    cleared: bool,  # noqa: FBT001 - what is expected
) -> None:
    query = POST.replace("[m.rid", f"{yuan} AS exposure_yuan_month, [m.rid")
    _detector(bench.home, "E91", query)
    file = bench.home / "error" / "e91.cypher"
    text = file.read_text("utf-8").replace('"fact_to", ', '"fact_to", "exposure_yuan_month", ')
    file.write_text(text, "utf-8")
    bench.small.link("EXEC_OF.Person.Company", "p1", "c1", "2026-06")
    hit = _one(bench.run(["E91"]).hits)
    assert (hit["cleared"], hit["clearing_codes"]) == (cleared, ["X18"] if cleared else [])


def test_each_county_is_judged_by_its_own_parameters(bench: Bench) -> None:
    query = POST.replace("IN $households\n", "IN $households\nWITH h, m, p, x, c\n"
                         "WHERE COUNT { (:Person)-[:MEMBER_OF]->(h) } >= $least\n")  # fmt: skip
    _detector(bench.home, "E91", query)
    file = bench.home / "error" / "e91.cypher"
    param = '// [params.least]\n// default = 1\n// unit = "people"\n// why = "one is enough"\n'
    policy = '// policy = "asset.home_count_max"\n// [eligible]'
    file.write_text(file.read_text("utf-8").replace("// [eligible]", param + policy), "utf-8")
    other = "dibao_household_register/D2"
    bench.small.node("Household", other, register="dibao_household_register", household_id="D2",
                     urban_rural="城市", area_code="539902001001")  # fmt: skip
    bench.small.node("Benefit", other, register="dibao_household_register", programme="低保")
    bench.small.node("Person", "p5")
    bench.small.link("BELONGS_TO.Benefit.Household", other, other)
    bench.small.link("MEMBER_OF.Person.Household", "p5", other)
    bench.small.paid("p5", "2026-01", "2026-07", 400.0, household_id="D2")
    for person in ("p1", "p5"):
        bench.small.link("EXEC_OF.Person.Company", person, "c1", "2026-03")
    bench.parameters = Parameters(
        [ParameterValue("asset.home_count_max", 3.0, "people", "539901000000")]
    )
    hit = _one(bench.run(["E91"]).hits)
    assert (hit["household_id"], json.loads(hit["params"])) == ("D2", {"least": 1})
    (shown,) = json.loads(hit["evidence"])["parameters"]
    assert (shown["policy"], shown["area_code"]) == ("asset.home_count_max", "000000000000")


BOOK = """\
MATCH (p:Person)-[x:HAS_DIAGNOSIS]->(c:Diagnosis)
OPTIONAL MATCH (p)-[:MEMBER_OF]->(h:Household)
OPTIONAL MATCH (p)-[:REGISTERED_IN]->(k:HukouBook)
WITH p, x, c, coalesce(h.id, 'hukou_population/' + k.id, 'person:' + p.id) AS household
WHERE $households IS NULL OR household IN $households
RETURN household, p.id AS person_id, toString($least) AS company, null AS benefit,
       x.valid_from AS fact_from, x.valid_to AS fact_to, [x.rid] AS evidence
ORDER BY household, person_id, company
"""


def _two_counties(bench: Bench) -> None:
    """A leak detector, and counties 539901 and 539902 where a parameter is 3 and 7."""
    _detector(bench.home, "L91", BOOK)
    file = bench.home / "leak" / "l91.cypher"
    param = '// [params.least]\n// default = 1\n// unit = "people"\n// why = "one is enough"\n'
    policy = '// policy = "asset.home_count_max"\n// [eligible]'
    file.write_text(file.read_text("utf-8").replace("// [eligible]", param + policy), "utf-8")
    other = "dibao_household_register/D2"
    bench.small.node("Household", other, register="dibao_household_register", household_id="D2",
                     area_code="539902001001")  # fmt: skip
    bench.parameters = Parameters(
        [
            ParameterValue("asset.home_count_max", 3.0, "people", "539901000000"),
            ParameterValue("asset.home_count_max", 7.0, "people", "539902000000"),
        ]
    )


def test_leaks_of_books_and_people_are_found_with_the_parameters_of_their_county(
    bench: Bench,
) -> None:
    _two_counties(bench)
    bench.small.node("Household", "poverty_archive/A9", register="poverty_archive")
    bench.small.node("HukouBook", "K1")
    bench.small.node("HukouBook", "K2", address_code="5399020010010001")
    places = {"b1": "539901001001", "b2": None, "f1": "110101001001", "f2": "539902001001"}
    for person, area in places.items():
        bench.small.node("Person", person, area_code=area)
    bench.small.node("Person", "n1")
    bench.small.link("REGISTERED_IN.Person.HukouBook", "b1", "K1")
    bench.small.link("REGISTERED_IN.Person.HukouBook", "b2", "K2")
    bench.small.link("MEMBER_OF.Person.Household", "n1", "poverty_archive/A9")
    bench.small.node("Diagnosis", "d1")
    for person in (*places, "n1"):
        bench.small.link("HAS_DIAGNOSIS.Person.Diagnosis", person, "d1", "2026-02")
    hits = bench.run(["L91"]).hits.to_pylist()
    assert {hit["household"]: json.loads(hit["params"])["least"] for hit in hits} == {
        "hukou_population/K1": 3, "hukou_population/K2": 7, "person:f1": 3, "person:f2": 7,
        "poverty_archive/A9": 3,
    }  # fmt: skip
    assert len(hits) == len(places) + 1


def _employed(bench: Bench, person: str, base_yuan: float) -> None:
    bench.small.link(
        "EMPLOYED_BY.Person.Company", person, "c1", "2026-04", "2026-06",
        kind="social_insurance", base_yuan=base_yuan, flexible=False, status="正常缴费",
    )  # fmt: skip


def test_months_over_the_line_count_and_show_both_figures(bench: Bench) -> None:
    _detector(bench.home, "E91", recompute="over_line")
    bench.small.link("EXEC_OF.Person.Company", "p1", "c1", "2026-03")
    _employed(bench, "p1", 6000.0)
    hit = _one(bench.run(["E91"]).hits)
    assert (hit["cleared"], hit["month_from"], hit["months"]) == (False, "2026-04", 2)
    month = json.loads(hit["evidence"])["months"][0]
    assert month["income_pc_yuan"] > month["line_yuan"] > 0


def test_a_household_that_stays_under_the_line_is_cleared(bench: Bench) -> None:
    _detector(bench.home, "E91", recompute="over_line")
    bench.small.link("EXEC_OF.Person.Company", "p1", "c1", "2026-03")
    _employed(bench, "p1", 800.0)
    hit = _one(bench.run(["E91"]).hits)
    assert (hit["cleared"], hit["clearing_codes"], hit["months"]) == (True, ["X07"], 4)


def test_the_income_of_a_person_who_is_not_listed_is_counted_in(bench: Bench) -> None:
    query = POST.replace("(p:Person)-[x", "(:Person)-[:SPOUSE_OF]->(p:Person)-[x")
    _detector(bench.home, "E91", query, recompute="over_line_with_person")
    bench.small.node("Person", "p7")
    bench.small.link("SPOUSE_OF.Person.Person", "p1", "p7", "2020-01")
    bench.small.link("EXEC_OF.Person.Company", "p7", "c1", "2026-03")
    _employed(bench, "p7", 9000.0)
    hit = _one(bench.run(["E91"]).hits)
    assert (hit["cleared"], hit["month_from"], hit["months"]) == (False, "2026-04", 2)


def test_an_error_lead_shows_the_burden_of_the_same_household(bench: Bench) -> None:
    _detector(bench.home, "L91", ILL)
    bench.small.node("Diagnosis", "d1")
    bench.small.link("EXEC_OF.Person.Company", "p1", "c1", "2026-03")
    bench.small.link("HAS_DIAGNOSIS.Person.Diagnosis", "p2", "d1", "2026-02")
    receipt = bench.run(["E91"])
    picture = json.loads(_one(receipt.leads)["net_picture"])
    assert [part["detector"] for part in picture["assets"]] == ["E91"]
    assert "L91" in [part["detector"] for part in picture["burdens"]]
    assert "任职L91" in picture["text"]["zh"]
    assert set(receipt.hits["detector"].to_pylist()) == {"E91"}
    assert "L91" in receipt.also_run


def _aged_and_accused(bench: Bench) -> None:
    """p9 draws an allowance alone, holds a post, and is in the household book of s9, who is ill."""
    _detector(bench.home, "L91", BOOK.replace("$least", "1"))
    _detector(bench.home, "E91", POST.replace("h.id AS benefit", "null AS benefit"))
    small, alone, allowance = bench.small, "person:p9", "old_age_allowance/p9"
    register = {"register": "old_age_allowance", "household_id": alone}
    small.node("Household", alone, **register)
    small.node("Benefit", allowance, programme="高龄津贴", start_date=day("2025-01"), **register)
    small.node("HukouBook", "K1")
    small.node("Diagnosis", "d1")
    for person in ("p9", "s9"):
        small.node("Person", person)
        small.link("REGISTERED_IN.Person.HukouBook", person, "K1")
    small.link("MEMBER_OF.Person.Household", "p9", alone, "2025-01")
    small.link("RECEIVES.Person.Benefit", "p9", allowance, "2025-01")
    small.link("BELONGS_TO.Benefit.Household", allowance, alone, "2025-01")
    small.paid("p9", "2025-07", "2026-07", 60.0, **register)
    small.link("EXEC_OF.Person.Company", "p9", "c1", "2026-03")
    small.link("HAS_DIAGNOSIS.Person.Diagnosis", "s9", "d1", "2026-02")


@pytest.mark.parametrize("asked", [["E91"], ["E91", "L91"]])
def test_who_is_paid_alone_is_seen_with_the_burdens_of_the_household_book(
    bench: Bench, asked: list[str]
) -> None:
    _aged_and_accused(bench)
    leads = bench.run(asked).leads.to_pylist()
    pictures = {lead["household"]: json.loads(lead["net_picture"]) for lead in leads}
    accused = pictures.pop("person:p9")
    assert [part["detector"] for part in accused["assets"]] == ["E91"]
    assert "L91" in [part["detector"] for part in accused["burdens"]]
    for picture in pictures.values():  # what is found against one person accuses no book
        assert picture["assets"] == []


def test_a_household_that_ended_is_seen_with_what_its_people_bear_today(bench: Bench) -> None:
    _detector(bench.home, "L91", BOOK.replace("(p)-[:MEMBER_OF]", "(p)-[:MEMBER_OF {rid: 'none'}]")
              .replace("$least", "1"))  # fmt: skip
    for link in bench.small.tables["MEMBER_OF.Person.Household"]:
        link["valid_to"] = day("2026-05" if link["start_id"] == "p1" else "2025-03")
    for person, book in (("p1", "K1"), ("p2", "K2")):
        bench.small.node("HukouBook", book)
        bench.small.link("REGISTERED_IN.Person.HukouBook", person, book)
        bench.small.node("Person", f"of {book}")
        bench.small.link("REGISTERED_IN.Person.HukouBook", f"of {book}", book)
    bench.small.node("Diagnosis", "d1")
    bench.small.link("EXEC_OF.Person.Company", "p1", "c1", "2026-01")
    ill = bench.small.link("HAS_DIAGNOSIS.Person.Diagnosis", "of K1", "d1", "2026-02")
    (lead,) = bench.run(["E91"]).leads.to_pylist()
    assert "L91" in [part["detector"] for part in json.loads(lead["net_picture"])["burdens"]], ill
    for link in bench.small.tables["HAS_DIAGNOSIS.Person.Diagnosis"]:
        link["start_id"] = "of K2"  # who left before the end is of another household
    (lead,) = bench.run(["E91"]).leads.to_pylist()
    assert json.loads(lead["net_picture"])["burdens"] == []


def test_help_comes_before_errors(bench: Bench) -> None:
    _detector(bench.home, "L91", ILL)
    bench.small.node("Diagnosis", "d1")
    bench.small.link("EXEC_OF.Person.Company", "p1", "c1", "2026-03")
    bench.small.link("HAS_DIAGNOSIS.Person.Diagnosis", "p2", "d1", "2026-02")
    leads = bench.run(["E91", "L91"]).leads.to_pylist()
    assert [(lead["direction"], lead["priority"]) for lead in leads] == [("leak", 1), ("error", 2)]
    assert (leads[0]["month_from"], leads[0]["month_to"]) == ("2026-02", "2026-06")


def test_an_old_feed_freezes_its_detectors_and_carries_their_leads_on(bench: Bench) -> None:
    bench.small.link("EXEC_OF.Person.Company", "p1", "c1", "2026-03")
    bench.run(["E91"])
    before = bench.out.rename(bench.out.with_name("before")) / "hits.parquet"
    receipt = bench.run(["E91"], feeds={"one_card_payment": date(2026, 1, 5)}, previous=before)
    assert receipt.exit_code == 3
    assert receipt.detectors[0].frozen_by == ("one_card_payment",)
    assert receipt.to_json()["detectors"][0]["frozen_by"] == ["one_card_payment"]
    assert _one(receipt.hits)["stale"] is True
    assert _one(receipt.leads)["stale"] is True


def test_a_feed_exactly_as_old_as_allowed_is_healthy(bench: Bench) -> None:
    feeds = {"one_card_payment": date(2026, 4, 17)}
    assert bench.run(["E91"], feeds=feeds).exit_code == 0
    feeds = {"one_card_payment": date(2026, 4, 16)}
    assert bench.run(["E91"], feeds=feeds).exit_code == 3


def test_a_month_after_the_last_delivered_one_is_refused(bench: Bench) -> None:
    with pytest.raises(FutureAsOf, match="2026-07"):
        bench.run(["E91"], as_of=date(2026, 7, 1))


def test_unknown_names_are_refused_with_the_nearest(bench: Bench) -> None:
    with pytest.raises(UnknownName, match="E91"):
        bench.run(["E9l"])
    with pytest.raises(UnknownName, match="D1"):
        bench.run(["E91"], households=["D1x"])


def test_a_household_is_named_by_its_case_number(bench: Bench) -> None:
    bench.small.link("EXEC_OF.Person.Company", "p1", "c1", "2026-03")
    assert bench.run(["E91"], households=["D1"]).hits.num_rows == 1


@pytest.mark.parametrize("name", ["K1", "hukou_population/K1"])
def test_a_household_book_is_named_by_its_number(bench: Bench, name: str) -> None:
    _aged_and_accused(bench)
    hits = bench.run(["E91", "L91"], households=[name]).hits.to_pylist()
    assert [(hit["detector"], hit["household"]) for hit in hits] == [("L91", "hukou_population/K1")]


def test_a_graph_of_other_tables_is_refused(bench: Bench) -> None:
    bench.small.link("EXEC_OF.Person.Company", "p1", "c1", "2026-03")
    with bench.project() as projection:
        bench.graph.run("MATCH (:Person)-[x:EXEC_OF]->(:Company) SET x.rid = 'other'")
        with pytest.raises(DetectorError, match="E91"):
            detect(bench.graph, projection, bench.parameters, as_of=JUNE, detectors=["E91"],
                   extra=bench.home)  # fmt: skip


def test_a_receipt_names_what_it_rests_on(bench: Bench) -> None:
    bench.small.link("EXEC_OF.Person.Company", "p1", "c1", "2026-03", position="监事")
    body = json.loads(_one(bench.run(["E91"]).hits)["evidence"])
    roles = [(edge["role"], edge["type"]) for edge in body["edges"]]
    assert roles == [("path", "MEMBER_OF"), ("path", "EXEC_OF"), ("payment", "PAID")]
    assert body["edges"][1]["properties"] == {"position": "监事"}
    assert body["months"][0] == {
        "benefit": D1, "income_pc_yuan": None, "line_yuan": None, "month": "2026-03", "yuan": 500.0,
    }  # fmt: skip
    assert body["states"]["en"] == "holds a post in c1"
    assert body["data_dates"] == {"one_card_payment": "2026-07-05"}


def test_a_receipt_replays_to_the_same_hash(bench: Bench) -> None:
    bench.small.link("EXEC_OF.Person.Company", "p1", "c1", "2026-03")
    receipt = bench.run(["E91"])
    for name in (_one(receipt.hits)["hit_id"], _one(receipt.leads)["lead_id"]):
        again = bench.replay(name)
        assert again.same, again.sentences("en")
        assert again.differences == ()


def test_a_replay_names_the_edge_and_property_that_changed(bench: Bench) -> None:
    bench.small.link("EXEC_OF.Person.Company", "p1", "c1", "2026-03", position="监事")
    hit = _one(bench.run(["E91"]).hits)["hit_id"]
    bench.small.tables["EXEC_OF.Person.Company"][0]["position"] = "经理"
    again = bench.replay(hit)
    assert not again.same
    (found,) = again.differences
    assert (found.kind, found.what, found.property) == ("changed", "EXEC_OF", "position")
    assert (found.batch, found.row) == ("2026-06", 2)
    assert "经理" not in again.sentences("zh")[0]


def test_a_replay_names_the_edge_that_is_gone(bench: Bench) -> None:
    bench.small.link("EXEC_OF.Person.Company", "p1", "c1", "2026-03")
    hit = _one(bench.run(["E91"]).hits)["hit_id"]
    bench.small.tables["EXEC_OF.Person.Company"].clear()
    again = bench.replay(hit)
    assert [(d.kind, d.what) for d in again.differences] == [("gone", "EXEC_OF")]
    assert again.to_json()["same"] is False


def test_an_unknown_receipt_is_refused(bench: Bench) -> None:
    bench.small.link("EXEC_OF.Person.Company", "p1", "c1", "2026-03")
    bench.run(["E91"])
    with pytest.raises(ReceiptError, match="h00"):
        bench.replay("h00")
