"""The catalogue page is current, and the page on adding a detector tells the truth."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from doudi.detectors.cases import read_cases, run_case
from doudi.detectors.catalogue import catalogue, read_detector
from doudi.detectors.docs import render
from doudi.graph.errors import DetectorError

if TYPE_CHECKING:
    from doudi.detectors.header import Detector
    from doudi.graph.connection import Connection

DOCS = Path(__file__).resolve().parents[2] / "docs"
HOUSEHOLD = "dibao_household_register/1"

GRAPH = """\
CREATE (h:Household {id: 'dibao_household_register/1', register: 'dibao_household_register'})
CREATE (:Benefit {id: 'dibao_household_register/1'})-[:BELONGS_TO {rid: 't'}]->(h)
CREATE (p:Person {id: 'p1'})-[:MEMBER_OF {rid: 'm'}]->(h)
CREATE (c:Company {id: 'c1'})
"""
POST = "CREATE (p)-[:EXEC_OF {rid: 'x', valid_from: date('2026-01-01')}]->(c)"
SECOND = "CREATE (:Person {id: 'p2'})-[:MEMBER_OF {rid: 'm2'}]->(h)"
FINDS = f'[{{ household = "{HOUSEHOLD}", person_id = "p1", company = "c1" }}]'


def _case(name: str, kind: str, graph: str, finds: str, more: str = "") -> str:
    return (
        f'[[case]]\nname = "{name}"\nkind = "{kind}"\nas_of = 2026-06-01\n{more}'
        f"graph = '''{graph}'''\nfinds = {finds}\n"
    )


CASES = "\n".join(
    [
        _case("a post counts", "hit", GRAPH + POST, FINDS),
        _case("no post, no hit", "quiet", GRAPH, "[]"),
        _case("a post since unknown", "unknown", GRAPH + "CREATE (p)-[:EXEC_OF {rid: 'x'}]->(c)",
              FINDS),
        _case("one member is below two", "threshold", GRAPH + POST, "[]",
              'threshold = "min_members"\nside = "below"\nparams = { min_members = 2 }\n'),
        _case("two members are two", "threshold", GRAPH + POST + SECOND, FINDS,
              'threshold = "min_members"\nside = "at"\nparams = { min_members = 2 }\n'),
    ]
)  # fmt: skip


def _example() -> str:
    text = (DOCS / "add-a-detector.md").read_text("utf-8")
    found = re.search(r"```\n(// ---\n.*?)```", text, re.DOTALL)
    assert found
    return found.group(1)


def _detector() -> Detector:
    return read_detector(_example(), "error/e22_company_role.cypher", "error")


@pytest.mark.checkout
def test_the_catalogue_page_is_current() -> None:
    assert (DOCS / "detectors.md").read_text("utf-8") == render(), "run: make docs"


@pytest.mark.checkout
def test_the_page_on_adding_a_detector_fits_one_page() -> None:
    assert len((DOCS / "add-a-detector.md").read_text("utf-8").splitlines()) <= 75


@pytest.mark.checkout
def test_the_example_of_the_page_is_a_detector() -> None:
    assert _detector().id == "E22"


@pytest.mark.checkout
@pytest.mark.neo4j
def test_a_detector_needs_two_files_and_no_python(tmp_path: Path, empty_graph: Connection) -> None:
    (tmp_path / "error").mkdir()
    text = _example().replace('"E22"', '"E90"')
    (tmp_path / "error" / "e90_mine.cypher").write_text(text, "utf-8")
    (tmp_path / "e90_mine.toml").write_text(CASES, "utf-8")
    detector = catalogue(tmp_path).detector("E90")
    for case in read_cases(tmp_path / "e90_mine.toml", detector):
        empty_graph.run("MATCH (n) DETACH DELETE n")
        assert run_case(empty_graph, detector, case) == [], case.name


@pytest.mark.checkout
@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('kind = "quiet"', 'kind = "hit"', "no case of kind quiet"),
        ('side = "at"', 'side = "below"', "no case at the threshold min_members"),
        ("as_of = 2026-06-01", 'as_of = "June"', "as_of is a date or YYYY-MM"),
        ('company = "c1"', 'firm = "c1"', "firm is not returned"),
        ("min_members = 2", "min_people = 2", "min_people is no parameter"),
    ],
)
def test_an_incomplete_case_file_is_refused(tmp_path: Path, old: str, new: str, said: str) -> None:
    (tmp_path / "cases.toml").write_text(CASES.replace(old, new), "utf-8")
    with pytest.raises(DetectorError) as caught:
        read_cases(tmp_path / "cases.toml", _detector())
    assert said in str(caught.value)
