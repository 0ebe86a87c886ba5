"""A detector file is read as it is written, and refused with every problem at once."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from doudi.detectors.cases import read_cases
from doudi.detectors.catalogue import catalogue, read_clearing, read_detector
from doudi.graph.errors import DetectorError

if TYPE_CHECKING:
    from pathlib import Path

GOOD = """\
// ---
// id = "E91"
// title = { zh = "单位任职", en = "post in a company" }
// version = 1
// status = "draft"
// strength = "K1"
// sources = { executives = 45 }
// min_grade = "certificate"
// basis = ["B2"]
// clearing = ["X18"]
// harmless = [{ zh = "任职不取酬", en = "the post is unpaid" }]
// blind = ["unregistered trade"]
// returns = ["household", "person_id", "company", "benefit", "fact_from", "fact_to", "evidence"]
// identity = ["household", "person_id", "company"]
// about = "household"
// ask = { zh = "是否实际经营？", en = "Do you run it?" }
// states = { zh = "{person_id} 任职", en = "{person_id} holds a post" }
// [params.min_members]
// default = 1
// unit = "people"
// why = "one is enough"
// [eligible]
// match = "(h:Household {register: 'dibao_household_register'})"
// ---
MATCH (h:Household)<-[m:MEMBER_OF]-(p:Person)-[x:EXEC_OF]->(c:Company)
WHERE ($households IS NULL OR h.id IN $households)
  AND COUNT { (:Person)-[:MEMBER_OF]->(h) } >= $min_members  // LIMIT in a comment is no LIMIT
MATCH (b:Benefit)-[:BELONGS_TO]->(h)
RETURN h.id AS household, p.id AS person_id, c.id AS company, b.id AS benefit,
       x.valid_from AS fact_from, x.valid_to AS fact_to, [m.rid, x.rid] AS evidence
ORDER BY household, person_id, company
"""


def _problems(old: str, new: str) -> str:
    assert old in GOOD
    with pytest.raises(DetectorError) as caught:
        read_detector(
            GOOD.replace(old, new), "error/e91.cypher", "error", frozenset({"executives"})
        )
    return str(caught.value)


def test_a_right_file_is_read() -> None:
    detector = read_detector(GOOD, "error/e91.cypher", "error", frozenset({"executives"}))
    assert detector.id == "E91"
    assert detector.title.zh == "单位任职"
    assert detector.sources == {"executives": 45}
    assert detector.params[0].default == 1
    assert detector.direction == "error"
    assert [text.in_("zh") for text in detector.harmless] == ["任职不取酬"]
    assert [text.in_("zh") for text in detector.blind] == ["unregistered trade"]


def test_the_detectors_of_the_product_speak_of_their_limits_in_both_languages() -> None:
    for detector in catalogue().detectors:
        for text in (*detector.harmless, *detector.blind):
            assert re.search(r"[\u4e00-\u9fff]", text.zh), f"{detector.id}: {text.zh}"
            assert text.zh != text.en


def test_a_detector_may_read_a_source_of_the_office(tmp_path: Path) -> None:
    for folder in ("detectors/error", "sources"):
        (tmp_path / folder).mkdir(parents=True)
    text = GOOD.replace("executives = 45", "market_stall = 120")
    (tmp_path / "detectors" / "error" / "e91.cypher").write_text(text, "utf-8")
    with pytest.raises(DetectorError, match="unknown source 'market_stall'"):
        catalogue(tmp_path / "detectors")
    (tmp_path / "sources" / "market_stall.toml").touch()
    own = catalogue(tmp_path / "detectors").detector("E91")
    assert own.sources == {"market_stall": 120}


def test_a_pattern_as_denominator_counts_households() -> None:
    detector = read_detector(GOOD, "error/e91.cypher", "error")
    assert detector.eligible_query() == (
        "MATCH (h:Household {register: 'dibao_household_register'})\n"
        "RETURN count(DISTINCT h) AS eligible"
    )


def test_a_header_that_is_no_toml_is_named_with_its_line() -> None:
    assert "e91.cypher:5: line 5: the header is no TOML" in _problems('"draft"', "draft")


def test_a_case_file_that_is_not_utf8_is_named(tmp_path: Path) -> None:
    cases = tmp_path / "e91_vehicle.toml"
    cases.write_bytes("# 命中\n".encode("gbk"))
    with pytest.raises(DetectorError, match=r"e91_vehicle\.toml: the encoding is not UTF-8"):
        read_cases(cases, catalogue().detectors[0])


def test_all_problems_of_a_file_come_at_once() -> None:
    text = GOOD.replace('"K1"', '"K9"').replace("executives = 45", "executive = 0")
    with pytest.raises(DetectorError) as caught:
        read_detector(text, "error/e91.cypher", "error", frozenset({"executives"}))
    assert "line 6: strength is 'K9'" in str(caught.value)
    assert "line 7: unknown source 'executive'" in str(caught.value)
    assert "above 0" in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('// id = "E91"\n', "", "id is missing"),
        ('// about = "household"\n', '// abuot = "household"\n', "unknown entry abuot"),
        ("$min_members", "$min_member", "parameter $min_member is not declared"),
        (">= $min_members", ">= 1", "parameter min_members is declared and never used"),
        ("c.id AS company, b.id", "b.id", "column company is declared and not returned"),
        ("c.id AS company", "c.id AS firm", "column firm is returned and not declared"),
        ("c.id AS company", "c.id", "a returned column has no alias"),
        ('clearing = ["X18"]', 'clearing = ["X99"]', "unknown clearing code X99"),
        ('"certificate"', '"possible"', "possible can never reach a lead"),
        ('"{person_id} 任职"', '"{person} 任职"', "states names person"),
        ('blind = ["unregistered trade"]', "blind = [1]", "blind must be a list of texts"),
        (', en = "the post is unpaid"', "", "harmless needs a text in zh and in en"),
        ("// basis", "basis", "does not begin with //"),
    ],
)
def test_a_wrong_header_is_refused(old: str, new: str, said: str) -> None:
    assert said in _problems(old, new)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("ORDER BY household, person_id, company", "", "no ORDER BY"),
        ("ORDER BY household", "ORDER BY household LIMIT 5 //", "LIMIT hides hits"),
        ("MATCH (b:Benefit)", "SET h.category = 'A' WITH * MATCH (b:Benefit)", "SET writes"),
        ("MATCH (b:Benefit)", "CALL db.labels() MATCH (b:Benefit)", "CALL of a procedure"),
        ("h.id IN", "elementId(h) IN", "elementId() is internal"),
        ("[x:EXEC_OF]", "[x:EXEC_OF*]", "* has no upper bound"),
        ("[x:EXEC_OF]", "[x:EXEC_OF*2..]", "* has no upper bound"),
        ("-[x:EXEC_OF]->", "-[x:EXEC_OF]->+", "+ has no upper bound"),
        ("[x:EXEC_OF]", "[x:EXECS_OF]", "relation EXECS_OF is not in the schema"),
        ("(c:Company)", "(c:Firm)", "label Firm is not in the schema"),
        ("(c:Company)", "(c)", "node c has no label"),
        ("[x:EXEC_OF]", "[x]", "relation x has no type"),
        ("x.valid_from", "x.start", "EXEC_OF has no property start"),
        ("c.id AS company", "c AS company", "c is returned whole"),
        ("-[:BELONGS_TO]->(h)", "-[:BELONGS_TO]->(:Household)", "shares no variable"),
        ("{register: 'dibao", "{registry: 'dibao", "eligible: Household has no property registry"),
    ],
)
def test_a_query_against_the_rules_is_refused(old: str, new: str, said: str) -> None:
    assert said in _problems(old, new)


CHECK = """\
// ---
// id = "X12"
// title = { zh = "休眠主体", en = "dormant entity" }
// explains = { zh = "零申报", en = "files zero" }
// ---
UNWIND $hits AS hit
MATCH (c:Company {id: hit.company})-[f:FILED]->(t:TaxFiling)
WITH hit, c, f ORDER BY f.rid
WITH hit, c, collect(f.rid) AS filings
WHERE c.status <> '存续'
RETURN hit.hit_id AS hit_id, c.status AS status, filings AS evidence
ORDER BY hit_id
"""


def test_a_clearing_check_is_read() -> None:
    check = read_clearing(CHECK, "clearing/x12.cypher")
    assert check.returns == ("hit_id", "status", "evidence")


SILENT = "[silence.vehicle_insurance]\n// days = 75\n// reasons = ['off the road']\n// ---\nUNWIND"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("vehicle_insurance", "vehicle_insurence", "unknown source 'vehicle_insurence'"),
        ("days = 75", "days = 0", "age of vehicle_insurance must be a whole number"),
        ("days = 75", "day = 75", "has an unknown entry day"),
        ("['off the road']", "['off the road']", "column reason is declared and not returned"),
    ],
)
def test_a_silence_that_cannot_be_watched_is_refused(old: str, new: str, said: str) -> None:
    text = CHECK.replace("---\nUNWIND", SILENT.replace(old, new))
    with pytest.raises(DetectorError) as caught:
        read_clearing(text, "clearing/x12.cypher", frozenset({"vehicle_insurance"}))
    assert said in str(caught.value)


def test_every_reason_of_a_shipped_silence_is_one_the_check_returns() -> None:
    for check in catalogue().clearing.values():
        for silence in check.silence.values():
            for reason in silence.reasons:
                assert f"'{reason}' AS reason" in check.query, (check.id, reason)


def test_a_clearing_code_outside_the_list_is_refused() -> None:
    with pytest.raises(DetectorError, match="X44"):
        read_clearing(CHECK.replace("X12", "X44"), "clearing/x12.cypher")
