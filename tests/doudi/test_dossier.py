"""A lead's page: nine parts that let a person defend it, in one file that loads nothing."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from doudi.console import Console
from doudi.dossier import _clearing_titles, _section, render, write_report
from doudi.graph.errors import HomeError
from doudi.home import Home
from doudi.queries import records
from doudi.stages import Line
from doudi.workspace import Workspace
from tests.doudi.conftest import number

if TYPE_CHECKING:
    from doudi.graph.errors import Lang

pytestmark = pytest.mark.neo4j

ID_NUMBER = re.compile(
    r"(?<!\d)\d{6}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?!\d)"
)
CHINESE = re.compile(r"[\u4e00-\u9fff]+")
LANGS: tuple[Lang, Lang] = ("zh", "en")
FILLED = {"paid": "#1f5f8b", "fact": "#b5651d"}


@pytest.fixture(scope="module")
def home(detected: Path, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A small home with one lead."""
    copy = shutil.copytree(detected, tmp_path_factory.mktemp("dossier") / "home")
    return Home.open(Path(copy))[0]


@pytest.fixture(scope="module")
def pages(home: Home) -> dict[Lang, str]:
    """The page of the lead, in both languages."""
    (lead_id,) = pd.read_parquet(home.latest("leads.parquet"))["lead_id"]
    return {lang: written(home, lang, lead_id) for lang in LANGS}


def written(home: Home, lang: Lang, lead_id: str) -> str:
    return write_report(Line(home, Console(lang=lang)), lead_id=lead_id).read_text("utf-8")


def part(page: str, title: str) -> str:
    """What stands under a heading."""
    found = re.search(rf"<h3>{re.escape(title)}</h3>(.*?)(?=<h3>|</section>)", page, re.DOTALL)
    assert found, title
    return unescape(found[1]).strip()


def items(text: str) -> list[str]:
    return re.findall(r"<li>(.*?)</li>", text)


def test_who_and_what_contradicts_what_stand_first(pages: dict[Lang, str]) -> None:
    text = pages["en"]
    top = text.split("<section ")[1].split("<h3>")[0]
    assert " · D1 " in top
    assert "household D1: E15" in top
    (sentence,) = items(top)
    assert sentence.startswith("E15 ")
    assert "car" in sentence


def test_both_sides_are_told(pages: dict[Lang, str]) -> None:
    text = pages["en"]
    assert re.search(r"Both sides: \S+", text)
    assert '<span class="tag error">error</span>' in text
    assert '<span class="tag error">防错</span>' in pages["zh"]


def test_paid_months_stand_above_the_months_of_the_fact(pages: dict[Lang, str]) -> None:
    strip = part(pages["en"], "Month by month")
    assert 'class="months"' in strip
    assert strip.count(f'fill="{FILLED["paid"]}"') == 3  # 2025-11, 2025-12, 2026-01
    assert strip.count(f'fill="{FILLED["fact"]}"') == 7  # owned since 2025-06: from the month after
    assert "paid" in strip
    assert "E15" in strip


def test_the_path_is_a_picture_from_the_household_to_the_fact(pages: dict[Lang, str]) -> None:
    picture = part(pages["en"], "Path")
    assert 'class="path"' in picture
    for word in ("Household", "Benefit", "Person", "Vehicle", "OWNS", "BELONGS_TO", "D1"):
        assert f">{word}</text>" in picture


def test_a_household_and_its_benefit_are_two_dots_though_they_share_an_id(
    pages: dict[Lang, str],
) -> None:
    picture = part(pages["en"], "Path")
    dots = re.findall(r'<circle cx="([\d.]+)" cy="([\d.]+)"', picture)
    assert len(set(dots)) == len(dots) == 4
    assert picture.count(">D1</text>") == 2
    ends = re.findall(r'<line x1="([\d.]+)" y1="([\d.]+)" x2="([\d.]+)" y2="([\d.]+)"', picture)
    assert len(ends) == picture.count("<line ") > 0
    for x1, y1, x2, y2 in ends:
        assert (x1, y1) != (x2, y2)
        assert {(x1, y1), (x2, y2)} <= set(dots)


def test_every_relation_names_its_source_batch_and_line(pages: dict[Lang, str]) -> None:
    rows = part(pages["en"], "Source rows").split("<tr>")[2:]
    (owns,) = [row for row in rows if "<td>OWNS</td>" in row]
    assert "<td>vehicle_registration</td><td>2026-01:2</td>" in owns
    assert "2025-06-01 – …" in owns
    assert all(re.search(r"<td>[\w./-]+</td><td>[^<]*\d</td>", row) for row in rows)


def test_what_was_checked_and_ruled_out_is_named(pages: dict[Lang, str]) -> None:
    checked = part(pages["en"], "Innocent explanations checked")
    assert "X02 gone, the register is stale; " in checked
    assert "X18 below the smallest exposure" in checked
    assert "X02 已处置而登记未变；" in part(pages["zh"], "已核对的无辜解释")


def test_a_hit_that_was_cleared_stays_on_the_page_with_its_explanation(home: Home) -> None:
    workspace = Workspace(home.path, lang="en")
    lead = workspace.lead(workspace.leads()["lead_id"].iloc[0])
    hit = lead.hit_rows.iloc[[0]]
    found = json.loads(hit["evidence"].iloc[0])
    found["clearing"] = [{"code": "X02", "months": 3, "reasons": {}}]
    cleared = hit.assign(cleared=True, evidence=json.dumps(found))
    both = replace(lead, hit_rows=pd.concat([lead.hit_rows, cleared]))
    section = _section(both, _clearing_titles(workspace))
    (sentence,) = section.ruled_out
    assert sentence.startswith("E15 cleared (X02 gone, the register is stale): ")
    assert sentence in unescape(render(workspace, [], [section]))


def test_what_is_unknown_and_what_to_ask_are_told(pages: dict[Lang, str]) -> None:
    text = pages["en"]
    assert not CHINESE.search(part(text, "Not known"))
    for unknown in items(part(pages["zh"], "尚不知道")):
        assert CHINESE.search(unknown)
    assert len(items(part(text, "Not known"))) == len(items(part(pages["zh"], "尚不知道"))) > 0
    (question,) = items(part(text, "Ask at the door"))
    assert question.endswith("?")
    assert items(part(pages["zh"], "上门要问"))[0].endswith("？")


@pytest.mark.parametrize("lang", LANGS)
def test_a_page_loads_nothing_and_names_nobody(pages: dict[Lang, str], lang: Lang) -> None:
    text = pages[lang]
    assert f'<html lang="{lang}">' in text
    assert not re.search(r'(?:src|href)=(?!"#)', text)
    assert "@import" not in text
    assert "url(http" not in text
    assert set(re.findall(r"https?://[^\s\"'<]+", text)) <= {"http://www.w3.org/2000/svg"}
    assert "<script" not in text
    assert not ID_NUMBER.search(text)
    assert number(1) not in text
    assert "王甲" not in text


def test_an_english_page_has_its_own_words_in_english(pages: dict[Lang, str]) -> None:
    text = pages["en"]
    for title in re.findall(r"<h[123]>(.*?)</h[123]>|<th[^>]*>(.*?)</th>", text):
        assert not CHINESE.search("".join(title))
    assert not CHINESE.search(part(text, "Ask at the door"))
    assert not CHINESE.search(re.sub(r"<td>.*?</td>", "", part(text, "Path")))


@pytest.mark.parametrize("lang", LANGS)
def test_whom_to_visit_is_told_in_the_language_of_the_page(
    home: Home, tmp_path: Path, lang: Lang
) -> None:
    own: dict[str, object] = {
        "rank": 1,
        "household_id": "H1",
        "township": "539901001000",
        "reasons": ["大病人数"],
    }
    both = {"reasons_zh": ["大病人数"], "reasons_en": ["people severely ill"]}
    table = ranked_page(home, tmp_path / "both", own | both, lang)
    assert (both[f"reasons_{lang}"][0] in table, "H1" in table) == (True, True)
    assert bool(CHINESE.search(table)) == (lang == "zh")
    assert "大病人数" in ranked_page(home, tmp_path / "earlier", own, lang)


def ranked_page(home: Home, folder: Path, row: dict[str, object], lang: Lang) -> str:
    """The table of whom to visit, on a page of a home that has ranked one household."""
    shutil.copytree(home.path, folder)
    run = folder / "runs" / "20991231T000000000Z-rank"
    run.mkdir()
    (run / "receipt.json").write_text("{}", "utf-8")
    pd.DataFrame([row]).to_parquet(run / "ranking.parquet")
    workspace = Workspace(folder, lang=lang)
    leads = records(workspace.leads())
    page = render(workspace, leads * 2, [])
    return page.rsplit("<h3>", 1)[1]


def test_a_page_that_cannot_be_written_names_the_file_and_what_to_do(home: Home) -> None:
    out = home.path / "doudi.toml" / "page.html"  # inside a file
    with pytest.raises(HomeError, match="the report cannot be written") as error:
        write_report(Line(home, Console(lang="en")), out=out)
    assert error.value.where == str(out)
    assert "--out" in error.value.next_step
