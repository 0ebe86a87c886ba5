"""What people decided about who is who: kept with name, time and reason, never overwritten."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from doudi.graph.drafts import write_table
from doudi.graph.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

VERDICTS = ("same", "different")

SCHEMA = pa.schema(
    [
        ("left", pa.string()),
        ("right", pa.string()),
        ("verdict", pa.string()),
        ("by", pa.string()),
        ("reason", pa.string()),
        ("at", pa.timestamp("us", tz="UTC")),
    ]
)
"""One row a decision; of two about the same pair the later one holds, and both stay."""


def decide(tables: Path, left: str, right: str, verdict: str, *, by: str, reason: str) -> Path:
    """Keep a decision as a new file of ``tables/_identity``.

    Args:
        tables: The fact tables' folder.
        left: Id of the person who is only named, or whose number is in doubt.
        right: Id of the other.
        verdict: ``same`` or ``different``.
        by: Who decided.
        reason: Why; not empty.

    Raises:
        UsageError: if the verdict is none, or nobody or nothing stands behind it.
    """
    if verdict not in VERDICTS or not by.strip() or not reason.strip():
        raise UsageError(
            ("决定不完整", "the decision is not whole"),
            expected=(
                "same 或 different、决定人和理由",
                "same or different, who decides, and a reason",
            ),
            next_step=(
                'doudi identity decide 编号 same --as 姓名 --reason "理由"',
                'doudi identity decide ITEM same --as NAME --reason "..."',
            ),
        )
    row = {"left": left, "right": right, "verdict": verdict, "by": by, "reason": reason}
    folder = tables / "_identity"
    number = 1 + max((int(path.stem) for path in folder.glob("[0-9]*.parquet")), default=0)
    path = folder / f"{number:06d}.parquet"
    write_table(path, pa.Table.from_pylist([row | {"at": datetime.now(UTC)}], schema=SCHEMA))
    return path


def decisions(tables: Path) -> pa.Table:
    """Every decision, the oldest first."""
    files = sorted((tables / "_identity").glob("[0-9]*.parquet"))
    return pa.concat_tables(
        [SCHEMA.empty_table(), *(pq.read_table(f, schema=SCHEMA) for f in files)]
    )
