"""Look-through shares of people in companies, over all chains and through cycles.

With the direct shares of people ``D`` (people x companies) and of companies in companies ``H``,
a look-through share is ``D + D H + D H^2 + ...``, which is ``D (I - H)^-1``. The series is summed
on sparse matrices: every term drops entries below ``EPS / 1000``, and what is still alive after
``ROUNDS`` terms (long chains, rings that hold nearly all of themselves) is solved exactly.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from doudi.graph.workbench import STRONG, table_name

if TYPE_CHECKING:
    from doudi.graph.workbench import Workbench

EPS = 1e-9
"""Largest error of a share."""
ROUNDS = 64
CHAIN = 8
"""Longest chain that is looked for to explain a share."""
LEAST_SHARE = 0.01
CONTROLS = ("CONTROLS", "Person", "Company")


@dataclass(frozen=True)
class LookThrough:
    """Look-through shares.

    Attributes:
        share: Sparse matrix, people x companies, 0 to 1.
        over: Companies whose holders together state more than 100 %; their shares were scaled
            to 100 %.
    """

    share: Any
    over: np.ndarray[Any, np.dtype[np.int64]]


def look_through(direct: Any, between: Any) -> LookThrough:  # noqa: ANN401 - any scipy sparse form
    """Shares of people in companies over every chain of holdings.

    Args:
        direct: Sparse matrix, shape (people, companies), shares 0 to 1.
        between: Sparse matrix, shape (companies, companies), entry (i, j) the share of i in j;
            cycles and self-holding are allowed.

    >>> from scipy.sparse import csr_matrix
    >>> half = csr_matrix([[0.5, 0.0]])
    >>> look_through(half, csr_matrix([[0.0, 0.6], [0.0, 0.0]])).share.toarray().tolist()
    [[0.5, 0.3]]
    """
    from scipy.sparse import csr_matrix, diags_array

    direct, between = csr_matrix(direct, dtype=float), csr_matrix(between, dtype=float)
    total = np.asarray(direct.sum(axis=0)).ravel() + np.asarray(between.sum(axis=0)).ravel()
    scale = diags_array(1.0 / np.maximum(total, 1.0))
    direct, between = csr_matrix(direct @ scale), csr_matrix(between @ scale)
    share, term = direct.copy(), direct
    for _ in range(ROUNDS):
        term = _pruned(term @ between)
        if term.nnz == 0:
            break
        share = share + term
    if term.nnz:
        share = share + _rest(term, between)
    share = _pruned(share)
    share.data = np.minimum(share.data, 1.0)
    return LookThrough(share, np.flatnonzero(total > 1.0 + 1e-6))


def _pruned(matrix: Any) -> Any:  # noqa: ANN401 - scipy sparse
    from scipy.sparse import csr_matrix

    matrix = csr_matrix(matrix)
    matrix.data[matrix.data < EPS / 1000] = 0.0
    matrix.eliminate_zeros()
    return matrix


def _rest(term: Any, between: Any) -> Any:  # noqa: ANN401 - scipy sparse
    """All further terms, ``term (H + H^2 + ...)``, from one factorisation."""
    from scipy.sparse import coo_matrix, csr_matrix, identity
    from scipy.sparse.linalg import splu

    reached = np.zeros(between.shape[0], dtype=bool)
    ahead = np.unique(term.indices)
    while len(ahead):
        reached[ahead] = True
        following = np.unique(between[ahead].indices)
        ahead = following[~reached[following]]
    columns, rows = np.flatnonzero(reached), np.unique(term.nonzero()[0])
    inner = between[columns][:, columns]
    factor = splu((identity(len(columns), format="csc") - inner.tocsc()).T.tocsc())
    known = (term @ between)[rows][:, columns]
    rest = csr_matrix(term.shape)
    for first in range(0, len(rows), 256):  # dense right-hand sides, so not all people at once
        solved = coo_matrix(factor.solve(known[first : first + 256].toarray().T).T)
        places = rows[first + solved.row], columns[solved.col]
        rest = rest + csr_matrix((solved.data, places), shape=term.shape)
    return rest


def add_controls(bench: Workbench) -> tuple[str, ...]:
    """Fill CONTROLS from the holdings that are in force on the day of the projection.

    Of several holdings of one holder in one company those with the newest start count. A holder
    known by name only, or an unknown share, counts for nothing. ``depth`` is the length of the
    shortest chain, ``via`` the strongest (largest product, then shortest) of at most eight steps;
    the relation is valid from the latest start on that chain.

    Returns:
        A note with the number of companies whose shares had to be scaled to 100 %.
    """
    con = bench.con
    con.execute(f"CREATE OR REPLACE TEMP TABLE holding AS {_holdings(bench)}")
    found = _shares(bench)
    con.register("found", found.table)
    con.execute(f"CREATE OR REPLACE TEMP TABLE chain AS {_chains()}")
    bench.add_links(_controls(), *CONTROLS)
    con.unregister("found")
    con.execute("DROP TABLE chain; DROP TABLE holding")
    if not found.over:
        return ()
    return (f"look-through: shares of {found.over} companies exceed 100 % and were scaled",)


@dataclass(frozen=True)
class _Found:
    table: pa.Table
    over: int


def _holdings(bench: Workbench) -> str:
    """SQL: holder, company, share (scaled where the company's exceed 100 %), and the tie."""
    both = " UNION ALL ".join(
        f"""SELECT start_id AS holder, end_id AS company, ratio, rid, valid_from, valid_to,
            known_from, grade, '{holder}' AS kind
        FROM {table_name("SHAREHOLDER_OF", holder, "Company")}"""
        for holder in ("Person", "Company")
    )
    today = f"DATE '{bench.today.isoformat()}'"
    return f"""
    WITH current AS (
        SELECT * FROM ({both}) WHERE ratio > 0 AND grade IN {STRONG}
            AND (valid_from IS NULL OR valid_from <= {today})
            AND (valid_to IS NULL OR valid_to > {today})
        QUALIFY dense_rank() OVER (PARTITION BY kind, holder, company
            ORDER BY valid_from DESC NULLS LAST) = 1),
    one_each AS (
        SELECT kind, holder, company, sum(ratio) AS stated, arg_max(rid, (ratio, rid)) AS rid,
            max(valid_from) AS valid_from, min(valid_to) AS valid_to,
            max(known_from) AS known_from, max(grade_rank(grade)) AS weakness
        FROM current GROUP BY ALL)
    SELECT *, stated / greatest(1.0, sum(stated) OVER (PARTITION BY company)) AS ratio
    FROM one_each"""


def _shares(bench: Workbench) -> _Found:
    """Look-through shares of at least 1 % as a table of person, company and share."""
    from scipy.sparse import csr_matrix

    rows = bench.con.sql(
        """SELECT kind = 'Person' AS is_person, holder, company, stated FROM holding
        ORDER BY kind, holder, company"""
    ).fetchnumpy()
    held_by = np.asarray(rows["holder"], dtype=object)
    company = np.asarray(rows["company"], dtype=object)
    stated, is_person = np.asarray(rows["stated"], dtype=float), np.asarray(rows["is_person"])
    companies, nr = np.unique(np.concatenate([company, held_by[~is_person]]), return_inverse=True)
    people, person_nr = np.unique(held_by[is_person], return_inverse=True)
    owned, owner = nr[: len(company)], nr[len(company) :]
    size = len(companies)
    direct = csr_matrix(
        (stated[is_person], (person_nr, owned[is_person])), shape=(len(people), size)
    )
    between = csr_matrix((stated[~is_person], (owner, owned[~is_person])), shape=(size, size))
    result = look_through(direct, between)
    share = result.share.tocoo()
    kept = share.data >= LEAST_SHARE
    table = pa.table(
        {
            "person": pa.array(people[share.row[kept]], pa.string()),
            "company": pa.array(companies[share.col[kept]], pa.string()),
            "share": pa.array(share.data[kept], pa.float64()),
        }
    )
    return _Found(table, len(result.over))


def _chains() -> str:
    """SQL: per person, company and length the strongest chain of holdings."""
    step = f"""
        SELECT chain.person, holding.company, chain.steps + 1 AS steps,
            chain.product * holding.ratio AS product, list_append(chain.via, holding.rid) AS via,
            greatest(chain.valid_from, holding.valid_from) AS valid_from,
            least(chain.valid_to, holding.valid_to) AS valid_to,
            greatest(chain.known_from, holding.known_from) AS known_from,
            greatest(chain.weakness, holding.weakness) AS weakness
        FROM chain JOIN holding ON holding.kind = 'Company' AND holding.holder = chain.company
        WHERE chain.steps < {CHAIN} AND chain.product * holding.ratio > {EPS}
        QUALIFY row_number() OVER (PARTITION BY chain.person, holding.company
            ORDER BY chain.product * holding.ratio DESC, list_append(chain.via, holding.rid)) = 1"""
    return f"""
    WITH RECURSIVE chain AS (
        SELECT holder AS person, company, 1 AS steps, ratio AS product, [rid] AS via, valid_from,
            valid_to, known_from, weakness FROM holding WHERE kind = 'Person'
        UNION ALL ({step}))
    SELECT * FROM chain"""


def _controls() -> str:
    """SQL: shares with their strongest chain and the length of the shortest."""
    return """
    WITH strongest AS (
        SELECT *, min(steps) OVER (PARTITION BY person, company) AS depth FROM chain
        QUALIFY row_number() OVER (PARTITION BY person, company
            ORDER BY round(product, 12) DESC, steps, via) = 1)
    SELECT found.person AS start_id, found.company AS end_id, round(found.share, 12) AS share,
        depth, coalesce(via, []) AS via, valid_from, valid_to, known_from,
        grade_named(coalesce(weakness, grade_rank('linked'))) AS grade, '' AS "rows",
        'look-through' AS rule
    FROM found LEFT JOIN strongest USING (person, company)"""
