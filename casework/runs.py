"""Receipts of runs, as the ledger keeps them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from doudi.graph.errors import LedgerError

if TYPE_CHECKING:
    from collections.abc import Mapping

_NEEDED = ("run", "stage", "started", "finished", "ok", "exit_code")


_AS_WRITTEN = (
    "登记各步骤写出的回执，即运行文件夹中的 receipt.json",
    "record the receipt a stage has written, receipt.json of its run",
)


def run_row(receipt: Mapping[str, Any]) -> dict[str, Any]:
    """The receipt as a row of the ledger.

    Args:
        receipt: A stage's receipt; moments as ISO 8601 strings or datetimes.

    Raises:
        LedgerError: if one of the six fields every stage states is missing or unreadable.
    """
    missing = [name for name in _NEEDED if receipt.get(name) is None]
    if missing:
        run = receipt.get("run", "?")
        raise LedgerError(
            (f"回执缺少 {', '.join(missing)}", f"a receipt without {', '.join(missing)}"),
            where=(f"运行 {run}", f"run {run}"),
            expected=(f"含 {', '.join(_NEEDED)} 的回执", f"a receipt with {', '.join(_NEEDED)}"),
            next_step=_AS_WRITTEN,
        )
    written = json.dumps(receipt, ensure_ascii=False, sort_keys=True, default=str)
    return {
        "run": str(receipt["run"]),
        "stage": str(receipt["stage"]),
        "started": _time(receipt["started"], "started"),
        "finished": _time(receipt["finished"], "finished"),
        "ok": bool(receipt["ok"]),
        "exit_code": int(receipt["exit_code"]),
        "receipt": json.loads(written),
        "digest": sha256(written.encode()).hexdigest(),
    }


def _time(value: object, name: str) -> datetime:
    """The moment a receipt states, in UTC; without a zone it is UTC."""
    try:
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError:
        raise LedgerError(
            (f"{name} 不是时间", f"{name} is not a moment"),
            where=("回执", "receipt"),
            expected=(
                "ISO 8601 格式，如 2026-07-05T02:00:00Z",
                "ISO 8601, such as 2026-07-05T02:00:00Z",
            ),
            next_step=_AS_WRITTEN,
        ) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
