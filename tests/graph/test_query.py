"""Queries: values keep their kind, what is typed is guarded, what is written is written once."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from neo4j.exceptions import IncompleteCommit

from doudi.graph.connection import Connection
from doudi.graph.errors import QueryError

if TYPE_CHECKING:
    from collections.abc import Callable

SLOW = "UNWIND range(1, 100000) AS a UNWIND range(1, 100000) AS b RETURN sum(a * b) AS s"


def codes(connection: Connection, query: str) -> list[str]:
    return [note.code.rpartition(".")[2] for note in connection.explain(query)]


def test_dates_are_dates_both_ways(empty_graph: Connection) -> None:
    day = date(2026, 2, 28)
    empty_graph.run("CREATE (:Person {id: 'p', born: $day})", {"day": day})
    frame = empty_graph.read(
        "MATCH (p:Person) WHERE p.born = $day RETURN p.born AS born, [p.born] AS days", {"day": day}
    )
    assert frame.to_dict("records") == [{"born": day, "days": [day]}]
    assert type(frame["born"].iloc[0]) is date


def test_whole_numbers_stay_whole_beside_missing_ones(neo4j_server: Connection) -> None:
    frame = neo4j_server.read("UNWIND [3, null] AS n RETURN n, 7 AS m, true AS b, 1.5 AS f")
    assert frame["n"].tolist() == [3, None]
    assert type(frame["n"].iloc[0]) is int
    assert [str(kind) for kind in frame.dtypes[1:]] == ["int64", "bool", "float64"]


def test_text_beside_missing_text_is_none(neo4j_server: Connection) -> None:
    assert neo4j_server.read("UNWIND ['李', null] AS n RETURN n")["n"].tolist() == ["李", None]


def test_a_query_without_rows_still_has_its_columns_in_order(neo4j_server: Connection) -> None:
    frame = neo4j_server.read("UNWIND [] AS x RETURN x AS b, 1 AS a")
    assert list(frame.columns) == ["b", "a"]
    assert len(frame) == 0


def test_a_read_does_not_write(empty_graph: Connection) -> None:
    with pytest.raises(QueryError, match="AccessMode"):
        empty_graph.read("CREATE (:Person {id: 'p'})")
    assert len(empty_graph.read("MATCH (n:Person) RETURN n.id AS id")) == 0


def test_a_query_is_stopped_after_its_time(neo4j_server: Connection) -> None:
    with pytest.raises(QueryError, match="TransactionTimedOut"):
        neo4j_server.read(SLOW, timeout=0.5)


@pytest.mark.parametrize(
    "query",
    [
        "MATCH (n) SET n.x = 1",
        "match (n) detach delete n",
        "CREATE (:Person)",
        "CALL db.labels()",
        "CALL\n`dbms`.listConfig()",
        "CALL/* no */dbms.listConfig()",
        r"\u0043ALL dbms.listConfig()",
        "RETURN 1 AS x UNION CALL db.labels() YIELD label RETURN label AS x",
        "LOAD CSV FROM 'file:///etc/hosts' AS line RETURN line",
        "SHOW USERS",
        "ALTER CURRENT USER SET PASSWORD FROM 'a' TO 'b'",
        "TERMINATE TRANSACTION 'x'",
        "MATCH (n) CALL (n) { DELETE n } IN TRANSACTIONS",
        "'// ' + 1 CALL db.labels()",
    ],
)
def test_what_does_not_read_is_refused(neo4j_server: Connection, query: str) -> None:
    with pytest.raises(QueryError, match="is not allowed here"):
        neo4j_server.guarded_read(query)


@pytest.mark.parametrize(
    "query",
    [
        "RETURN 'CALL db.labels()' AS a",
        "RETURN 1 AS a // then SHOW USERS",
        "WITH {set: 1} AS m RETURN m.set AS a",
        "UNWIND [1] AS x CALL (x) { RETURN x AS a } RETURN a",
        "MATCH (n:`CREATE x`) RETURN count(n) AS a",
    ],
)
def test_what_only_looks_like_it_is_let_through(neo4j_server: Connection, query: str) -> None:
    assert list(neo4j_server.guarded_read(query).columns) == ["a"]


def test_more_rows_than_the_limit_is_an_error(neo4j_server: Connection) -> None:
    assert len(neo4j_server.guarded_read("UNWIND range(1, 5) AS x RETURN x", row_limit=5)) == 5
    with pytest.raises(QueryError, match="more than 5 rows"):
        neo4j_server.guarded_read("UNWIND range(1, 6) AS x RETURN x", row_limit=5)


def test_a_typed_query_is_stopped_after_its_time(neo4j_server: Connection) -> None:
    with pytest.raises(QueryError, match="TransactionTimedOut"):
        neo4j_server.guarded_read(SLOW, timeout=0.5)


def test_a_typed_query_may_return_nodes_and_paths(empty_graph: Connection) -> None:
    empty_graph.run("CREATE (:Person {id: 'a'})-[:KIN_OF {degree: 1}]->(:Person {id: 'b'})")
    frame = empty_graph.guarded_read("MATCH p = (n:Person)-[:KIN_OF]->() RETURN n, p")
    assert frame["n"].tolist() == [{"id": "a"}]
    assert frame["p"].tolist() == [[{"id": "a"}, {"degree": 1}, {"id": "b"}]]


def test_a_syntax_error_is_placed_in_the_query_as_typed(neo4j_server: Connection) -> None:
    with pytest.raises(QueryError, match=r"line 1, column 10 "):
        neo4j_server.explain("MATCH (p RETURN p")
    with pytest.raises(QueryError, match="SyntaxError"):
        neo4j_server.read("RETRUN 1")


def test_names_that_are_not_in_the_graph_are_noted(empty_graph: Connection) -> None:
    empty_graph.run("CREATE (:Person {id: 'a'})")
    found = codes(empty_graph, "MATCH (p:Persn)-[:KNOWS_NOT]->(q:Person) RETURN q.nmae")
    assert set(found) == {
        "UnknownLabelWarning",
        "UnknownRelationshipTypeWarning",
        "UnknownPropertyKeyWarning",
    }


def test_a_cartesian_product_is_noted(empty_graph: Connection) -> None:
    empty_graph.run("CREATE (:Person {id: 'a'}), (:Company {id: 'b'})")
    query = "MATCH (p:Person), (c:Company) RETURN p.id, c.id"
    assert codes(empty_graph, query) == ["CartesianProduct"]


def test_a_sound_query_has_no_notes(empty_graph: Connection) -> None:
    empty_graph.run("CREATE (:Person {id: 'a'})")
    assert codes(empty_graph, "MATCH (p:Person) RETURN p.id AS id") == []


def test_batches_are_written_whole_and_marks_do_not_stay(empty_graph: Connection) -> None:
    rows = [{"id": f"p{number}"} for number in range(25)]
    empty_graph.write("UNWIND $rows AS row CREATE (:Person {id: row.id})", rows, batch_rows=10)
    assert len(empty_graph.read("MATCH (p:Person) RETURN p.id AS id")) == 25
    assert empty_graph.read("MATCH (b:Batch) RETURN count(b) AS n")["n"].tolist() == [0]


def test_a_named_batch_is_written_once_however_often_it_is_asked(empty_graph: Connection) -> None:
    query = "UNWIND $rows AS row CREATE (:Event {n: row.n})"
    for _ in range(2):
        empty_graph.write(query, [{"n": 1}, {"n": 2}], batch_id="job", batch_rows=1)
    assert empty_graph.read("MATCH (e:Event) RETURN count(e) AS n")["n"].tolist() == [2]


def test_a_commit_whose_answer_was_lost_is_not_repeated(
    empty_graph: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit, answers = Connection._committed, [IncompleteCommit("the line is dead")]

    def commit_unheard(self: Connection, work: Callable[[Any], Any]) -> None:
        commit(self, work)
        if answers:
            raise answers.pop()

    monkeypatch.setattr(Connection, "_committed", commit_unheard)
    empty_graph.write("UNWIND $rows AS row CREATE (:Event {n: row.n})", [{"n": 1}])
    assert answers == []
    assert empty_graph.read("MATCH (e:Event) RETURN count(e) AS n")["n"].tolist() == [1]


def test_a_failed_batch_leaves_nothing(empty_graph: Connection) -> None:
    with pytest.raises(QueryError, match="ConstraintValidationFailed"):
        empty_graph.write(
            "UNWIND $rows AS row CREATE (:Person {id: row.id})", [{"id": "a"}, {"id": "a"}]
        )
    assert len(empty_graph.read("MATCH (n) RETURN n.id AS id")) == 0
