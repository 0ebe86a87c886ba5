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
    line: Line,
    query: str,
    params: dict[str, Any] | None = None,
    *,
    purpose: str,
    who: str = "",
    subject: str = "",
) -> pd.DataFrame:
    """The rows of a read query, logged with its count.

    Args:
        line: The home.
        query: Cypher 5, read only.
        params: Values of its parameters.
        purpose: Why, for the log.
        who: Account of the person; the machine's user where it is empty.
        subject: What the log names; the query's SHA-256 where it is empty.

    Raises:
        QueryError: if it writes, calls procedures, or takes too long.
    """
    from doudi.looks import note_look

    limits = line.home.settings.limits
    with line.graph() as (connection, _):
        frame: pd.DataFrame = connection.guarded_read(
            query, params, timeout=limits.query_seconds, row_limit=limits.query_rows
        )
    note_look(
        line,
        who=who,
        purpose=purpose,
        subject=subject or hashlib.sha256(query.encode()).hexdigest(),
        fields=list(frame.columns),
        count=len(frame),
    )
    return frame
