"""The access log: who looked at what, and what for.

Every entry carries the hash of the one before it. Whoever changes, removes or inserts an entry
breaks the chain at that place, also with rights to the file that pass by the triggers. Cutting the
newest entries off leaves a whole, shorter chain: keep a :class:`Link` elsewhere (a printed
receipt, another office) and hand it to :func:`verify_chain`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC
from hashlib import sha256
from typing import TYPE_CHECKING

from sqlalchemy import insert, select, text

from doudi.casework.personal import check_subject, refuse_personal
from doudi.casework.tables import Access
from doudi.casework.worklist import access_query, frame
from doudi.graph.errors import LedgerError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    import pandas as pd
    from sqlalchemy.orm import Session

    from doudi.casework.ledger import Ledger
    from doudi.graph.errors import Pair

#: What the first entry names as the hash before it.
GENESIS = "0" * 64

_COLUMNS = tuple(column.name for column in Access.__table__.columns)
_ROWS_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Link:
    """One entry's place in the chain: its number and its hash."""

    seq: int
    hash: str


@dataclass(frozen=True, slots=True)
class ChainReceipt:
    """What a check of the chain found.

    Attributes:
        entries: Entries read, up to and including a broken one.
        is_whole: Whether every link holds.
        head: The last entry that holds; ``seq`` 0 for an empty log.
        broken_at: Number of the first entry that does not hold, or ``None``.
        problem: What is wrong there, in words; empty if nothing is.
        problem_zh: The same in Chinese.
    """

    entries: int
    is_whole: bool
    head: Link
    broken_at: int | None = None
    problem: str = ""
    problem_zh: str = ""


def record(
    ledger: Ledger,
    who: str,
    purpose: str,
    subject: str,
    fields: Sequence[str],
    result_count: int,
) -> Link:
    """Note one look at the data, and give the entry's place in the chain.

    Args:
        ledger: The ledger the log belongs to.
        who: Account of the person or job.
        purpose: What for, in words, without personal data.
        subject: A lead id, a case number, or the SHA-256 of a query.
        fields: Names of the fields that were shown.
        result_count: Rows that were shown, 0 or more.

    Raises:
        LedgerError: if a part is missing or holds personal data.
    """
    _check(who, purpose, subject, result_count)
    at = ledger.now().astimezone(UTC)
    with ledger.store.writing() as session:
        before = _head(session)
        entry = Access(
            seq=before.seq + 1,
            at=at,
            who=who.strip(),
            purpose=purpose.strip(),
            subject=subject,
            fields=list(fields),
            result_count=result_count,
            previous_hash=before.hash,
        )
        entry.hash = _hash(entry)
        values = {name: getattr(entry, name) for name in _COLUMNS}
        session.execute(insert(Access), [values])
    return Link(entry.seq, entry.hash)


def entries(
    ledger: Ledger, *, who: str | None = None, subject: str | None = None, limit: int | None = None
) -> pd.DataFrame:
    """The log, newest first: ``seq, at, who, purpose, subject, fields, result_count`` and hashes.

    Args:
        ledger: The ledger the log belongs to.
        who: Only this account.
        subject: Only this lead, case or query.
        limit: At most so many rows.
    """
    with ledger.store.reading() as session:
        return frame(session, access_query(who, subject, limit))


def verify_chain(ledger: Ledger, *, noted: Link | None = None) -> ChainReceipt:
    """Whether the log is whole, and where it is not.

    Args:
        ledger: The ledger the log belongs to.
        noted: An entry's place kept elsewhere; the log must still hold it.

    Returns:
        A receipt that names the first broken link.
    """
    with ledger.store.reading() as session:
        everything = select(Access).order_by(Access.seq)
        stream = session.scalars(everything, execution_options={"yield_per": _ROWS_AT_ONCE})
        return _follow(stream, noted)


def _follow(stream: Iterable[Access], noted: Link | None) -> ChainReceipt:
    """Walk the chain from its first entry to the first that does not hold."""
    head = Link(0, GENESIS)
    for entry in stream:  # each hash needs the one before it
        problem = _problem(entry, head, noted)
        if problem:
            return _broken(head, problem, read=head.seq + 1)
        head = Link(entry.seq, entry.hash)
    if noted is not None and noted.seq > head.seq:
        gone = (
            f"登记过截至第 {noted.seq} 条的记录，现已不在",
            f"entries up to {noted.seq} were noted, and are gone",
        )
        return _broken(head, gone, read=head.seq)
    return ChainReceipt(entries=head.seq, is_whole=True, head=head)


def _broken(head: Link, problem: Pair, *, read: int) -> ChainReceipt:
    """The receipt of a chain that holds up to ``head``."""
    zh, en = problem
    return ChainReceipt(
        entries=read,
        is_whole=False,
        head=head,
        broken_at=head.seq + 1,
        problem=en,
        problem_zh=zh,
    )


def _problem(entry: Access, before: Link, noted: Link | None) -> Pair | None:
    if entry.seq != before.seq + 1:
        return f"缺少第 {before.seq + 1} 条", f"entry {before.seq + 1} is missing"
    if entry.previous_hash != before.hash:
        return "未指向上一条", "it does not name the entry before it"
    if entry.hash != _hash(entry):
        return "写入后被改动", "it was changed after it was written"
    if noted is not None and noted.seq == entry.seq and noted.hash != entry.hash:
        return "与登记的那一条不同", "it is another entry than the one noted"
    return None


def _head(session: Session) -> Link:
    """The newest entry, held so that no other process writes its successor."""
    if session.connection().dialect.name == "postgresql":
        session.execute(text("LOCK TABLE access_log IN EXCLUSIVE MODE"))
    newest = select(Access.seq, Access.hash).order_by(Access.seq.desc()).limit(1)
    row = session.execute(newest).one_or_none()
    return Link(row.seq, row.hash) if row else Link(0, GENESIS)


def _hash(entry: Access) -> str:
    parts = [
        entry.seq,
        _written(entry.at),
        entry.who,
        entry.purpose,
        entry.subject,
        entry.fields,
        entry.result_count,
        entry.previous_hash,
    ]
    return sha256(json.dumps(parts, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def _written(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


_LOG = ("访问日志", "access log")


def _check(who: str, purpose: str, subject: str, result_count: int) -> None:
    if not who.strip() or not purpose.strip():
        raise LedgerError(
            ("访问未写明账号或用途", "an access without who or purpose"),
            where=_LOG,
            expected=("账号和用途", "an account and a purpose"),
            next_step=("写明由谁查看、作何用途", "say who looks, and what for"),
        )
    if result_count < 0:
        raise LedgerError(
            ("结果行数小于 0", "a result count below 0"),
            where=_LOG,
            expected=("0 或以上", "0 or more"),
            next_step=("写明显示的行数", "give the number of rows that are shown"),
        )
    check_subject(subject)
    refuse_personal(who, field=("账号", "account"))
    refuse_personal(purpose, field=("用途", "purpose"))
