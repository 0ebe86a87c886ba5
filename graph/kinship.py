"""Kin to the third degree with the path, and family components.

A path is a word of steps from the first person: ``P`` to a parent, ``C`` to a child, ``S`` to a
spouse. Parent and child steps count one degree, the spouse step none, and a path has at most one.
Blood goes up and then down: a child's other parent (``CP``) is no kin by that, only by marriage.

=======  =============================  =======  ==========================
path     the second person is ...       path     the second person is ...
=======  =============================  =======  ==========================
S        the spouse                     SPC      a brother- or sister-in-law
P, C     a parent, a child              CSP      a child's parent-in-law
PC       a brother or sister            PPC      an uncle or aunt
SP, CS   a parent-, child-in-law        PCC      a nephew or niece
=======  =============================  =======  ==========================

Bounds: people with more than 30 children or 4 parents on file are left out as parents or
children (such records are errors of the register), and nobody is followed beyond three degrees.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from doudi.graph.workbench import STRONG, table_name

if TYPE_CHECKING:
    from doudi.graph.workbench import Workbench

DEGREES = 3
MAX_CHILDREN = 30
MAX_PARENTS = 4

_ACCUSES = "weakness <= grade_rank('certificate')"
"""SQL: whether all ties of a path are strong enough to accuse."""

PARENTS = ("PARENT_OF", "Person", "Person")
SPOUSES = ("SPOUSE_OF", "Person", "Person")


def add_kin(bench: Workbench) -> tuple[str, ...]:
    """Fill KIN_OF from parent and spouse ties, both directions; gives notes on what was left out.

    Of several paths between two people the one of the lowest degree stands, then one that lasts,
    then the shorter word, then the strongest. Another one stands beside it where it reaches beyond
    the nearer ones in time, or beyond those of them that may accuse: a marriage that ended hides no
    blood. The interval is that in which all its ties held; the grade is the weakest of them.
    """
    con = bench.con
    steps = {
        "human": f"SELECT id, row_number() OVER (ORDER BY id) AS nr FROM {table_name('Person')}",
        "parent": _parents(),
        "wed": _wed(),
        "ancestor": _ancestors(),
        "blood": _blood(),
        "way": _ways(),
        "chosen": _chosen(),
    }
    for name, query in steps.items():
        con.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {query}")
    bench.add_links(_kin(), "KIN_OF", "Person", "Person")
    notes = _left_out(bench)
    for name in steps:
        con.execute(f"DROP TABLE {name}")
    return notes


def _numbered(triple: tuple[str, str, str]) -> str:
    """SQL: strong ties between different people, people as numbers in the order of their ids."""
    return f"""
    SELECT one.nr AS one, two.nr AS two, rid, valid_from, valid_to, known_from,
        grade_rank(grade) AS weakness
    FROM {table_name(*triple)} tie JOIN human one ON one.id = tie.start_id
    JOIN human two ON two.id = tie.end_id
    WHERE tie.grade IN {STRONG} AND tie.start_id <> tie.end_id"""


def _parents() -> str:
    """SQL: one parent tie a pair, the strongest, without people whose ties cannot be true."""
    return f"""
    WITH strong AS (
        SELECT one AS elder, two AS child, * EXCLUDE (one, two) FROM ({_numbered(PARENTS)})
        QUALIFY row_number() OVER (PARTITION BY one, two ORDER BY weakness, rid) = 1)
    SELECT *, count(*) OVER (PARTITION BY elder) <= {MAX_CHILDREN}
        AND count(*) OVER (PARTITION BY child) <= {MAX_PARENTS} AS counts FROM strong"""


def _wed() -> str:
    """SQL: spouse ties in both directions."""
    return f"""
    WITH tie AS (
        SELECT one AS ego, two AS other, * EXCLUDE (one, two),
            row_number() OVER (ORDER BY rid) AS tie_nr FROM ({_numbered(SPOUSES)})),
    both_ways AS (
        FROM tie UNION ALL BY NAME SELECT * REPLACE (other AS ego, ego AS other) FROM tie)
    SELECT *, row_number() OVER (ORDER BY tie_nr, ego) AS nr FROM both_ways"""


def _ancestors() -> str:
    """SQL: everyone's ancestors up to three steps, oneself (no step) included.

    The nearest way to each, and the nearest of those that may accuse.
    """
    return f"""
    WITH RECURSIVE climb AS (
        SELECT nr AS ego, nr AS top, 0 AS steps, []::VARCHAR[] AS via, NULL::DATE AS valid_from,
            NULL::DATE AS valid_to, NULL::DATE AS known_from, 1 AS weakness
        FROM human SEMI JOIN (SELECT elder AS nr FROM parent UNION SELECT child FROM parent
            UNION SELECT ego FROM wed) tied USING (nr)
        UNION ALL
        SELECT climb.ego, parent.elder, climb.steps + 1, list_append(climb.via, parent.rid),
            greatest(climb.valid_from, parent.valid_from), least(climb.valid_to, parent.valid_to),
            greatest(climb.known_from, parent.known_from),
            greatest(climb.weakness, parent.weakness)
        FROM climb JOIN parent ON parent.child = climb.top AND parent.counts
        WHERE climb.steps < {DEGREES} AND parent.elder <> climb.ego),
    nearest AS (SELECT * FROM climb QUALIFY row_number() OVER (
        PARTITION BY ego, top, {_ACCUSES} ORDER BY steps, weakness, via) = 1)
    SELECT *, row_number() OVER (ORDER BY ego, top, weakness) AS nr FROM nearest"""


def _blood() -> str:
    """SQL: blood kin in both directions, and everyone to himself by no step.

    One path a pair, and where a tie of it is too weak to accuse the nearest without such a tie.
    ``code`` is the path as a number with the digits C = 1, P = 2, S = 3 to the base of four, so
    that shorter words are smaller.
    """
    return f"""
    WITH way AS (
        SELECT up.ego, down.ego AS other, [up.nr, down.nr] AS parts,
            greatest(up.weakness, down.weakness) AS weakness,
            (((up.steps + down.steps) * 4 + up.steps) * 8 + greatest(up.weakness, down.weakness))
                * 1099511627776 + up.top AS rank
        FROM ancestor up JOIN ancestor down USING (top)
        WHERE up.steps + down.steps <= {DEGREES} AND up.ego < down.ego),
    pair AS (
        SELECT ego, other, min_by(parts, rank) AS parts,
            min_by(parts, rank) FILTER ({_ACCUSES}) AS accusing FROM way GROUP BY ego, other),
    picked AS (
        SELECT ego, other, parts, 0 AS nth FROM pair UNION ALL
        SELECT ego, other, accusing, 1 FROM pair WHERE accusing <> parts),
    met AS (
        SELECT picked.ego, picked.other, nth, up.steps + down.steps AS degree,
            repeat('P', up.steps) || repeat('C', down.steps) AS path,
            list_concat(up.via, list_reverse(down.via)) AS via,
            greatest(up.valid_from, down.valid_from) AS valid_from,
            least(up.valid_to, down.valid_to) AS valid_to,
            greatest(up.known_from, down.known_from) AS known_from,
            greatest(up.weakness, down.weakness) AS weakness
        FROM picked JOIN ancestor up ON up.nr = parts[1]
        JOIN ancestor down ON down.nr = parts[2]),
    both_ways AS (
        FROM met UNION ALL BY NAME
        SELECT * REPLACE (other AS ego, ego AS other, {_turned("path")} AS path,
            list_reverse(via) AS via) FROM met
        UNION ALL BY NAME
        SELECT ego, top AS other, 0 AS nth, 0 AS degree, '' AS path, via, valid_from, valid_to,
            known_from, weakness FROM ancestor WHERE steps = 0)
    SELECT *, row_number() OVER (ORDER BY ego, other, nth) AS nr, {_code("path")} AS code,
        1 << (2 * length(path)) AS width FROM both_ways"""


def _code(path: str) -> str:
    digits = "strpos('CPS', {path}[{n}])"
    code = "0"
    for n in range(1, DEGREES + 1):
        digit = digits.format(path=path, n=n)
        code = f"CASE WHEN length({path}) < {n} THEN {code} ELSE ({code}) * 4 + {digit} END"
    return code


def _ways() -> str:
    """SQL: every path of every pair, first below second, as numbers of its parts.

    All that ranks two paths (degree, whether it ended, the word, the grade, then the marriage, its
    first spouse and the blood, so that equal paths have an order) is packed into one number, and the parts
    are looked up once a path is chosen: lists and strings would cost most of the time.
    """
    return f"""
    WITH by_marriage AS (
        SELECT mine.ego, theirs.other, mine.degree + theirs.degree AS degree,
            (mine.code * 4 + 3) * theirs.width + theirs.code AS code,
            mine.nr AS first, wed.nr AS tie, theirs.nr AS second,
            mine.nth * 2 + theirs.nth AS nth,
            greatest(mine.valid_from, wed.valid_from, theirs.valid_from) AS valid_from,
            least(mine.valid_to, wed.valid_to, theirs.valid_to) AS valid_to,
            greatest(mine.weakness, wed.weakness, theirs.weakness) AS weakness
        FROM blood mine JOIN wed ON wed.ego = mine.other
        JOIN blood theirs ON theirs.ego = wed.other
        WHERE mine.degree + theirs.degree <= {DEGREES} AND mine.ego < theirs.other),
    every_path AS (
        FROM by_marriage UNION ALL BY NAME
        SELECT ego, other, degree, code, nr AS first, 0 AS tie, 0 AS second, nth, valid_from,
            valid_to, weakness
        FROM blood WHERE ego < other)
    SELECT ego, other, first, tie, second, {_ACCUSES} AS accuses,
        coalesce(valid_from, DATE '0001-01-01') AS since,
        coalesce(valid_to, DATE '9999-12-31') AS until,
        (((degree * 2 + (valid_to IS NOT NULL)::INT) * 1024 + code) * 8 + weakness)::BIGINT
            * 1099511627776 + tie * 4 + nth AS rank
    FROM every_path WHERE is_span(valid_from, valid_to)"""


def _chosen() -> str:
    """SQL: the nearest path of every pair, and those that reach beyond the nearer ones."""
    return """
    WITH pair AS (
        SELECT ego, other, min_by([first, tie, second], rank) AS parts, min_by(since, rank) AS since,
            min_by(until, rank) AS until, min_by(accuses, rank) AS accuses, min(since) AS earliest,
            max(until) AS latest, bool_or(accuses) AS some_accuse
        FROM way GROUP BY ego, other),
    further AS (
        SELECT way.*, min(since) OVER nearer AS first_day, max(until) OVER nearer AS last_day,
            min(since) FILTER (accuses) OVER nearer AS first_accusing,
            max(until) FILTER (accuses) OVER nearer AS last_accusing
        FROM way SEMI JOIN (FROM pair
            WHERE earliest < since OR until < latest OR accuses < some_accuse) USING (ego, other)
        WINDOW nearer AS (PARTITION BY ego, other ORDER BY rank
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING))
    SELECT ego, other, parts, true AS is_nearest FROM pair UNION ALL
    SELECT ego, other, [first, tie, second], false FROM further
    WHERE since < first_day OR last_day < until OR (accuses AND last_day IS NOT NULL
        AND coalesce(since < first_accusing OR last_accusing < until, true))"""


def _kin() -> str:
    """SQL: the chosen paths with their ties, both directions."""
    one_way = """
        SELECT one.id AS start_id, two.id AS end_id,
            mine.degree + coalesce(theirs.degree, 0) AS degree,
            mine.path || CASE WHEN wed.rid IS NULL THEN '' ELSE 'S' || theirs.path END AS path,
            CASE WHEN wed.rid IS NULL THEN mine.via ELSE
                list_concat(list_append(mine.via, wed.rid), theirs.via) END AS via,
            greatest(mine.valid_from, wed.valid_from, theirs.valid_from) AS valid_from,
            least(mine.valid_to, wed.valid_to, theirs.valid_to) AS valid_to,
            greatest(mine.known_from, wed.known_from, theirs.known_from) AS known_from,
            grade_named(greatest(mine.weakness, wed.weakness, theirs.weakness)) AS grade,
            '' AS "rows", is_nearest
        FROM chosen JOIN blood mine ON mine.nr = parts[1]
        LEFT JOIN wed ON wed.nr = parts[2] LEFT JOIN blood theirs ON theirs.nr = parts[3]
        JOIN human one ON one.nr = chosen.ego JOIN human two ON two.nr = chosen.other"""
    return f"""
    WITH one_way AS MATERIALIZED ({one_way}),
    both_ways AS (
        FROM one_way UNION ALL BY NAME
        SELECT * REPLACE (end_id AS start_id, start_id AS end_id, {_turned("path")} AS path,
            list_reverse(via) AS via) FROM one_way)
    SELECT * EXCLUDE (is_nearest),
        CASE WHEN is_nearest THEN path ELSE concat_ws('|', path, array_to_string(via, '|')) END AS rule
    FROM both_ways"""


def _turned(path: str) -> str:
    """SQL: a path read from the other end, where a parent step is a child step."""
    return f"reverse(translate({path}, 'PC', 'CP'))"


def _left_out(bench: Workbench) -> tuple[str, ...]:
    row = bench.con.execute("SELECT count(*) FROM parent WHERE NOT counts").fetchone()
    ties = int(row[0]) if row else 0
    if not ties:
        return ()
    bounds = f"more than {MAX_CHILDREN} children or {MAX_PARENTS} parents of one person"
    return (f"kin: {ties} parent ties left out ({bounds})",)


def add_components(bench: Workbench) -> None:
    """Give every person the smallest pid among those joined by family ties, ended or not."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    con, people = bench.con, table_name("Person")
    ids = con.sql(f"SELECT id FROM {people} ORDER BY id").to_arrow_table()["id"].to_numpy()
    ties = con.sql(
        f"""WITH person AS (SELECT id, row_number() OVER (ORDER BY id) - 1 AS nr FROM {people})
        SELECT a.nr AS a, b.nr AS b FROM (
            SELECT start_id, end_id FROM {table_name(*PARENTS)} WHERE grade IN {STRONG} UNION ALL
            SELECT start_id, end_id FROM {table_name(*SPOUSES)} WHERE grade IN {STRONG}) tie
        JOIN person a ON a.id = tie.start_id JOIN person b ON b.id = tie.end_id"""
    ).fetchnumpy()
    one, other = (np.asarray(ties[side], dtype=np.int64) for side in ("a", "b"))
    joined = coo_matrix((np.ones(len(one)), (one, other)), (len(ids), len(ids)))
    count, part = connected_components(joined, directed=False)
    smallest = np.full(count, len(ids), dtype=np.int64)
    np.minimum.at(smallest, part, np.arange(len(ids)))
    con.register("part", pa.table({"id": ids, "component": ids[smallest[part]]}))
    con.execute(f"UPDATE {people} p SET component = part.component FROM part WHERE p.id = part.id")
    con.unregister("part")
