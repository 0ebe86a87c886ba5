"""Marriages with their ends: one tie a wedding, closed by divorce, death or the next wedding.

The marriage register opens a tie; a later wedding of either to somebody else shows that it ended,
even where the divorce is a court's and on no file. The population register only states that two
people are spouses, without a date. Such an undated statement is folded into the marriage that is on file
(its source row stays in ``rows``), and is a tie of its own only where none is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from doudi.graph.workbench import STRONG, table_name

if TYPE_CHECKING:
    from doudi.graph.workbench import Workbench

SPOUSES = ("SPOUSE_OF", "Person", "Person")


def close_marriages(bench: Workbench) -> None:
    """Rewrite SPOUSE_OF: no doubles, husband first where the sexes are known, ends filled in.

    ``valid_to`` is the earliest of the register's own end and, after the wedding, the first divorce
    of the two, the first death of either and the first wedding of either to somebody else; records
    of a weak identity grade close nothing. What comes after a tie without a day nobody knows: only
    divorce and death close it.
    """
    ties = table_name(*SPOUSES)
    bench.con.execute(f"CREATE OR REPLACE TEMP TABLE tie AS {_one_a_wedding(ties)}")
    bench.con.execute(f"CREATE OR REPLACE TEMP TABLE closed AS {_closed()}")
    bench.con.execute(f"DELETE FROM {ties}")
    bench.con.execute(f"INSERT INTO {ties} BY NAME SELECT * FROM closed")
    bench.con.execute("DROP TABLE tie; DROP TABLE closed")


def _one_a_wedding(ties: str) -> str:
    """SQL: the strongest record of each pair and wedding day, with the rows of all of them."""
    return f"""
    WITH paired AS (
        SELECT *, least(start_id, end_id) AS one, greatest(start_id, end_id) AS other
        FROM {ties} WHERE start_id <> end_id),
    dated AS (
        SELECT *, coalesce(valid_from, max(valid_from) FILTER (grade IN {STRONG})
            OVER (PARTITION BY one, other)) AS wedding
        FROM paired),
    ranked AS (
        SELECT *, row_number() OVER strongest AS nth FROM dated WINDOW strongest AS (
            PARTITION BY one, other, wedding ORDER BY valid_from IS NULL, grade_rank(grade), rid)),
    folded AS (
        SELECT one, other, wedding, string_agg("rows", ',' ORDER BY nth) AS all_rows,
            key16(string_agg(digest, ',' ORDER BY nth)) AS all_digests
        FROM ranked GROUP BY ALL HAVING count(*) > 1)
    SELECT ranked.* EXCLUDE (nth, wedding) REPLACE (
        coalesce(all_rows, ranked."rows") AS "rows", coalesce(all_digests, digest) AS digest)
    FROM ranked LEFT JOIN folded ON folded.one = ranked.one AND folded.other = ranked.other
        AND folded.wedding IS NOT DISTINCT FROM ranked.wedding
    WHERE nth = 1"""


def _closed() -> str:
    """SQL: ties with their end, turned so that the husband comes first."""
    people = table_name("Person")
    return f"""
    WITH ending AS ({_endings()}),
    ended AS (
        SELECT rid, min(day) AS day FROM (
            SELECT tie.rid, ending.day FROM tie JOIN ending
                ON tie.one = ending.one AND tie.other = ending.other
            WHERE tie.valid_from IS NULL OR ending.day > tie.valid_from
            UNION ALL {_remarriages()})
        GROUP BY rid),
    turned AS (
        SELECT tie.*, a.sex = '女' AND b.sex = '男' AS turn FROM tie
        LEFT JOIN {people} a ON a.id = tie.start_id LEFT JOIN {people} b ON b.id = tie.end_id)
    SELECT turned.* EXCLUDE (one, other, turn) REPLACE (
        CASE WHEN turn THEN end_id ELSE start_id END AS start_id,
        CASE WHEN turn THEN start_id ELSE end_id END AS end_id,
        CASE WHEN turn THEN end_name_token ELSE start_name_token END AS start_name_token,
        CASE WHEN turn THEN start_name_token ELSE end_name_token END AS end_name_token,
        least(valid_to, ended.day) AS valid_to)
    FROM turned LEFT JOIN ended USING (rid)"""


def _endings() -> str:
    """SQL: days on which a pair stopped being married, by divorce or by the death of one."""
    divorces = table_name("DIVORCED_FROM", "Person", "Person")
    deaths = table_name("DIED", "Person", "DeathRecord")
    return f"""
    SELECT least(start_id, end_id) AS one, greatest(start_id, end_id) AS other, valid_from AS day
    FROM {divorces} WHERE grade IN {STRONG} AND valid_from IS NOT NULL
    UNION ALL
    SELECT tie.one, tie.other, coalesce(died.valid_from, record.death_date) AS day
    FROM (SELECT one, other, one AS who FROM tie UNION ALL SELECT one, other, other FROM tie) tie
    JOIN {deaths} died ON died.start_id = tie.who
    LEFT JOIN {table_name("DeathRecord")} record ON record.id = died.end_id
    WHERE died.grade IN {STRONG} AND coalesce(died.valid_from, record.death_date) IS NOT NULL"""


def _remarriages() -> str:
    """SQL: ties with the later wedding days of either partner to somebody else."""
    return f"""
    SELECT former.rid, later.valid_from AS day
    FROM (SELECT *, unnest([one, other]) AS who FROM tie) former
    JOIN (SELECT *, unnest([one, other]) AS who FROM tie WHERE grade IN {STRONG}) later USING (who)
    WHERE (later.one, later.other) <> (former.one, former.other)
        AND later.valid_from > former.valid_from"""
