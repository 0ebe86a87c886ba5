"""Lawful deletion as a stage: under the lock, with a tombstone first and a proof at the end."""

from __future__ import annotations

import shutil
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from doudi.graph.errors import HomeError, UnknownName, UsageError
from doudi.looks import note_look
from doudi.revealing import require_known, require_reason

if TYPE_CHECKING:
    from datetime import date

    from doudi.loaders.forget import Wish
    from doudi.stages import Line


def forget_person(line: Line, pid: str, *, reason: str, by: str, is_dry: bool) -> dict[str, Any]:
    """Take a person out of tables, vault, quarantine and graph.

    Raises:
        UsageError: without a reason, or if the pseudonym is nobody's.
        HomeError: if a file cannot be written, or if something is left.
    """
    from doudi.loaders.forget import Wish
    from doudi.loaders.tombstones import mark_of, tombstones
    from doudi.loaders.vault import known

    require_reason(reason)
    begun = {stone.mark for stone in tombstones(line.home.path)}
    require_known([pid], known(line.home.path, [pid]) | ({pid} if mark_of(pid) in begun else set()))
    wish = Wish.of_person(pid, by=by or line.who, reason=reason, at=datetime.now(UTC))
    return _forget(line, wish, f"forget/person:{wish.stone.mark}", is_dry=is_dry)


def forget_rows(
    line: Line, slug: str, before: date, *, reason: str, by: str, is_dry: bool
) -> dict[str, Any]:
    """Take the rows of a source out whose day is before one.

    Raises:
        UsageError: without a reason, for an unknown source, or one whose rows have no day.
        HomeError: if a file cannot be written.
    """
    from doudi.loaders.forget import Wish
    from doudi.loaders.source import sources
    from doudi.loaders.tombstones import Tombstone

    require_reason(reason)
    declared = sources(line.home.path / "sources")
    if slug not in declared:
        raise UnknownName.among(
            ("数据源", "source"), slug, declared, where="--source", next_step="doudi sources list"
        )
    source = declared[slug]
    if source.nature == "register" or source.columns[source.main_date].role not in ("key", "main"):
        raise _dayless(slug)
    at = datetime.now(UTC)
    stone = Tombstone(by or line.who, reason, at, source=slug, before=before)
    return _forget(line, Wish(stone), f"forget/source:{slug}", is_dry=is_dry)


def verify(line: Line, pid: str, number: str = "") -> dict[str, int]:
    """Where somebody is still found, by folder; the look is in the access log.

    Raises:
        HomeError: if the vault does not open.
    """
    from doudi.loaders.forget_proof import traces
    from doudi.loaders.tombstones import mark_of

    found = traces(line.home.path, pid, number)
    note_look(
        line,
        purpose="forget --verify",
        subject=f"forget/person:{mark_of(pid)}",
        fields=("places",),
        count=len(found),
    )
    return dict(found)


def pid_of_stdin(line: Line) -> tuple[str, str]:
    """The pseudonym of the 18-digit number on standard input, and the number.

    Raises:
        UsageError: if there is no such number.
    """
    from doudi.loaders.identity import Keys, pseudonym

    number = sys.stdin.readline().strip().upper()
    keys = Keys(line.home.path / "keys")
    if len(number) != 18 or not number[:17].isdigit() or not keys.has_vault:  # noqa: PLR2004 - GB 11643
        raise UsageError(
            ("标准输入中没有 18 位身份证号", "there is no 18-digit number on standard input"),
            where="--stdin",
            expected=("一行一个号码", "one number on a line"),
            next_step=(
                "用管道送入号码，不要写在命令行上",
                "pipe it in; never type it on the command line",
            ),
        )
    return pseudonym(keys.pid, "person", number), number


def _forget(line: Line, wish: Wish, subject: str, *, is_dry: bool) -> dict[str, Any]:
    from doudi.loaders.forget import forget

    note_look(
        line, purpose=wish.stone.reason, subject=subject, fields=("everything",),
        count=1, who=wish.stone.by,
    )  # fmt: skip  # one call
    if is_dry:
        with line.locked("forget"), line.console.stage("试算", "counting") as progress:
            counts = forget(wish, line.home.path, is_dry=True, say=progress)
        return _receipt(wish, counts) | {"dry_run": True}
    with (
        line.locked("forget"),
        line.home.running("forget") as run,
        line.console.stage("删除", "forgetting") as progress,
    ):
        _throw_graph_away(line)
        counts = forget(wish, line.home.path, say=progress)
        left = _left(line, wish)
        receipt = _receipt(wish, counts) | {"left": left}
        return line.recorded(run, receipt)


def _receipt(wish: Wish, counts: dict[str, int]) -> dict[str, Any]:
    stone = wish.stone
    about = {"person": stone.mark} if wish.pid else {"source": stone.source, "before": stone.before}
    return {"stage": "forget", "ok": True, "exit_code": 0, "inputs": about, "counts": counts}


def _left(line: Line, wish: Wish) -> dict[str, int]:
    """Where the person is still found, by law; anything else is an error."""
    from doudi.loaders.forget_proof import is_kept, traces

    found = dict(traces(line.home.path, wish.pid)) if wish.pid else {}
    wrong = sorted(place for place in found if not is_kept(place))
    if wrong:
        raise HomeError(
            (f"仍有残留：{'、'.join(wrong)}", f"something is left in {', '.join(wrong)}"),
            where=str(line.home.path),
            next_step=("再次运行本命令，并报告此问题", "run it again, and report it"),
        )
    return found


def _throw_graph_away(line: Line) -> None:
    """The graph is built from the tables: it is made anew when it is next asked for."""
    from doudi.graph.server import ManagedServer

    folder = line.home.path / "graph"
    ManagedServer(folder, line.neo4j_settings()).down()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(exist_ok=True)


def _dayless(slug: str) -> UsageError:
    return UsageError(
        (f"{slug} 的行没有发生日期", f"rows of {slug} have no day of their own"),
        where="--source",
        expected=(
            "按事件或按月报送的数据源",
            "a source of events or months; a register tells how things stand",
        ),
        next_step=(
            "登记类数据由新快照更新；如须删除某人，请给出其代码",
            "a register is kept up by its snapshots; to delete a person, name the pseudonym",
        ),
    )
