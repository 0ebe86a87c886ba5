"""Read queries that people type: guarded, limited, and written to the access log."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from doudi.stages import Line


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a table as JSON values, absent ones as None."""
    rows: list[dict[str, Any]] = [
        {str(name): value for name, value in row.items()}
        for row in frame.astype(object).where(frame.notna(), None).to_dict("records")
    ]
    return rows


def guarded(
    line: Line, query: str, params: dict[str, Any] | None = None, *, purpose: str
) -> pd.DataFrame:
    """The rows of a read query, logged by its digest and its count.

    Raises:
        QueryError: if it writes, calls procedures, or takes too long.
    """
    from doudi.casework.access import record
    from doudi.casework.ledger import Ledger

    limits = line.home.settings.limits
    with line.graph() as (connection, _):
        frame: pd.DataFrame = connection.guarded_read(
            query, params, timeout=limits.query_seconds, row_limit=limits.query_rows
        )
    with Ledger.open(line.home.ledger_url) as ledger:
        record(
            ledger,
            who=line.who,
            purpose=purpose,
            subject=hashlib.sha256(query.encode()).hexdigest(),
            fields=list(frame.columns),
            result_count=len(frame),
        )
    return frame
