"""Records of one person find each other by what they share, and never by a name alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from doudi.graph.errors import LinkError, UnknownName, UsageError
from doudi.linking.link import LinkSettings, link

if TYPE_CHECKING:
    from doudi.linking.link import Linked

SURNAMES = "王李张刘陈杨黄吴赵周"
GIVEN = "伟芳娜敏静强磊军洋勇艳杰娟涛明超霞平刚桂英华玉兰"
MANY = 10_000


def register(people: int = 400, seed: int = 1) -> dict[str, list[Any]]:
    """People with names, days of birth, sexes and villages, each once."""
    random = np.random.default_rng(seed)
    days = np.datetime64("1940-01-01") + random.integers(0, 25_000, people).astype("timedelta64[D]")
    signs = [random.choice(list(bank), people).tolist() for bank in (SURNAMES, GIVEN, GIVEN)]
    return {
        "id": list(range(people)),
        "name": ["".join(parts) for parts in zip(*signs, strict=True)],
        "birth": np.datetime_as_string(days).tolist(),
        "sex": random.choice(["男", "女"], people).tolist(),
        "area": [f"5399010010{village:02d}" for village in random.integers(0, 20, people)],
    }


ALL = LinkSettings(name="name", birth="birth", sex="sex", area="area", lang="en")


def twice(changed: dict[int, dict[str, Any]]) -> tuple[pa.Table, pa.Table]:
    """A register, and the same with other numbers and some cells written otherwise."""
    left = register()
    right = {name: list(column) for name, column in left.items()}
    for row, cells in changed.items():
        for name, value in cells.items():
            right[name][row] = value
    return pa.table(left), pa.table(right)


def partners(found: Linked, grade: str = "linked") -> set[tuple[Any, Any]]:
    rows = found.pairs.to_pylist()
    return {(row["left_id"], row["right_id"]) for row in rows if row["grade"] == grade}


def test_the_same_people_in_two_registers_find_each_other() -> None:
    left, right = twice({})
    found = link(left, right, settings=ALL)
    assert partners(found) == {(n, n) for n in range(400)}


def test_a_slip_in_one_column_does_not_part_a_person() -> None:
    people = register()
    changed: dict[int, dict[str, Any]] = {
        3: {"birth": None},
        5: {"birth": people["birth"][5][:4] + "年" + people["birth"][5][5:7] + "月" + "01日"},
        7: {"name": people["name"][7][0] + " " + people["name"][7][1:]},
        9: {"name": people["name"][9][:2]},
        11: {"area": None, "sex": None},
        13: {"area": "539902002001"},
    }
    found = link(*twice(changed), settings=ALL)
    # Without the same birth nothing but name, sex and area agrees: that is never sure.
    assert {(n, n) for n in (7, 9, 11, 13)} <= partners(found)
    assert {(3, 3), (5, 5)} <= partners(found, "possible")


def test_probabilities_say_their_grade_and_the_surest_come_first() -> None:
    found = link(*twice({3: {"birth": None}}), settings=ALL)
    probability = found.pairs["probability"].to_numpy()
    assert (np.diff(probability) <= 0).all()
    assert probability.min() >= 0.5
    linked = np.array(found.pairs["grade"].to_pylist()) == "linked"
    assert (linked == (probability >= 0.95)).all()


def test_reasons_say_what_was_compared_in_both_languages_and_no_value() -> None:
    left, right = twice({5: {"name": "王", "sex": None}})
    rows = link(left, right, settings=ALL).pairs.to_pylist()
    same = next(row for row in rows if row["left_id"] == row["right_id"] == 1)
    assert same["reasons"] == same["reasons_en"]
    assert same["reasons_en"] == [f"{what}: the same" for what in ("name", "birth", "sex", "area")]
    assert same["reasons_zh"] == [f"{what}：相同" for what in ("姓名", "出生", "性别", "地区")]
    said = "".join(word for row in rows for word in [*row["reasons_zh"], *row["reasons_en"]])
    values = {str(value) for name in ("name", "birth", "area") for value in left[name].to_pylist()}
    assert not any(value in said for value in values)


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"sex": [("男", "女")[n % 2] for n in range(MANY)]},
        {"area": [f"5399010010{n % 60:02d}" for n in range(MANY)]},
        {"sex": ["男"] * MANY, "area": [f"539901{n % 2_500:06d}" for n in range(MANY)]},
        {"birth": [str(1940 + n % 70) for n in range(MANY)]},
        {"birth": [None] * MANY},
    ],
    ids=["nothing", "sex", "area", "sex and many areas", "year", "no birth"],
)
@pytest.mark.parametrize("sides", [1, 2])
def test_ten_thousand_of_one_name_stay_ten_thousand(more: dict[str, list[Any]], sides: int) -> None:
    table = pa.table({"id": list(range(MANY)), "name": ["张伟"] * MANY, **more})
    table = table.cast(
        pa.schema([table.schema.field("id"), *((n, pa.string()) for n in table.column_names[1:])])
    )
    birth, sex, area = (kind if kind in more else "" for kind in ("birth", "sex", "area"))
    settings = LinkSettings(name="name", birth=birth, sex=sex, area=area)
    found = link(table, *([table] * (sides - 1)), settings=settings)
    assert partners(found) == set()
    assert len(set(found.clusters["cluster"].to_pylist())) == MANY * sides


@pytest.mark.parametrize("place", ["5399010010{:02d}", "{}号"], ids=["villages", "addresses"])
@pytest.mark.parametrize("sides", [1, 2])
def test_namesakes_in_a_register_of_others_stay_apart(place: str, sides: int) -> None:
    people, many = register(2_000), 3_000
    random = np.random.default_rng(6)
    table = {
        "name": [*people["name"], *["张伟"] * many],
        "birth": [*people["birth"], *[None] * many],
        "area": [*people["area"], *map(place.format, random.integers(0, 90, many))],
    }
    left = pa.table({"id": list(range(5_000)), **table})
    right = [pa.table({"id": list(range(5_000)), **table})] * (sides - 1)
    found = link(left, *right, settings=LinkSettings(name="name", birth="birth", area="area"))
    assert all(one < 2_000 and two < 2_000 for one, two in partners(found))
    if sides > 1:
        assert len(partners(found) & {(n, n) for n in range(2_000)}) > 1_950


def test_a_name_and_a_village_are_not_enough_but_an_address_is() -> None:
    people = register(4_000)
    fine = [f"{n // 2} 号" for n in range(4_000)]
    left = pa.table(
        {"id": people["id"], "name": people["name"], "village": people["area"], "home": fine}
    )
    coarse = link(left, left, settings=LinkSettings(name="name", area="village"))
    assert partners(coarse) == set()
    sure = link(left, left, settings=LinkSettings(name="name", area="home"))
    assert len(partners(sure) & {(n, n) for n in range(4_000)}) > 3_900


def test_rows_in_another_order_give_the_same() -> None:
    left, right = twice({n: {"birth": None} for n in range(0, 400, 7)})
    once = link(left, right, settings=ALL)
    random = np.random.default_rng(3)
    mixed = [side.take(pa.array(random.permutation(side.num_rows))) for side in (left, right)]
    again = link(*mixed, settings=ALL)
    assert again.pairs.equals(once.pairs)
    assert again.clusters.equals(once.clusters)


def test_duplicates_in_another_order_make_the_same_clusters() -> None:
    people = register(300)
    tripled = {name: [*column, *column, *column] for name, column in people.items()}
    tripled["id"] = list(range(900))
    tripled["name"][300:600] = [name[:2] for name in people["name"]]
    tripled["birth"][600:] = [f"{day[:4]}-01-01" for day in people["birth"]]
    tripled["home"] = [f"h{n % 300 // 3}" for n in range(900)]
    table = pa.table(tripled)
    settings = LinkSettings("id", "name", "birth", "sex", "area", "home")
    once = link(table, settings=settings)
    order = np.random.default_rng(8).permutation(900)
    again = link(table.take(pa.array(order)), settings=settings)
    assert again.pairs.equals(once.pairs)
    assert again.clusters.equals(once.clusters)
    assert len(set(once.clusters["cluster"].to_pylist())) < 500


def test_duplicates_in_one_table_share_the_smallest_identifier() -> None:
    people = register(300)
    more = {name: [*column, *column[:50], *column[:20]] for name, column in people.items()}
    more["id"] = [f"r{n:03d}" for n in range(370)]
    shuffled = pa.table(more).take(pa.array(np.random.default_rng(2).permutation(370)))
    found = link(shuffled, settings=ALL)
    clusters = dict(
        zip(*(found.clusters[name].to_pylist() for name in ("id", "cluster")), strict=True)
    )
    assert clusters["r300"] == clusters["r350"] == "r000"
    assert all(clusters[f"r{300 + n}"] == f"r{n:03d}" for n in range(50))
    assert len(set(clusters.values())) == 300
    assert all(row["left_id"] < row["right_id"] for row in found.pairs.to_pylist())


def test_with_two_tables_clusters_say_the_side() -> None:
    left, right = twice({})
    found = link(left.slice(0, 300), right.slice(100), settings=ALL)
    rows = {(r["side"], r["id"]): r["cluster"] for r in found.clusters.to_pylist()}
    assert len(rows) == 600
    assert rows["left", 200] == rows["right", 200] == "left:200"
    assert rows["left", 50] == "left:50"
    assert rows["right", 350] == "right:350"


def test_one_to_one_gives_each_record_its_best_partner_only() -> None:
    people = register(200)
    doubled = {name: [*column, *column] for name, column in people.items()}
    doubled["id"] = list(range(400))
    doubled["birth"] = [*people["birth"], *(f"{day[:-2]}28" for day in people["birth"])]
    left, right = pa.table(people), pa.table(doubled)
    free = link(left, right, settings=ALL)
    assert free.pairs.num_rows > 300
    single = link(
        left, right, settings=LinkSettings("id", "name", "birth", "sex", "area", one_to_one=True)
    )
    for side in ("left_id", "right_id"):
        ids = single.pairs[side].to_pylist()
        assert len(ids) == len(set(ids))
    assert {(n, n) for n in range(200)} <= partners(single)


def test_columns_may_be_joined_and_dates_be_dates() -> None:
    people = register()
    days = pa.array(people["birth"]).cast(pa.date32())
    parts = {"last": [n[0] for n in people["name"]], "first": [n[1:] for n in people["name"]]}
    table = pa.table({"id": people["id"], "born": days, **parts, "sex": people["sex"]})
    found = link(table, table, settings=LinkSettings(name="last+first", birth="born", sex="sex"))
    assert partners(found) == {(n, n) for n in range(400)}


def test_further_columns_count_when_they_are_the_same() -> None:
    people = register()
    phones = [f"1{n * 7_919 % 9_999_991:010d}" for n in range(400)]
    table = pa.table({"id": people["id"], "name": people["name"], "phone": phones})
    found = link(table, table, settings=LinkSettings(name="name", compare=("phone",), lang="en"))
    assert partners(found) == {(n, n) for n in range(400)}
    assert found.pairs["reasons"][0].as_py() == ["name: the same", "phone: the same"]


def test_a_relation_of_the_engine_is_taken_as_it_is() -> None:
    left, right = twice({})
    with duckdb.connect() as con:
        found = link(con.from_arrow(left), con.from_arrow(right), settings=ALL)
    assert partners(found) == {(n, n) for n in range(400)}


def test_identifiers_of_two_kinds_are_told_as_texts() -> None:
    left, right = twice({})
    right = right.set_column(0, "id", pa.array([f"x{n}" for n in range(400)]))
    found = link(left, right, settings=ALL)
    assert found.pairs.schema.field("left_id").type == pa.int64()
    assert found.pairs.schema.field("right_id").type == pa.string()
    assert found.clusters.schema.field("id").type == pa.string()


def test_a_column_in_which_nobody_tells_anything_changes_nothing() -> None:
    left, right = (side.append_column("x", pa.nulls(400, pa.string())) for side in twice({}))
    told = link(left, right, settings=ALL)
    with_empty = link(
        left, right, settings=LinkSettings("id", "name", "birth", "sex", "area", compare=("x",))
    )
    assert partners(with_empty) == partners(told)


def test_a_single_row_is_a_cluster_of_its_own() -> None:
    one = pa.table({"id": [1], "name": ["王伟"]})
    found = link(one, settings=LinkSettings(name="name"))
    assert found.clusters.to_pylist() == [{"id": 1, "cluster": 1}]
    assert found.pairs.num_rows == 0


WRONG = [
    (LinkSettings(), UsageError, "no column to compare"),
    (LinkSettings(household="area"), UsageError, "no column to compare"),
    (LinkSettings(name="nmae"), UnknownName, "did you mean name"),
    (LinkSettings(name="name", compare=("brith",)), UnknownName, "did you mean birth"),
    (LinkSettings(id="number", name="name"), UnknownName, "unknown column 'number'"),
    (LinkSettings(name="name", one_to_one=True), UsageError, "one table only"),
    (LinkSettings(id="sex", name="name"), LinkError, "repeat one"),
]


@pytest.mark.parametrize(("settings", "kind", "said"), WRONG, ids=[said for *_, said in WRONG])
def test_settings_that_cannot_be_are_refused(
    settings: LinkSettings, kind: type[Exception], said: str
) -> None:
    with pytest.raises(kind) as refused:
        link(pa.table(register(20)), settings=settings)
    assert said in str(refused.value)


def test_missing_identifiers_are_counted_and_none_is_told() -> None:
    table = pa.table({"id": ["secret", None, "secret"], "name": ["王伟", "李娜", "张敏"]})
    with pytest.raises(
        LinkError, match="of 3 rows 1 have no identifier and 1 repeat one"
    ) as refused:
        link(table, settings=LinkSettings(name="name"))
    assert "secret" not in "".join(refused.value.message)


def test_a_table_without_rows_is_refused() -> None:
    with pytest.raises(LinkError, match="left table: it has no rows"):
        link(pa.table(register(20)).slice(0, 0), settings=ALL)


def test_lists_are_no_values_to_compare() -> None:
    table = pa.table({"id": [1, 2], "name": [["王伟"], ["李娜"]]})
    with pytest.raises(LinkError, match="the values of name are no single values"):
        link(table, settings=LinkSettings(name="name"))


def test_columns_of_any_simple_type_are_read() -> None:
    people = register()
    table = pa.table(
        {
            "id": pa.array(people["id"], pa.int16()),
            "name": pa.array(people["name"]).dictionary_encode(),
            "birth": pa.array(people["birth"]).cast(pa.timestamp("us")),
            "sex": pa.array([sex == "男" for sex in people["sex"]]),
            "area": pa.array([int(area) for area in people["area"]]),
        }
    )
    assert partners(link(table, table, settings=ALL)) == {(n, n) for n in range(400)}
