"""Source declarations: all that are shipped, and what is said of a wrong one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from doudi.graph.errors import SourceError
from doudi.loaders.declare import read_sources
from doudi.loaders.rehearse import rehearse
from doudi.loaders.source import sources

if TYPE_CHECKING:
    from pathlib import Path

GOOD = """
[source]
slug = "tobacco"
title = { zh = "烟草零售许可", en = "tobacco retail licence" }
publisher = "烟草专卖"
cadence = "quarterly"
nature = "register"
key = ["licence_no"]
key_kind = "id"
[columns]
licence_no = { zh = "许可证号", type = "str", role = "key" }
holder_id = { zh = "持有人证件号", type = "id18", role = "main" }
[[link]]
type = "LEGAL_REP_OF"
from = { label = "Person", id = "holder_id" }
to = { label = "Company", id = "licence_no" }
"""


def test_every_shipped_source_is_sound() -> None:
    found = sources()
    assert rehearse(found.values()) == []
    assert len(found) >= 45
    assert all(source.title["zh"] and source.title["en"] for source in found.values())
    assert all(source.blocks or source.rows_table for source in found.values())


def test_a_source_has_the_name_of_its_file() -> None:
    assert [source.slug for source in sources().values()] == list(sources())


def test_no_source_of_that_name_is_a_key_error() -> None:
    assert "tobacco" not in sources()
    with pytest.raises(KeyError):
        sources()["tobacco"]


def test_no_shipped_source_stores_a_clear_identifier() -> None:
    for source in sources().values():
        for column in source.columns.values():
            if column.name.endswith(("_hash", "phone", "plate", "address", "cert_no")):
                told = (
                    column.personal
                    or column.name == "child_cert_no"
                    or source.slug == "marriage_registration"
                )
                assert told, f"{source.slug}.{column.name}"


def test_a_good_one_is_read() -> None:
    assert read_sources([("tobacco.toml", GOOD)])["tobacco"].columns["holder_id"].role == "main"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"LEGAL_REP_OF"', '"LEGAL_REP"', "unknown relation 'LEGAL_REP'"),
        (
            'label = "Company"',
            'label = "Firm"',
            "joins Person-Firm; LEGAL_REP_OF joins Person-Company",
        ),
        ('type = "id18"', 'type = "id81"', "did you mean id18"),
        ('"licence_no" }', '"licence_nr" }', "licence_nr"),
        ('role = "main"', 'role = "major"', "role 'major'"),
        ('key = ["licence_no"]', 'key = ["licence"]', "did you mean licence_no"),
        ('nature = "register"', 'nature = "thing"', "nature is 'thing'"),
        ('cadence = "quarterly"', 'cadense = "quarterly"', "did you mean cadence"),
        ("title = {", "title = ", "tobacco.toml"),
        ('type = "id18", role', 'type = "hash", role', "whether of a phone or an account"),
    ],
)
def test_a_wrong_one_says_what_and_offers_the_nearest(old: str, new: str, said: str) -> None:
    with pytest.raises(SourceError) as caught:
        read_sources([("tobacco.toml", GOOD.replace(old, new))])
    assert said in str(caught.value)


def test_an_expression_that_cannot_be_worked_out_is_placed_in_either_language() -> None:
    with pytest.raises(SourceError) as caught:
        read_sources([("tobacco.toml", GOOD + 'set.name_token = "no_such_column"\n')])
    zh, en = caught.value.message
    assert zh.startswith("sources/tobacco.toml：LEGAL_REP_OF：")
    assert en.startswith("sources/tobacco.toml: LEGAL_REP_OF: ")


def test_a_file_that_is_not_utf8_is_told_with_the_problems_of_the_others() -> None:
    gbk = GOOD.replace("holder_id", "持证人").encode("gbk")
    with pytest.raises(SourceError, match=r"one\.toml: the encoding is not UTF-8; two\.toml: "):
        read_sources([("one.toml", gbk), ("two.toml", "no toml")])


def test_a_property_that_the_schema_lacks_is_said_with_the_nearest() -> None:
    with pytest.raises(SourceError, match="sets 'nametoken', did you mean name_token"):
        read_sources([("tobacco.toml", GOOD + 'set.nametoken = "holder_id"\n')])


def test_all_problems_of_all_files_are_told_at_once() -> None:
    bad = GOOD.replace('type = "id18"', 'type = "x"').replace('"LEGAL_REP_OF"', '"Y"')
    with pytest.raises(SourceError) as caught:
        read_sources([("one.toml", bad), ("two.toml", "no toml")])
    text = str(caught.value)
    assert text.count("one.toml") == 2
    assert "two.toml" in text


def test_a_folder_of_ones_own_replaces_a_shipped_source(tmp_path: Path) -> None:
    (tmp_path / "area_code_history.toml").write_text(
        GOOD.replace("tobacco", "area_code_history", 1), "utf-8"
    )
    assert "holder_id" in sources(tmp_path)["area_code_history"].columns
    assert "holder_id" not in sources()["area_code_history"].columns


def test_companions_of_numbers_are_known_by_name() -> None:
    found = sources()
    assert found["marriage_registration"].companion("wife_id", "name") == "wife_name"
    assert found["dibao_member_register"].companion("person_id", "birth_date") == "birth_date"
