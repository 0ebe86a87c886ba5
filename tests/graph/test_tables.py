"""Fact tables: written whole, never rewritten, asked for any day of knowledge."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

from doudi.graph.errors import HomeError, SchemaError, UnknownName
from doudi.graph.tables import FactStore, properties_of

if TYPE_CHECKING:
    from pathlib import Path

MAY, JUNE, JULY = date(2026, 5, 5), date(2026, 6, 5), date(2026, 7, 5)


def record(**values: Any) -> dict[str, Any]:  # noqa: ANN401 - free values
    common = {
        "fact_id": "f1",
        "id": "p1",
        "sex": "男",
        "known_from": MAY,
        "seq": 1,
        "retracted": False,
        "source": "hukou_population",
        "batch": "2026-04",
        "row": 2,
        "grade": "exact",
        "digest": "d",
    }
    return common | values


def people(*records: dict[str, Any]) -> pa.Table:
    return pa.Table.from_pylist(list(records), schema=properties_of("Person"))


@pytest.fixture
def store(tmp_path: Path) -> FactStore:
    return FactStore(tmp_path / "tables")


def add(store: FactStore, *records: dict[str, Any], seq: int = 1) -> None:
    store.append_nodes("Person", people(*records), seq=seq, source="hukou_population")


def sexes(store: FactStore, day: date | None) -> list[str | None]:
    with store.connect(day) as view:
        found: list[str | None] = view.node("Person").to_pyarrow()["sex"].to_pylist()
    return found


def test_the_newest_record_of_a_fact_is_known(store: FactStore) -> None:
    add(store, record())
    add(store, record(sex="女", known_from=JUNE, seq=2), seq=2)
    assert sexes(store, None) == ["女"]
    assert sexes(store, date(2026, 6, 4)) == ["男"]
    assert sexes(store, date(2026, 5, 4)) == []


def test_of_two_records_of_one_day_the_later_load_counts(store: FactStore) -> None:
    add(store, record())
    add(store, record(sex="女", seq=2), seq=2)
    assert sexes(store, None) == ["女"]


def test_an_older_delivery_loaded_later_takes_its_own_place(store: FactStore) -> None:
    add(store, record(known_from=JUNE))
    add(store, record(sex="女", known_from=MAY, seq=2), seq=2)
    assert sexes(store, None) == ["男"]
    assert sexes(store, MAY) == ["女"]


def test_a_retracted_fact_is_known_until_then(store: FactStore) -> None:
    add(store, record())
    add(store, record(known_from=JUNE, seq=2, retracted=True, grade=None), seq=2)
    assert sexes(store, None) == []
    assert sexes(store, MAY) == ["男"]


def test_history_says_until_when_each_record_was_believed(store: FactStore) -> None:
    add(store, record(), record(fact_id="f2", id="p2"))
    add(store, record(sex="女", known_from=JUNE, seq=2), seq=2)
    with store.connect() as view:
        table = view.history("Person").order_by(["fact_id", "known_from"]).to_pyarrow()
    assert table.select(["fact_id", "known_from", "known_to"]).to_pylist() == [
        {"fact_id": "f1", "known_from": MAY, "known_to": JUNE},
        {"fact_id": "f1", "known_from": JUNE, "known_to": None},
        {"fact_id": "f2", "known_from": MAY, "known_to": None},
    ]


def test_the_running_number_goes_on_over_all_tables(store: FactStore) -> None:
    assert store.next_seq() == 1
    add(store, record(), seq=4)
    assert store.next_seq() == 5
    assert FactStore(store.root).next_seq() == 5


def test_latest_known_is_the_newest_day_in_the_view(store: FactStore) -> None:
    assert store.latest_known() is None
    add(store, record(), record(fact_id="f2", known_from=JULY))
    assert store.latest_known() == JULY
    with store.connect(JUNE) as view:
        assert view.latest_known() == MAY


def test_no_file_is_ever_written_over(store: FactStore) -> None:
    first = store.append_nodes("Person", people(record()), seq=1, source="hukou_population")
    second = store.append_nodes(
        "Person", people(record(fact_id="f2")), seq=1, source="hukou_population"
    )
    assert first is not None
    assert second is not None
    assert first != second
    assert sorted(p.name for p in first.parent.iterdir()) == [
        "000001-hukou_population.2.parquet",
        "000001-hukou_population.parquet",
    ]


def test_no_rows_write_no_file(store: FactStore) -> None:
    assert store.append_nodes("Person", people(), seq=1, source="hukou_population") is None
    assert not store.root.exists()


def test_what_was_never_loaded_is_an_empty_typed_table(store: FactStore) -> None:
    with store.connect() as view:
        table = view.link("PAID", "Person", "Account").to_pyarrow()
    assert table.num_rows == 0
    assert table.schema.field("valid_from").type == pa.date32()


def test_a_missing_property_is_unknown_throughout(store: FactStore) -> None:
    table = people(record()).drop_columns(["sex", "component"])
    store.append_nodes("Person", table, seq=1, source="hukou_population")
    assert sexes(store, None) == [None]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"id": None}, "id is empty"),
        ({"fact_id": None}, "fact_id is empty"),
        ({"known_from": None}, "known_from is empty"),
        ({"grade": "sure"}, "grade 'sure'"),
        ({"grade": None}, "grade 'None'"),
    ],
)
def test_a_wrong_value_is_refused_and_nothing_written(
    store: FactStore, change: dict[str, Any], said: str
) -> None:
    with pytest.raises(SchemaError, match=said):
        add(store, record(**change))
    assert not store.root.exists()


def test_nan_is_refused(store: FactStore) -> None:
    row = record(monthly_amount_yuan=float("nan"))
    row.pop("sex")
    table = pa.Table.from_pylist([row], schema=properties_of("Benefit"))
    with pytest.raises(SchemaError, match="monthly_amount_yuan holds NaN"):
        store.append_nodes("Benefit", table, seq=1, source="tekun_register")


def test_wrong_columns_are_all_named_at_once(store: FactStore) -> None:
    table = people(record()).drop_columns(["digest"]).append_column("age", pa.array([7]))
    with pytest.raises(SchemaError, match="unknown column age; missing column digest"):
        store.append_nodes("Person", table, seq=1, source="hukou_population")


def test_a_wrong_type_is_refused(store: FactStore) -> None:
    table = people(record()).drop_columns(["seq"]).append_column("seq", pa.array(["one"]))
    with pytest.raises(SchemaError, match="another type than declared"):
        store.append_nodes("Person", table, seq=1, source="hukou_population")


def test_an_undeclared_pair_is_refused(store: FactStore) -> None:
    with pytest.raises(UnknownName, match=r"PAID\.Person\.Account"):
        store.append_links("PAID", "Person", "Phone", people(), seq=1, source="one_card_payment")


def test_a_folder_that_cannot_be_written_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "tables").write_text("a file, not a folder")
    with pytest.raises(HomeError, match="cannot write fact tables"):
        add(FactStore(tmp_path / "tables"), record())
