"""What goes wrong is told in the language asked for; so are the units of a page."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest

from doudi.cli import _in_chinese
from doudi.console import Console
from doudi.detectors.catalogue import catalogue
from doudi.dossier import _parameter
from doudi.graph.errors import HomeError, SchemaError
from doudi.graph.tables import FactStore
from doudi.home import Home
from doudi.policy.defaults import defaults
from doudi.stages import Line
from doudi.words import UNITS, unit
from tests.doudi.conftest import delivery, payments, registers

if TYPE_CHECKING:
    from pathlib import Path

    from doudi.graph.errors import Lang
    from tests.doudi.conftest import Clerk

CHINESE = re.compile(r"[\u4e00-\u9fff]")
ENGLISH = re.compile(
    r"(?<![\w./-])(a|and|are|did|expected|is|it|known|next|no|not|of|or|the|to)(?![\w./-])"
)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home that knows of payments up to 2026-01."""
    folder = tmp_path_factory.mktemp("office")
    files = registers() | payments("2025-12", "2026-01")
    home, _ = Home.open(folder / "home")
    Line(home, Console()).load([delivery(folder / "2026-01", files)])
    return home.path


@pytest.fixture
def reader(clerk: Clerk, office: Path) -> Clerk:
    """The clerk of that office, who reads Chinese."""
    shutil.copytree(office, clerk.home)
    clerk.patch.setenv("DOUDI_LANG", "zh")
    return clerk


@pytest.mark.parametrize(
    ("words", "parts"),
    [
        ("detct", ["没有命令“detct”", "下一步：doudi --help"]),
        ("leads show", ["缺少 lead_id", "下一步：doudi leads show --help"]),
        ("leads list --limit 0", ["--limit 应不小于 1"]),
        ("leads list --limt 3", ["没有选项 --limt（相近：--limit）"]),
        ("leads list --state nix", ["不认识的状态“nix”", "应为：", "下一步："]),
        ("leads list --direction up", ["“up”", "应为：error、leak 之一", "下一步：改写方向"]),
        ("init --lang fr", ["--lang：不认识的语言“fr”", "应为：en、zh 之一", "下一步：写 --lang"]),
        ("leads decide L9 go", ["没有线索“L9”", "应为：", "下一步：用 `doudi leads list`"]),
        ("load nowhere", ["没有这个数据批次文件夹：nowhere", "应为：存放", "下一步：核对"]),
        ("synth out --size XL", ["--size：不认识的规模“XL”", "应为：L（名称相近）"]),
        ("detect --as-of June", ["--as-of：“June”不是月份", "应为：YYYY-MM", "下一步：改写"]),
        ("detect --as-of 2031-01", ["晚于最后一个已报送的月份", "应为：2026-01 或更早"]),
        ("detect --detector E99", ["不认识的规则“E99”", "应为：", "下一步：规则见"]),
        ("rank --capacity 0", ["既不是户数，也不是文件", "应为：大于 0 的整数", "下一步："]),
        ("policy show dibao.std", ["不认识的参数", "名称相近", "下一步：用 doudi policy show"]),
        ("policy diff dibao.std_month_rural=much", ["不是参数变动", "应为：参数名=数值"]),
        ("receipt replay H9", ["没有命中或线索 H9", "下一步：用 doudi leads list"]),
        ("cypher RETURN_1 --neo4j foo://x", ["不是 Neo4j 服务器的地址（协议未知）", "应为："]),
    ],
)
def test_what_is_typed_wrongly_is_told_in_chinese(
    reader: Clerk, words: str, parts: list[str]
) -> None:
    said = reader.types(*words.split())
    assert said.code in {1, 2}
    (message,) = [line for line in said.err.splitlines() if line.startswith("出错：")]
    assert all(part in message for part in parts), message
    assert not ENGLISH.search(message.replace(str(reader.folder), "")), message


@pytest.mark.parametrize(
    ("file", "text", "parts"),
    [
        ("doudi.toml", "capacity = 0\n", ["capacity：应大于 0", "下一步：改正该文件"]),
        ("doudi.toml", "size = 1\n", ["size：没有这项设置"]),
        ("doudi.toml", "capacity = inf\n", ["capacity：应为有限的数"]),
        ("doudi.toml", "lang zh\n", ["TOML 语法有误（第 1 行第 6 列）", "下一步：改正该文件"]),
        ("sources/x.toml", "[source]\nslug = 'x'\n", ["sources/x.toml：缺少 title", "应为："]),
        (
            "sources/x.toml",
            "[sauce]\n",
            ["sources/x.toml：文件中有不认识的“sauce”，应为 source（名称相近）"],
        ),
        ("detectors/leak/l91.cypher", "x\n", ["第 1 行：第一行不是", "下一步：改正该文件"]),
    ],
)
def test_a_wrong_file_is_told_in_chinese(
    reader: Clerk, file: str, text: str, parts: list[str]
) -> None:
    (reader.home / file).parent.mkdir(parents=True, exist_ok=True)
    (reader.home / file).write_text(text, "utf-8")
    delivered = delivery(reader.folder / "2026-02", payments("2026-02"))
    command = ["detect"] if file.startswith("detectors") else ["load", delivered]
    said = reader.types(*command)
    assert said.code in {1, 2}
    assert said.has("出错", *parts), said.err
    assert not ENGLISH.search(said.err.replace(str(reader.folder), "")), said.err


@pytest.mark.parametrize(
    "file",
    ["doudi.toml", "sources/x.toml", "detectors/leak/l91.cypher", "detectors/clearing/x.cypher"],
)
@pytest.mark.parametrize(
    ("lang", "parts"),
    [
        ("zh", ["：编码不是 UTF-8；应为：", "；下一步："]),
        ("en", [": the encoding is not UTF-8; expected: ", "; next: "]),
    ],
)
def test_a_file_that_is_not_utf8_is_named(
    reader: Clerk, file: str, lang: str, parts: list[str]
) -> None:
    (reader.home / file).parent.mkdir(parents=True, exist_ok=True)
    (reader.home / file).write_bytes("# 主目录\n".encode("gbk"))
    delivered = delivery(reader.folder / "2026-02", payments("2026-02"))
    command = ["detect"] if file.startswith("detectors") else ["load", delivered]
    said = reader.types(*command, "--lang", lang)
    assert said.code == (2 if file == "doudi.toml" else 1)
    assert said.has(file, *parts), said.err
    assert not (reader.home / "crash.log").exists()


@pytest.mark.parametrize(
    ("lang", "found", "parts"),
    [
        ("zh", "出错：DOUDI_NEO4J：内容不是小节（表）", ["；应为：JSON", "；下一步：删除该变量"]),
        (
            "en",
            "error: DOUDI_NEO4J: it holds no table",
            ["; expected: a JSON", "; next: remove it"],
        ),
    ],
)
def test_a_variable_that_holds_no_table_is_named(
    clerk: Clerk, lang: str, found: str, parts: list[str]
) -> None:
    clerk.patch.setenv("DOUDI_LANG", lang)
    clerk.patch.setenv("DOUDI_NEO4J", "abc")
    said = clerk.types("doctor")
    assert said.code == 2
    assert said.err.startswith(found)
    assert said.has(*parts, "DOUDI_NEO4J_*"), said.err


def test_a_wrong_option_of_any_kind_keeps_what_is_wrong_about_it() -> None:
    said = "Invalid value for '--share': 'x' is not a valid float."
    assert _in_chinese(said) == "--share 的内容不对：'x' is not a valid float."


def test_what_cannot_be_written_says_why_and_what_to_check() -> None:
    zh, en = HomeError.unwritten(OSError(28, "No space left on device"), "out").message
    assert zh.startswith("out：无法写入（No space left on device）；应为：")
    assert en.startswith("out: cannot be written (No space left on device); expected: ")
    assert "下一步：检查" in zh
    assert "next: check" in en


def test_a_table_of_facts_is_named_in_either_language(tmp_path: Path) -> None:
    with pytest.raises(SchemaError) as caught:
        FactStore(tmp_path).append_nodes("Person", pa.table({"age": [1]}), seq=1, source="hukou")
    zh, en = caught.value.message
    assert zh.startswith("Person（hukou）：不认识的列 age；")
    assert en.startswith("Person of hukou: unknown column age; ")


def test_a_receipt_says_its_messages_in_the_language_asked_for(reader: Clerk) -> None:
    (zh,) = reader.types("leads", "show", "L9", "--json").receipt["messages"]
    (en,) = reader.types("leads", "show", "L9", "--json", "--lang", "en").receipt["messages"]
    assert "下一步：doudi detect" in zh
    assert "next: doudi detect" in en


def test_a_stopped_feed_is_told_in_either_language(reader: Clerk) -> None:
    folder = delivery(reader.folder / "2026-02", {"marriage_registration.csv": "shoe_size\n1\n"})
    (zh,) = reader.types("load", folder, "--json").receipt["messages"]
    (en,) = reader.types("load", folder, "--json", "--lang", "en").receipt["messages"]
    assert zh.startswith("2026-02/marriage_registration.csv：第一行不是表头；应为：")
    assert en.startswith("2026-02/marriage_registration.csv: the first row is no header; expected:")


@pytest.mark.parametrize(("lang", "title"), [("en", "error: "), ("zh", "出错：")])
def test_an_error_speaks_the_language_of_the_home(clerk: Clerk, lang: str, title: str) -> None:
    clerk.patch.delenv("DOUDI_LANG")
    clerk.home.mkdir()
    (clerk.home / "doudi.toml").write_text(f'lang = "{lang}"\n', "utf-8")
    assert clerk.types("leads", "decide", "L9", "go").err.startswith(title)


def test_every_unit_of_a_parameter_has_a_chinese_name() -> None:
    known = catalogue()
    units = {param.unit for detector in known.detectors for param in detector.params}
    units |= {param.unit for check in known.clearing.values() for param in check.params}
    units |= {default.unit for default in defaults().values()}
    assert [one for one in sorted(units) if not CHINESE.search(unit(one, zh=True))] == []
    assert unit("bottles", zh=True) == "bottles"


def test_a_number_that_stands_for_a_word_is_followed_by_brackets() -> None:
    explained = [unit(one, zh=True) for one in UNITS if one.startswith("0")]
    assert explained
    assert [one for one in explained if (one[0], one[-1]) != ("（", "）")] == []


@pytest.mark.parametrize(("lang", "counted"), [("zh", "570 元/月"), ("en", "570 CNY/month")])
def test_a_page_shows_the_unit_in_its_language(lang: Lang, counted: str) -> None:
    given = {"name": "std", "value": 570, "unit": "CNY/month", "policy": "dibao.std"}
    assert _parameter(given, lang) == f"std = {counted} (dibao.std)"
