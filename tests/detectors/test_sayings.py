"""What a hit's sentence says: words of its own language, and numbers as people write them."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from doudi.detectors.cases import Case, read_cases
from doudi.detectors.catalogue import catalogue
from doudi.detectors.found import as_table
from doudi.detectors.months import next_month
from doudi.detectors.sayings import CODES, ENGLISH, KIN, SIDES, said, sentence
from doudi.graph.kinship import __doc__ as kinship
from doudi.graph.schema import schema

if TYPE_CHECKING:
    from collections.abc import Iterable

    from doudi.detectors.header import Detector
    from doudi.graph.connection import Connection
    from doudi.graph.errors import Lang

HERE = Path(__file__).resolve().parent
DETECTORS = catalogue().detectors
PROGRAMMES = r"\((?:低保|特困|低保边缘|刚性支出|临时救助|残疾人两项补贴|高龄津贴|孤儿基本生活费)\)"
LATIN = re.compile(r"[A-Za-z]{4,}|\w*_\w*|\[|\]|\.0(?!\d)")
CHINESE = re.compile(r"[\u4e00-\u9fff]|\[|\]|\.0(?!\d)|[A-Z]_[A-Z]")


def rows_of(graph: Connection, detector: Detector, case: Case) -> list[dict[str, object]]:
    """What the detector returns for a case, as hits keep it."""
    graph.run("MATCH (n) DETACH DELETE n")
    graph.run(case.graph)
    given = {param.name: param.default for param in detector.params} | case.params
    given |= {"as_of": case.as_of, "as_of_end": next_month(case.as_of)}
    households = list(case.households) if case.households is not None else None
    rows = graph.read(detector.query, given | {"households": households})
    found: list[dict[str, object]] = as_table(rows, detector).to_pylist()
    return found


def strange(detector: Detector, row: dict[str, object], lang: Lang) -> Iterable[str]:
    """A sentence that shows a raw code or a word of the other language, ids left out."""
    ids = {n: "" for n in row if n.endswith("_id") or n in {"household", "benefit", "also_paid"}}
    text = sentence(detector.states.in_(lang), row | ids, lang)
    bare = re.sub(PROGRAMMES, "", text) if lang == "en" else text
    if (LATIN if lang == "zh" else CHINESE).search(bare):
        yield f"{detector.id}: {text}"


@pytest.mark.neo4j
@pytest.mark.parametrize("detector", DETECTORS, ids=[d.id for d in DETECTORS])
def test_a_hit_is_said_in_the_language_of_its_sentence(
    detector: Detector, empty_graph: Connection
) -> None:
    cases = [c for c in read_cases(HERE / f"{detector.stem}.toml", detector) if c.kind == "hit"]
    rows = [row for case in cases[:3] for row in rows_of(empty_graph, detector, case)]
    assert rows
    assert [s for row in rows for lang in ("zh", "en") for s in strange(detector, row, lang)] == []


@pytest.mark.parametrize(
    ("column", "value", "zh", "en"),
    [
        ("roles", ["SHAREHOLDER_OF", "EXEC_OF"], "持股、任职", "shareholder, officer"),
        ("roles", [], "—", "—"),
        ("tie", "OWNS", "拥有", "owns"),
        ("is_self_handled", False, "否", "no"),
        ("shock", "illness", "大病", "a severe illness"),
        ("side", "unknown", "账户登记人不详", "nobody is on record as its holder"),
        ("kin_path", "C", "子女", "child"),
        ("house_damage", "C", "C", "C"),
        ("kin_path", "PPC", "叔伯姑舅姨", "uncle or aunt"),
        ("kin_path", "SPP", "配偶的父母的父母", "spouse's parent's parent"),
        ("basis", "低保边缘", "低保边缘", "low-income edge (低保边缘)"),
        ("disease", "罕见病", "罕见病", "“罕见病”"),
        ("unit_id", "县农业农村局", "县农业农村局", "县农业农村局"),
        ("benefit", "dibao_household_register/D1", *["dibao_household_register/D1"] * 2),
        ("employees", None, "—", "—"),
        ("fact_from", date(2026, 6, 1), "2026-06-01", "2026-06-01"),
    ],
)
def test_a_value_is_said_in_both_languages(column: str, value: object, zh: str, en: str) -> None:
    assert (said(column, value, "zh"), said(column, value, "en")) == (zh, en)


@pytest.mark.parametrize(
    ("column", "value", "text"),
    [
        ("revenue_yuan", 3588000.0, "3,588,000"),
        ("wage_now_yuan", 0.0, "0"),
        ("wage_before_yuan", 3283.58, "3,283.58"),
        ("base_yuan", 100.0, "100"),
        ("share", 0.64, "0.64"),
        ("employees", 1200, "1,200"),
        ("ledger_year", 2025, "2025"),
        ("ledger_year", 2025.0, "2025"),
    ],
)
def test_a_number_has_its_thousands_apart_and_no_empty_decimals(
    column: str, value: float, text: str
) -> None:
    assert said(column, value, "zh") == said(column, value, "en") == text


def test_every_listed_word_is_in_its_own_language() -> None:
    words = [*CODES.values(), *SIDES.values(), *KIN.values()]
    assert [w.zh for w in words if LATIN.search(w.zh)] == []
    english = [*(w.en for w in words), *ENGLISH.values()]
    assert [en for en in english if CHINESE.search(re.sub(PROGRAMMES, "", en))] == []


@pytest.mark.parametrize(
    ("label", "column"),
    [
        ("Benefit", "programme"),
        ("DisabilityCert", "type"),
        ("Office", "role"),
        ("Vehicle", "status"),
    ],
)
def test_every_value_that_the_schema_lists_has_an_english_word(label: str, column: str) -> None:
    (meaning,) = (p.meaning for p in schema().node(label).properties if p.name == column)
    listed = set(re.findall(r"[\u4e00-\u9fff]+", meaning))
    assert listed
    assert listed <= set(ENGLISH)


def test_every_path_that_kinship_names_has_words_of_its_own() -> None:
    rows = [line for line in str(kinship).splitlines() if re.match(r"[PCS]+[ ,]", line)]
    named = {path for line in rows for path in re.findall(r"\b[PCS]{1,3}\b", line)}
    assert len(named) == 10
    assert named <= set(KIN)


def test_braces_around_another_name_stay() -> None:
    assert sentence("{a} {b}", {"a": 1}, "en") == "1 {b}"


def test_columns_stay_as_the_query_returned_them() -> None:
    (detector,) = (d for d in DETECTORS if d.id == "E22")
    rows = pd.DataFrame({"roles": [["EXEC_OF"]], "revenue_yuan": [90000.0]})
    (row,) = as_table(rows, detector).to_pylist()
    assert (row["roles"], row["revenue_yuan"]) == (["EXEC_OF"], 90000.0)
