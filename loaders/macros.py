r"""The engine, and small macros with which cleaning rules and sources' expressions are written.

A macro is pasted where it is used, so none of them looks at its argument through another macro of
this file more than once: rules put long work into steps (``values``) instead.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb

if TYPE_CHECKING:
    from pathlib import Path

UNUSED_PASSES = "in_clause,common_subexpressions,statistics_propagation"
"""Passes of the engine's optimiser that cost more than they save here.

The first makes a join of every list of six words, of which the cleaning rules have many; the others
look through hundreds of expressions a statement that have nothing in common.
"""

MACROS = r"""
CREATE OR REPLACE MACRO tidy(x) AS trim(CASE WHEN strlen(x) = length(x) THEN x WHEN regexp_matches(x, '[^ -~一-鿿]')
    THEN regexp_replace(translate(x,
    '０１２３４５６７８９ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺｘ（）．，：－／　＋＊％',
    '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZx().,:-/ +*%'),
    '[\x{200B}-\x{200F}\x{FEFF}\x{2060}\x{00AD}]', '', 'g') ELSE x END);
CREATE OR REPLACE MACRO told(t) AS
    CASE WHEN t IN ('', 'NULL', 'null', '-', '/', '无', 'N/A') THEN NULL ELSE t END;
CREATE OR REPLACE MACRO check_digit(x) AS substr('10X98765432', CAST(
    list_inner_product([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]::FLOAT[],
                       string_split(x, '')::FLOAT[]) AS INTEGER) % 11 + 1, 1);
CREATE OR REPLACE MACRO uscc_check(x) AS substr('0123456789ABCDEFGHJKLMNPQRTUWXY', CAST(
    (31 - list_sum(list_transform(range(1, 18), i ->
        (strpos('0123456789ABCDEFGHJKLMNPQRTUWXY', substr(x, CAST(i AS INTEGER), 1)) - 1) *
        [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28][i])) % 31) % 31
    AS INTEGER) + 1, 1);
CREATE OR REPLACE MACRO ymd(y, m, d) AS
    TRY_CAST(y || '-' || lpad(m, 2, '0') || '-' || lpad(d, 2, '0') AS DATE);
CREATE OR REPLACE MACRO month_of(d) AS CAST(date_trunc('month', d) AS DATE);
CREATE OR REPLACE MACRO month_after(d) AS
    CAST(date_trunc('month', d) + INTERVAL 1 MONTH AS DATE);
CREATE OR REPLACE MACRO day_after(d) AS CAST(CAST(d AS DATE) + INTERVAL 1 DAY AS DATE);
CREATE OR REPLACE MACRO months_on(d, n) AS CAST(d + to_months(CAST(n AS INTEGER)) AS DATE);
CREATE OR REPLACE MACRO month_in(x) AS CASE
    WHEN regexp_full_match(x, '(19|20)\d{2}(0[1-9]|1[0-2])')
        THEN ymd(substr(x, 1, 4), substr(x, 5, 2), '1')
    WHEN regexp_full_match(x, '(19|20)\d{2}[-/](0?[1-9]|1[0-2])')
        THEN ymd(substr(x, 1, 4), substr(x, 6, 2), '1')
    WHEN regexp_full_match(x, '(19|20)\d{2}年(0?[1-9]|1[0-2])月?')
        THEN ymd(substr(x, 1, 4), regexp_extract(x, '年(\d+)', 1), '1') END;
CREATE OR REPLACE MACRO area_of(a) AS CASE WHEN a IS NOT NULL THEN rpad(a, 12, '0') END;
CREATE OR REPLACE MACRO township_of(a) AS CASE WHEN a IS NOT NULL
    THEN rpad(substr(rpad(a, 12, '0'), 1, 9), 12, '0') END;
"""
"""From ``month_of`` on they are for the expressions of sources; ``docs/add-a-source.md`` lists them."""


MEMORY = "700MB"
"""Memory of the engine; what a feed needs beyond it goes to the disk until it is done.

No clear identifier is in the engine's tables, so none gets there.
"""


def engine(spill: Path | None = None) -> duckdb.DuckDBPyConnection:
    """An engine of its own in memory, with the macros.

    Args:
        spill: Folder for what does not fit into memory.
    """
    con = duckdb.connect()
    if spill is not None:
        folder = str(spill).replace("'", "''")
        con.execute(f"SET temp_directory = '{folder}'")
        con.execute(f"SET memory_limit = '{MEMORY}'")
    con.execute(MACROS)
    con.execute(f"SET disabled_optimizers = '{UNUSED_PASSES}'")
    return con
