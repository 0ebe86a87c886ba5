"""The data steward's view: what is declared, and what a delivery would do, without doing it."""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from doudi.source_page import render
from tests.doudi.conftest import delivery, number, payments, registers

if TYPE_CHECKING:
    from tests.doudi.conftest import Clerk

PAGE = Path(__file__).parents[2] / "docs" / "sources.md"
COUNTS = (
    "rows_in",
    "loaded",
    "quarantined",
    "duplicates",
    "repaired",
    "facts",
    "reasons",
    "control",
    "absent",
)
OWN = """
[source]
slug = "tobacco_retail_licence"
title = { zh = "烟草零售许可", en = "tobacco retail licence" }
publisher = "烟草专卖"
cadence = "quarterly"
nature = "register"
key = ["licence_no"]
key_kind = "id"
[columns]
licence_no = { zh = "许可证号", type = "str", role = "key" }
"""


def tree(folder: Path) -> dict[str, str]:
    """Every file and folder below one, with the sum of its bytes."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        if path.is_file()
        else ""
        for path in sorted(folder.rglob("*"))
    }


def dirty(month: str) -> dict[str, str | bytes]:
    """A delivery that is wrong in many ways: refused rows, doubles, a number that a name restores."""
    files: dict[str, str | bytes] = {**registers(), **payments(month, month, "2025-13")}
    wrong = number(1)[:17] + ("0" if number(1)[17] != "0" else "1")
    members = files["dibao_member_register.csv"]
    assert isinstance(members, str)
    files["dibao_member_register.csv"] = members + f"D1,{number(2)[:-1]},李乙,子,是,2025-01-01\n"
    files["vehicle_registration.csv"] = (
        "plate,vin,owner_id,owner_name,status\n"
        f"测A00001,LTESTTEST00000001,{wrong},王甲,正常\n测A00002,LTESTTEST00000002,{number(3)},,正常\n"
    )
    files["hukou_population.csv"] = "who,knows\n1,2\n"
    files["no_such_type.csv"] = "a,b\n1,2\n"
    files["scan.pdf"] = b"%PDF"
    return files


TOTALS = "[control.one_card_payment]\nrows = 99\namount = 900\n"


@pytest.mark.parametrize("is_known", [False, True], ids=["new home", "home with people"])
def test_a_check_says_what_the_load_then_does(clerk: Clerk, *, is_known: bool) -> None:
    if is_known:
        clerk.loads("2026-01", {**registers(), **payments("2025-12", "2026-01")})
    folder = delivery(clerk.folder / "2026-02", dirty("2026-02"), TOTALS)
    checked = clerk.types("sources", "check", folder, "--json")
    loaded = clerk.types("load", folder, "--json")
    assert checked.code == loaded.code == 3
    found = {file["file"]: file for file in checked.receipt["files"]}
    for file in loaded.receipt["files"]:
        assert {n: found[file["file"]][n] for n in COUNTS} == {n: file[n] for n in COUNTS}
    assert sum(file["repaired"] for file in loaded.receipt["files"]) == 1
    assert sum(file["duplicates"] for file in loaded.receipt["files"]) == 1
    assert sum(file["quarantined"] for file in loaded.receipt["files"]) > 1
    assert checked.receipt["messages"] == loaded.receipt["messages"]
    assert set(checked.receipt["stopped"]) == {"hukou_population", "no_such_type"}


def test_a_check_changes_no_file_of_the_home(clerk: Clerk) -> None:
    clerk.loads("2026-01", {**registers(), **payments("2025-12", "2026-01")})
    before = tree(clerk.home)
    folder = delivery(clerk.folder / "2026-02", dirty("2026-02"))
    assert clerk.types("sources", "check", folder).code == 3
    assert tree(clerk.home) == before


@pytest.mark.parametrize(
    "words",
    [("sources", "list"), ("sources", "show", "shareholders"), ("feeds",)],
    ids=["list", "show", "feeds"],
)
def test_looking_makes_no_home(clerk: Clerk, words: tuple[str, ...]) -> None:
    clerk.types(*words)
    assert not clerk.home.exists()


def test_a_check_makes_no_home(clerk: Clerk) -> None:
    said = clerk.types("sources", "check", delivery(clerk.folder / "2026-02", registers()))
    assert said.code == 0
    assert "nothing was written" in said.out
    assert not clerk.home.exists()


def test_a_check_names_every_column(clerk: Clerk) -> None:
    text = "车辆识别代号,所有人身份证号,价格(万元),品牌,号牌号吗\nV1,,9,红旗,测A1\n"
    folder = delivery(
        clerk.folder / "2026-02", {"vehicle_registration.csv": text.encode("gb18030")}
    )
    said = clerk.types("sources", "check", folder, "--json")
    (file,) = said.receipt["files"]
    assert said.code == 3
    assert (file["format"], file["encoding"]) == ("csv", "GB18030")
    mapped = {m["header"]: (m["name"], m["unit"], m["unit_from"]) for m in file["mapped"]}
    assert mapped["价格(万元)"] == ("price", "万元", "header")
    assert mapped["品牌"] == ("brand", "", "")
    assert file["unknown"] == ["unknown column '号牌号吗', did you mean 号牌号码?"]
    assert "status" in file["absent"]
    assert "rows_in" not in file


def test_a_check_says_what_would_change(clerk: Clerk) -> None:
    clerk.loads("2026-01", registers())
    row = "测A00009,LTESTTEST00000009," + number(2) + ",小型轿车,非营运,2025-06-01,正常,90000\n"
    files = registers()
    head = files["vehicle_registration.csv"].splitlines(keepends=True)[0]
    files["vehicle_registration.csv"] = head + row
    said = clerk.types("sources", "check", delivery(clerk.folder / "2026-02", files), "--json")
    feeds = {feed["source"]: feed for feed in said.receipt["feeds"]}
    counts = [feeds["vehicle_registration"][n] for n in ("mode", "known", "new", "unlisted")]
    assert counts == ["snapshot", 1, 1, 1]
    assert feeds["dibao_household_register"]["new"] == 0


def test_a_check_tells_how_each_file_is_written(clerk: Clerk) -> None:
    text = payments("2026-01")["one_card_payment.csv"]
    files: dict[str, str | bytes] = {
        "one_card_payment.part1.csv": b"\xef\xbb\xbf" + text.encode(),
        "one_card_payment.part2.csv.gz": gzip.compress(text.replace("测", "城").encode("gb18030")),
        "one_card_payment.part3.tsv": text.replace(",", "\t"),
    }
    said = clerk.types("sources", "check", delivery(clerk.folder / "2026-01", files), "--json")
    found = [(file["format"], file["encoding"]) for file in said.receipt["files"]]
    assert found == [("csv", "UTF-8 BOM"), ("csv.gz", "GB18030"), ("tsv", "UTF-8")]
    assert [file["duplicates"] for file in said.receipt["files"]] == [0, 1, 1]


def test_a_file_that_cannot_be_read_is_told_and_the_others_are_looked_at(clerk: Clerk) -> None:
    files: dict[str, str | bytes] = {**registers(), "hukou_population.xlsx": b"no workbook"}
    said = clerk.types("sources", "check", delivery(clerk.folder / "2026-01", files), "--json")
    assert said.code == 3
    assert set(said.receipt["stopped"]) == {"hukou_population"}
    assert "hukou_population.xlsx" in {file["file"] for file in said.receipt["files"]}
    assert sum("rows_in" in file for file in said.receipt["files"]) == 3
    assert "stopped" in clerk.types("sources", "check", clerk.folder / "2026-01").out


def test_a_check_of_no_folder_is_wrong_use(clerk: Clerk) -> None:
    assert clerk.types("sources", "check", clerk.folder / "nothing").code == 2
    assert not clerk.home.exists()


def listed(clerk: Clerk, *words: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = clerk.types("sources", "list", *words, "--json").receipt[
        "sources"
    ]
    return found


def test_a_list_is_narrowed_by_department_and_word(clerk: Clerk) -> None:
    assert len(listed(clerk)) > 40
    assert {s["department"]["zh"] for s in listed(clerk, "--department", "公安")} == {"公安"}
    assert {s["department"]["en"] for s in listed(clerk, "--department", "security")} >= {
        "Public Security"
    }
    assert [s["slug"] for s in listed(clerk, "车辆保险")] == ["vehicle_insurance"]
    said = clerk.types("sources", "list", "--department", "公按")
    assert said.code == 2
    assert said.has("公安")


def test_a_list_says_when_each_came_last(clerk: Clerk) -> None:
    clerk.loads("2026-01", registers())
    clerk.loads("2026-02", {"vehicle_registration.csv": registers()["vehicle_registration.csv"]})
    found = {s["slug"]: (s["last"], s["age_days"]) for s in listed(clerk)}
    assert found["vehicle_registration"] == ("2026-03-05", 0)
    assert found["dibao_member_register"] == ("2026-02-05", 28)
    assert found["shareholders"] == (None, None)
    assert "机动车登记" in clerk.types("sources", "list").out


def test_a_source_tells_a_steward_everything(clerk: Clerk) -> None:
    told = clerk.types("sources", "show", "vehicle_insurance", "--json").receipt["source"]
    assert told["title"]["zh"] == "车辆保险"
    assert told["detectors"] == {"E16": 75}
    assert told["clearing"] == {"X02": 75}
    assert {"fact": "Person -PAYS_FOR-> Vehicle", "zh": "付费"} in told["facts"]
    assert told["stale_after_days"] == told["greatest_age_days"] == 75
    premium = next(column for column in told["columns"] if column["name"] == "premium")
    assert (premium["headers"], premium["unit"]) == (["保费"], "CNY/year")
    page = clerk.types("sources", "show", "employee_social_insurance", "--lang", "zh").out
    for words in ("职工社保缴费", "人力资源和社会保障", "收入重算", "上门排序", "E10"):
        assert words in page


def test_what_is_sensitive_is_seen_with_a_purpose(clerk: Clerk) -> None:
    assert "stated purpose" in clerk.types("sources", "show", "disability_certificate").out


def test_a_wrong_slug_is_told_with_the_nearest(clerk: Clerk) -> None:
    said = clerk.types("sources", "show", "vehicle_insurence")
    assert said.code == 2
    assert said.has("vehicle_insurance")


def test_an_offices_own_source_is_listed(clerk: Clerk) -> None:
    (clerk.home / "sources").mkdir(parents=True)
    (clerk.home / "sources" / "tobacco_retail_licence.toml").write_text(OWN, "utf-8")
    (own,) = listed(clerk, "tobacco_retail_licence")
    assert own["department"] == {"zh": "烟草专卖", "en": "Tobacco Monopoly"}


@pytest.mark.checkout
def test_the_page_of_sources_is_current() -> None:
    assert PAGE.read_text("utf-8") == render(), "run: make docs"
