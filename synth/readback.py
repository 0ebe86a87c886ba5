"""A county's delivered files, read back in the forms they were written in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from doudi.graph.errors import UsageError
from doudi.synth.forms import columns, forms, header

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    import duckdb

ISO = "%Y-%m-%d"
COUNTY = "county.json"
"""What makes a county whole."""


def table_of(path: Path) -> pd.DataFrame:
    """One delivered file as text under the English names of its fields."""
    form = forms()[path.name.partition(".")[0]]
    if form.suffix == "parquet":
        table = pd.read_parquet(path).astype(str)
    elif form.suffix == "xlsx":
        table = pd.read_excel(path, dtype=str, keep_default_na=False)
    else:
        table = pd.read_csv(path, dtype=str, keep_default_na=False, encoding=form.encoding)
    return table.rename(columns={header(c, form): c.field for c in columns()[form.source]})


def typed_table(path: Path) -> pd.DataFrame:
    """The same with days, months and amounts as such, and ``;`` in lists.

    What cannot be read, as in a county with dirt, is missing.
    """
    form, table = forms()[path.name.partition(".")[0]], table_of(path)
    days = form.dates if form.is_text else ISO
    for column in columns()[form.source]:
        cells = table[column.field]
        if column.type == "date":
            told = cells if form.is_text else cells.str[: len("2026-06-30")]
            table[column.field] = pd.to_datetime(told, format=days, errors="coerce")
        elif column.type == "yyyymm":
            table[column.field] = pd.to_datetime(cells, format="%Y%m", errors="coerce")
        elif column.type in {"decimal", "int"}:
            table[column.field] = pd.to_numeric(cells.str.replace(",", ""), errors="coerce")
        elif column.type.startswith("list"):
            table[column.field] = cells.str.replace(form.separator, ";")
    return table


def read_back(con: duckdb.DuckDBPyConnection, county: Path, sources: Iterable[str]) -> None:
    """Make a table of each source: the rows of all deliveries, of registers the newest.

    Args:
        con: Where the tables go, each named by its slug.
        county: The folder that ``make_county`` wrote.
        sources: Which sources; one that was not delivered becomes an empty table.

    Raises:
        UsageError: if there is no whole county in the folder.
    """
    if not (county / COUNTY).is_file():
        one = next((path.parent for path in sorted(county.glob(f"*/{COUNTY}"))), None)
        raise UsageError(
            ("这里没有完整的合成县", "there is no whole synthetic county here"),
            where=str(county),
            expected=(
                "doudi synth 写成的一个县的文件夹",
                "the folder of one county of doudi synth",
            ),
            next_step=f"doudi synth describe {one}" if one else "doudi synth OUT",
        )
    for source in sources:
        form, fields = forms()[source], columns()[source]
        files = sorted(county.glob(f"deliveries/*/{form.file}"))
        parts = [typed_table(path) for path in files]
        table = pd.concat(parts) if parts else pd.DataFrame(columns=[c.field for c in fields])
        if form.has_versions:
            table = table.drop_duplicates([c.field for c in fields if c.role == "key"], keep="last")
        con.register("sent", table)
        con.execute(f"CREATE OR REPLACE TABLE {source} AS FROM sent")
        con.unregister("sent")
