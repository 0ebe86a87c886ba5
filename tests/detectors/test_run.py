"""Detectors run, cleared and merged on a real server, each with detectors of the test's own."""

from __future__ import annotations

import json
from datetime import date

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from doudi.detectors.run import detect
from doudi.graph.errors import DetectorError, FutureAsOf, UnknownName
from doudi.policy.parameters import Parameters, ParameterValue
from tests.detectors.bench import (
    BOOK,
    CHECK,
    ILL,
    JUNE,
    POST,
    Bench,
    detector_file,
    one,
)

pytestmark = pytest.mark.neo4j


def test_a_hit_has_its_months_and_what_was_paid_in_them(bench: Bench) -> None:
    bench.small.link("EXEC_OF.Person.Company", "p1", "c1", "2026-03")
    receipt = bench.run(["E91"])
    hit = one(receipt.hits)
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
    assert one(first.hits)["hit_id"] == one(second.hits)["hit_id"]
    assert one(first.leads)["lead_id"] == one(second.leads)["lead_id"]
    assert one(first.hits)["evidence_sha256"] == one(second.hits)["evidence_sha256"]


def test_two_intervals_of_one_fact_are_one_hit(bench: Bench) -> None:
    bench.small.link("EXEC_OF.Person.Company", "p1", "c1", "2025-07", "2025-09", rid="x1")
    bench.small.link("EXEC_OF.Person.Company", "p1", "c1", "2026-05", rid="x2")
    hit = one(bench.run(["E91"]).hits)
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
    detector_file(bench.home, "E92", strength="K2")
    lead = one(bench.run(["E91", "E92"]).leads)
    assert lead["detectors"] == ["E91", "E92"]
    assert (lead["strength"], lead["months"]) == ("K1", 4)
    assert float(lead["exposure_cny"]) == 2000.0
    assert (lead["status"], lead["priority"], lead["stale"]) == ("TRIAGED", 1, False)


def test_a_peer_anomaly_alone_is_a_hit_and_no_lead(bench: Bench) -> None:
    detector_file(bench.home, "E93", strength="K3")
    bench.small.link("EXEC_OF.Person.Company", "p1", "c1", "2026-03")
    receipt = bench.run(["E93"])
    assert (receipt.hits.num_rows, receipt.leads.num_rows) == (1, 0)


def test_a_cleared_hit_is_kept_with_its_code_and_makes_no_lead(bench: Bench) -> None:
    (bench.home / "clearing").mkdir()
    (bench.home / "clearing" / "x20.cypher").write_text(CHECK, "utf-8")
    detector_file(bench.home, "E91", clearing='"X18", "X20"')
    bench.small.link("EXEC_OF.Person.Company", "p1", "c1", "2026-03")
    bench.small.link("LEGAL_REP_OF.Person.Company", "p1", "c1")
    receipt = bench.run(["E91"])
    hit = one(receipt.hits)
    assert (hit["cleared"], hit["clearing_codes"], hit["months"]) == (True, ["X20"], 4)
    assert receipt.leads.num_rows == 0
    ruled = json.loads(hit["evidence"])["clearing"]
    assert [(r["code"], r["months"], r["reasons"]) for r in ruled] == [("X20", 4, {"firm": "c1"})]


def test_a_check_that_explains_some_months_leaves_the_others(bench: Bench) -> None:
    (bench.home / "clearing").mkdir()
    (bench.home / "clearing" / "x20.cypher").write_text(CHECK, "utf-8")
    detector_file(bench.home, "E91", clearing='"X18", "X20"')
    bench.small.link("EXEC_OF.Person.Company", "p1", "c1", "2026-03")
    bench.small.link("LEGAL_REP_OF.Person.Company", "p1", "c1", "2026-03", "2026-05")
    hit = one(bench.run(["E91"]).hits)
    assert (hit["cleared"], hit["month_from"], hit["months"]) == (False, "2026-05", 2)
    assert float(hit["exposure_cny"]) == 1000.0


@pytest.mark.parametrize(("yuan", "cleared"), [(499.0, True), (500.0, False)])
def test_less_than_a_month_of_benefit_is_cleared(
    bench: Bench,
    yuan: float,
    cleared: bool,  # noqa: FBT001 - what is expected
) -> None:
    query = POST.replace("[m.rid", f"{yuan} AS exposure_yuan_month, [m.rid")
    detector_file(bench.home, "E91", query)
    file = bench.home / "error" / "e91.cypher"
    text = file.read_text("utf-8").replace('"fact_to", ', '"fact_to", "exposure_yuan_month", ')
    file.write_text(text, "utf-8")
    bench.small.link("EXEC_OF.Person.Company", "p1", "c1", "2026-06")
    hit = one(bench.run(["E91"]).hits)
    assert (hit["cleared"], hit["clearing_codes"]) == (cleared, ["X18"] if cleared else [])


def test_each_county_is_judged_by_its_own_parameters(bench: Bench) -> None:
    query = POST.replace("IN $households\n", "IN $households\nWITH h, m, p, x, c\n"
                         "WHERE COUNT { (:Person)-[:MEMBER_OF]->(h) } >= $least\n")  # fmt: skip
    detector_file(bench.home, "E91", query)
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
    hit = one(bench.run(["E91"]).hits)
    assert (hit["household_id"], json.loads(hit["params"])) == ("D2", {"least": 1})
    (shown,) = json.loads(hit["evidence"])["parameters"]
    assert (shown["policy"], shown["area_code"]) == ("asset.home_count_max", "000000000000")


def _two_counties(bench: Bench) -> None:
    """A leak detector, and counties 539901 and 539902 where a parameter is 3 and 7."""
    detector_file(bench.home, "L91", BOOK)
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
    detector_file(bench.home, "E91", recompute="over_line")
    bench.small.link("EXEC_OF.Person.Company", "p1", "c1", "2026-03")
    _employed(bench, "p1", 6000.0)
    hit = one(bench.run(["E91"]).hits)
    assert (hit["cleared"], hit["month_from"], hit["months"]) == (False, "2026-04", 2)
    month = json.loads(hit["evidence"])["months"][0]
    assert month["income_pc_yuan"] > month["line_yuan"] > 0


def test_a_household_that_stays_under_the_line_is_cleared(bench: Bench) -> None:
    detector_file(bench.home, "E91", recompute="over_line")
    bench.small.link("EXEC_OF.Person.Company", "p1", "c1", "2026-03")
    _employed(bench, "p1", 800.0)
    hit = one(bench.run(["E91"]).hits)
    assert (hit["cleared"], hit["clearing_codes"], hit["months"]) == (True, ["X07"], 4)


def test_the_income_of_a_person_who_is_not_listed_is_counted_in(bench: Bench) -> None:
    query = POST.replace("(p:Person)-[x", "(:Person)-[:SPOUSE_OF]->(p:Person)-[x")
    detector_file(bench.home, "E91", query, recompute="over_line_with_person")
    bench.small.node("Person", "p7")
    bench.small.link("SPOUSE_OF.Person.Person", "p1", "p7", "2020-01")
    bench.small.link("EXEC_OF.Person.Company", "p7", "c1", "2026-03")
    _employed(bench, "p7", 9000.0)
    hit = one(bench.run(["E91"]).hits)
    assert (hit["cleared"], hit["month_from"], hit["months"]) == (False, "2026-04", 2)


def test_help_comes_before_errors(bench: Bench) -> None:
    detector_file(bench.home, "L91", ILL)
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
    assert one(receipt.hits)["stale"] is True
    assert one(receipt.leads)["stale"] is True


def test_a_feed_exactly_as_old_as_allowed_is_healthy(bench: Bench) -> None:
    feeds = {"one_card_payment": date(2026, 4, 17)}
    assert bench.run(["E91"], feeds=feeds).exit_code == 0
    feeds = {"one_card_payment": date(2026, 4, 16)}
    assert bench.run(["E91"], feeds=feeds).exit_code == 3


def test_a_sick_feed_freezes_its_detectors_however_new_it_is(bench: Bench) -> None:
    bench.small.link("EXEC_OF.Person.Company", "p1", "c1", "2026-03")
    bench.run(["E91"])
    before = bench.out.rename(bench.out.with_name("before")) / "hits.parquet"
    receipt = bench.run(["E91"], sick={"one_card_payment", "shareholders"}, previous=before)
    assert receipt.exit_code == 3
    assert receipt.detectors[0].frozen_by == ("one_card_payment",)
    assert one(receipt.leads)["stale"] is True
    assert bench.run(["E91"], sick={"shareholders"}).exit_code == 0


SILENT = """// [silence.vehicle_insurance]
// days = 75
// reasons = ["uninsured"]
"""
INSURED = {"vehicle_insurance": date(2026, 7, 5)}


def _cleared_by_silence(bench: Bench, reason: str = "uninsured") -> None:
    """A post that a check clears for a reason, where nobody pays for the person's car."""
    (bench.home / "clearing").mkdir()
    text = CHECK.replace("// ---\nUNWIND", f"{SILENT}// ---\nUNWIND")
    text = text.replace("c.id AS firm", f"'{reason}' AS reason, c.id AS firm")
    (bench.home / "clearing" / "x20.cypher").write_text(text, "utf-8")
    detector_file(bench.home, "E91", clearing='"X18", "X20"')
    bench.small.link("EXEC_OF.Person.Company", "p1", "c1", "2026-03")
    bench.small.link("LEGAL_REP_OF.Person.Company", "p1", "c1")


@pytest.mark.parametrize(
    ("feeds", "sick"),
    [
        ({}, ()),
        ({"vehicle_insurance": date(2026, 4, 16)}, ()),
        (INSURED, ("vehicle_insurance",)),
    ],
    ids=["missing", "too old", "sick"],
)
def test_nothing_is_cleared_because_a_feed_is_silent(
    bench: Bench, feeds: dict[str, date], sick: tuple[str, ...]
) -> None:
    _cleared_by_silence(bench)
    receipt = bench.run(["E91"], feeds=feeds, sick=sick)
    hit = one(receipt.hits)
    assert (hit["cleared"], hit["clearing_codes"], hit["held_back"]) == (False, [], ["X20"])
    assert one(receipt.leads)["stale"] is True
    assert receipt.exit_code == 3
    assert receipt.to_json()["held_back"] == {"X20": ["vehicle_insurance"]}


def test_a_check_clears_while_its_feed_is_well(bench: Bench) -> None:
    _cleared_by_silence(bench)
    receipt = bench.run(["E91"], feeds={"vehicle_insurance": date(2026, 4, 17)})
    assert (one(receipt.hits)["cleared"], receipt.exit_code) == (True, 0)


def test_an_answer_that_rests_on_what_was_sent_clears_all_the_same(bench: Bench) -> None:
    _cleared_by_silence(bench, reason="sold")
    receipt = bench.run(["E91"])
    hit = one(receipt.hits)
    assert (hit["cleared"], hit["held_back"]) == (True, [])
    assert receipt.exit_code == 3  # others might have rested on it


def test_what_was_cleared_before_stays_cleared_while_the_feed_is_silent(bench: Bench) -> None:
    _cleared_by_silence(bench)
    bench.run(["E91"], feeds=INSURED)
    before = bench.out.rename(bench.out.with_name("before")) / "hits.parquet"
    receipt = bench.run(["E91"], previous=before)
    hit = one(receipt.hits)
    assert (hit["cleared"], hit["clearing_codes"], hit["stale"]) == (True, ["X20"], True)
    assert receipt.leads.num_rows == 0


def test_a_hit_whose_clearing_was_held_back_is_reproduced(bench: Bench) -> None:
    _cleared_by_silence(bench)
    again = bench.replay(one(bench.run(["E91"]).hits)["hit_id"])
    assert again.same, again.sentences("en")


@pytest.mark.parametrize(("sick", "cleared"), [("public_payroll", False), ("shareholders", True)])
def test_no_income_is_too_small_because_its_register_is_silent(
    bench: Bench,
    sick: str,
    cleared: bool,  # noqa: FBT001 - what is expected
) -> None:
    detector_file(bench.home, "E91", recompute="over_line", clearing='"X07", "X18"')
    bench.small.link("EXEC_OF.Person.Company", "p1", "c1", "2026-03")
    _employed(bench, "p1", 800.0)
    receipt = bench.run(["E91"], sick={sick})
    hit = one(receipt.hits)
    assert (hit["cleared"], hit["held_back"]) == (cleared, [] if cleared else ["X07"])
    assert receipt.exit_code == (0 if cleared else 3)


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


def test_a_graph_of_other_tables_is_refused(bench: Bench) -> None:
    bench.small.link("EXEC_OF.Person.Company", "p1", "c1", "2026-03")
    with bench.project() as projection:
        bench.graph.run("MATCH (:Person)-[x:EXEC_OF]->(:Company) SET x.rid = 'other'")
        with pytest.raises(DetectorError, match="E91"):
            detect(bench.graph, projection, bench.parameters, as_of=JUNE, detectors=["E91"],
                   extra=bench.home)  # fmt: skip
