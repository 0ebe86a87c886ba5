"""Both ways into Neo4j give the projection, row by row; readers see the old graph or the new one."""

from __future__ import annotations

import threading
from datetime import date
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from doudi.graph import neo4j_build
from doudi.graph.errors import SchemaError, ServerError
from doudi.graph.neo4j_build import build_graph, fill_by_transactions
from doudi.graph.neo4j_import import finish_import, import_unserved
from doudi.graph.server import ManagedServer, Neo4jSettings, running

if TYPE_CHECKING:
    from pathlib import Path

    from doudi.graph.connection import Connection

PERSONS = pa.schema(
    [
        ("id", pa.string()),
        ("born", pa.date32()),
        ("visits", pa.int64()),
        ("share", pa.float64()),
        ("alive", pa.bool_()),
        ("tags", pa.list_(pa.string())),
        ("never", pa.string()),
    ]
)
MEMBERS = pa.schema(
    [
        ("start_id", pa.string()),
        ("end_id", pa.string()),
        ("rid", pa.string()),
        ("valid_from", pa.date32()),
        ("role", pa.string()),
    ]
)


def person(number: int, **values: Any) -> dict[str, Any]:  # noqa: ANN401 - free values
    row = {
        "id": f"p{number:05d}",
        "born": date(1950, 1, 1 + number % 28) if number % 5 else None,
        "visits": number if number % 3 else None,
        "share": number / 7,
        "alive": bool(number % 2),
        "tags": [f"标签{number}", "x"] if number % 4 else None,
        "never": None,
    }
    return row | values


def member(number: int, **values: Any) -> dict[str, Any]:  # noqa: ANN401 - free values
    row = {
        "start_id": f"p{number:05d}",
        "end_id": f"h{number // 3:05d}",
        "rid": f"r{number:05d}",
        "valid_from": date(2024, 1 + number % 12, 1),
        "role": "户主" if number % 3 == 0 else None,
    }
    return row | values


def write(
    folder: Path, persons: list[dict[str, Any]], members: list[dict[str, Any]], households: int
) -> Path:
    """A projection of persons, households and who is a member of which."""
    for name in ("nodes", "links"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    ids = pa.table({"id": [f"h{number:05d}" for number in range(households)]})
    pq.write_table(pa.Table.from_pylist(persons, PERSONS), folder / "nodes" / "Person.parquet")
    pq.write_table(ids, folder / "nodes" / "Household.parquet")
    pq.write_table(
        pa.Table.from_pylist(members, MEMBERS),
        folder / "links" / "MEMBER_OF.Person.Household.parquet",
    )
    return folder


def made(folder: Path, count: int = 60) -> Path:
    numbers = range(count)
    return write(folder, [person(n) for n in numbers], [member(n) for n in numbers], count // 3)


def rows_of(connection: Connection) -> tuple[list[Any], list[Any]]:
    """All persons with all their properties, and all memberships with theirs."""
    nodes = connection.read("MATCH (n:Person) RETURN properties(n) AS row ORDER BY n.id")
    links = connection.read(
        "MATCH (a:Person)-[r:MEMBER_OF]->(b:Household) "
        "RETURN a.id AS a, b.id AS b, properties(r) AS row ORDER BY r.rid, a, b"
    )
    return nodes["row"].tolist(), links.to_dict("records")


def rows_wanted(folder: Path) -> tuple[list[Any], list[Any]]:
    """The same from the files: what is NULL is absent."""

    def present(row: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in row.items() if value is not None}

    persons = pq.read_table(folder / "nodes" / "Person.parquet").to_pylist()
    members = pq.read_table(folder / "links" / "MEMBER_OF.Person.Household.parquet").to_pylist()
    links = [
        {"a": row.pop("start_id"), "b": row.pop("end_id"), "row": present(row)} for row in members
    ]
    return [present(row) for row in persons], links


def test_transactions_give_the_projection_row_by_row(
    empty_graph: Connection, tmp_path: Path
) -> None:
    receipt = build_graph(made(tmp_path), connection=empty_graph)
    assert receipt.way == "transactions"
    assert receipt.nodes["Person"] == 60
    assert receipt.nodes["Household"] == 20
    assert receipt.links["MEMBER_OF.Person.Household"] == 60
    assert rows_of(empty_graph) == rows_wanted(tmp_path)
    assert empty_graph.read("MATCH (b:Batch) RETURN count(b) AS n")["n"].tolist() == [0]


@pytest.mark.parametrize("together", [True, False])
def test_what_changed_is_changed_and_what_is_gone_goes(
    empty_graph: Connection, tmp_path: Path, *, together: bool
) -> None:
    fill_by_transactions(empty_graph, made(tmp_path / "old"))
    persons = [person(n, visits=None, share=0.5) for n in range(5, 70)]
    members = [member(n, end_id="h00000", valid_from=None) for n in range(10, 70)]
    new = write(tmp_path / "new", persons, members, households=1)
    fill_by_transactions(empty_graph, new, together=together)
    assert rows_of(empty_graph) == rows_wanted(new)
    assert len(empty_graph.read("MATCH (h:Household) RETURN h.id AS id")) == 1


def test_what_others_wrote_into_it_goes(empty_graph: Connection, tmp_path: Path) -> None:
    fill_by_transactions(empty_graph, made(tmp_path))
    empty_graph.run(
        "MATCH (p:Person {id: 'p00001'})-[r:MEMBER_OF]->(h:Household) "
        "CREATE (p)-[:MEMBER_OF {rid: r.rid}]->(h), (p)-[:MEMBER_OF]->(h), (:Person {id: 'x'})"
    )
    build_graph(tmp_path, connection=empty_graph)
    assert rows_of(empty_graph) == rows_wanted(tmp_path)


def test_readers_see_the_old_graph_or_the_new_one(empty_graph: Connection, tmp_path: Path) -> None:
    fill_by_transactions(empty_graph, made(tmp_path / "old", 300))
    persons = [person(n) for n in range(1000, 4000)]
    new = write(tmp_path / "new", persons, [], households=0)
    filling = threading.Thread(target=fill_by_transactions, args=(empty_graph, new))
    seen: set[tuple[int, int]] = set()
    filling.start()
    while filling.is_alive():
        frame = empty_graph.read(
            "RETURN count { (:Person) } AS persons, count { (:Household) } AS households"
        )
        seen.add((int(frame["persons"].iloc[0]), int(frame["households"].iloc[0])))
    filling.join()
    assert seen <= {(300, 100), (3000, 0)}
    assert (300, 100) in seen


def test_what_one_transaction_cannot_hold_goes_in_several(
    empty_graph: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = empty_graph.write_together

    def with_little_memory(statements: Any, *, batch_id: str) -> None:  # noqa: ANN401 - handed on
        if batch_id == "fill":  # Community cannot set its limit while it runs; its words are real
            raise ServerError("Neo.TransientError.General.MemoryPoolOutOfMemoryError: The …")
        written(statements, batch_id=batch_id)

    monkeypatch.setattr(empty_graph, "write_together", with_little_memory)
    steps: list[str] = []
    fill_by_transactions(empty_graph, made(tmp_path), progress=steps.append)
    assert any("too large for one transaction" in step for step in steps)
    assert rows_of(empty_graph) == rows_wanted(tmp_path)


def test_an_empty_projection_empties_the_graph(empty_graph: Connection, tmp_path: Path) -> None:
    fill_by_transactions(empty_graph, made(tmp_path / "old"))
    receipt = build_graph(tmp_path / "nothing", connection=empty_graph)
    assert set(receipt.nodes.values()) == {0}
    assert empty_graph.read("MATCH (n) RETURN count(n) AS n")["n"].tolist() == [0]


def test_a_relation_without_its_end_is_an_error_that_names_it(
    empty_graph: Connection, tmp_path: Path
) -> None:
    lost = [member(1, end_id="nobody")]
    folder = write(tmp_path, [person(1)], lost, households=1)
    with pytest.raises(ServerError, match=r"MEMBER_OF\.Person\.Household: the graph has 0"):
        build_graph(folder, connection=empty_graph)


def test_a_file_with_a_strange_name_is_refused(empty_graph: Connection, tmp_path: Path) -> None:
    made(tmp_path)
    strange = tmp_path / "nodes" / "Person) DETACH DELETE (n.parquet"
    (tmp_path / "nodes" / "Person.parquet").rename(strange)
    with pytest.raises(SchemaError, match="none of the graph"):
        build_graph(tmp_path, connection=empty_graph)


@pytest.mark.usefixtures("managed_server")
def test_imports_give_the_same_rows_and_a_failed_one_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One server for the whole story: each start costs many seconds."""
    monkeypatch.setattr(neo4j_build, "IMPORT_FROM_ROWS", 1)
    settings, home = Neo4jSettings(heap="512m", pagecache="64m"), tmp_path / "graph"
    first, second = made(tmp_path / "first", count=60), made(tmp_path / "second", count=57)
    bad = write(tmp_path / "bad", [person(1)], [member(1, end_id="nobody")], households=1)

    import_unserved(first, ManagedServer(home, settings))
    before = ManagedServer(home).current
    with running(home, settings) as connection:
        assert finish_import(first, connection).nodes["Person"] == 60
        assert rows_of(connection) == rows_wanted(first)
        with pytest.raises(ServerError, match="Person"):
            finish_import(second, connection)

        connection.run("CREATE (:Person {id: 'old'})")
        receipt = build_graph(second, connection=connection, home_graph_dir=home, settings=settings)
        after = ManagedServer(home).current
        assert receipt.way == "import"
        assert receipt.links["MEMBER_OF.Person.Household"] == 57
        assert after != before
        assert rows_of(connection) == rows_wanted(second)

        with pytest.raises(ServerError, match="import"):
            build_graph(bad, connection=connection, home_graph_dir=home, settings=settings)
        assert ManagedServer(home).current == after
        assert rows_of(connection) == rows_wanted(second)
    assert ManagedServer(home).status().pid is None
