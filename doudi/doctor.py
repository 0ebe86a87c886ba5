"""``doudi doctor``: is everything there that a night's work needs?"""

from __future__ import annotations

import os
import shutil
import stat
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from doudi.graph.errors import DoudiError, HomeError, LedgerError

if TYPE_CHECKING:
    from collections.abc import Callable

    from doudi.stages import Line

NEEDED_GIB = 2


@dataclass(frozen=True)
class Finding:
    """One check and what it found.

    Attributes:
        check: Its name, the same in every language.
        title: What people see.
        ok: Whether nothing need be done.
        found: What was found, or one message with what to do.
    """

    check: str
    title: str
    ok: bool
    found: str

    def as_json(self) -> dict[str, Any]:
        """The finding for machines."""
        return asdict(self)


def examine(line: Line) -> list[Finding]:
    """All checks, each whether or not another failed."""
    checks: dict[tuple[str, str], Callable[[Line], str]] = {
        ("设置", "settings"): _settings,
        ("主目录", "home folder"): _home,
        ("密钥", "keys"): _keys,
        ("磁盘", "disk"): _disk,
        ("数据源声明", "sources"): _sources,
        ("规则", "detectors"): _detectors,
        ("台账与访问日志", "ledger and access log"): _ledger,
        ("依法删除", "deletions"): _deletions,
        ("图数据库", "Neo4j"): _neo4j,
    }
    return [_finding(names, check, line) for names, check in checks.items()]


def _finding(names: tuple[str, str], check: Callable[[Line], str], line: Line) -> Finding:
    name, title = names[1], line.console.text(*names)
    try:
        return Finding(name, title, ok=True, found=check(line))
    except DoudiError as error:
        return Finding(name, title, ok=False, found=error.told(line.console.lang))


def _settings(line: Line) -> str:
    return str(line.home.path / "doudi.toml")


def _home(line: Line) -> str:
    closed = [str(path) for path in line.home.folders if not os.access(path, os.W_OK)]
    if closed:
        raise HomeError(
            ("当前用户不能写入", "this user may not write here"),
            where=", ".join(closed),
            next_step=(
                "改正权限，或用 --home 另选主目录",
                "mend the permissions, or give another home with --home",
            ),
        )
    return str(line.home.path)


def _keys(line: Line) -> str:
    keys = sorted((line.home.path / "keys").iterdir())
    open_ones = ", ".join(k.name for k in keys if stat.S_IMODE(k.stat().st_mode) & 0o077)
    if open_ones:
        raise HomeError(
            (f"其他用户可读 {open_ones}", f"others may read {open_ones}"),
            where=str(line.home.path / "keys"),
            expected=("仅本用户可读", "readable by this user only"),
            next_step="chmod 600",
        )
    if not keys:
        return line.console.text("尚无，首次载入时生成", "none yet; the first load makes them")
    return line.console.text(f"{len(keys)} 个，仅本用户可读", f"{len(keys)}, for this user only")


def _disk(line: Line) -> str:
    free = shutil.disk_usage(line.home.path).free / 2**30
    if free < NEEDED_GIB:
        raise HomeError(
            (f"剩余 {free:.1f} GiB", f"{free:.1f} GiB free"),
            where=str(line.home.path),
            expected=(f"{NEEDED_GIB} GiB 或以上", f"{NEEDED_GIB} GiB or more"),
            next_step=(
                "腾出空间：runs/ 保存历次运行，graph/ 可重新建立",
                "free some space: runs/ keeps every run, graph/ is built anew",
            ),
        )
    return line.console.text(f"剩余 {free:.0f} GiB", f"{free:.0f} GiB free")


def _sources(line: Line) -> str:
    from doudi.loaders.source import sources

    count = len(sources(line.home.path / "sources"))
    return line.console.text(f"{count} 个", f"{count}")


def _detectors(line: Line) -> str:
    from doudi.detectors.catalogue import catalogue

    found = catalogue(line.home.path / "detectors")
    rules, checks = len(found.detectors), len(found.clearing)
    return line.console.text(
        f"{rules} 条规则，{checks} 项排除检查", f"{rules} detectors, {checks} clearing checks"
    )


def _ledger(line: Line) -> str:
    from doudi.casework.access import verify_chain
    from doudi.casework.ledger import Ledger

    with Ledger.open(line.home.ledger_url) as ledger:
        chain = verify_chain(ledger)
    if not chain.is_whole:
        raise LedgerError(
            (
                f"第 {chain.broken_at} 条：{chain.problem_zh}",
                f"entry {chain.broken_at}: {chain.problem}",
            ),
            where=("访问日志", "access log"),
            expected=("完整的哈希链", "an unbroken chain of hashes"),
            next_step=(
                "保持台账原样，并报告台账负责人",
                "keep the ledger as it is and tell who answers for it",
            ),
        )
    return line.console.text(
        f"访问日志 {chain.entries} 条，哈希链完整", f"{chain.entries} looks logged, chain whole"
    )


def _deletions(line: Line) -> str:
    from doudi.loaders.tombstones import tombstones, unfinished

    begun = unfinished(line.home.path)
    if begun:
        raise HomeError(
            (
                f"{len(begun)} 次删除未完成，最早始于 {begun[0].at:%Y-%m-%d}",
                f"{len(begun)} deletions were not ended, the first begun on {begun[0].at:%Y-%m-%d}",
            ),
            where=str(line.home.path / "vault" / "forgotten"),
            next_step=("再次运行同一条 doudi forget", "run the same doudi forget again"),
        )
    done = {stone.subject for stone in tombstones(line.home.path)}
    return line.console.text(f"{len(done)} 次，均已完成", f"{len(done)}, all ended")


def _neo4j(line: Line) -> str:
    settings = line.neo4j_settings()
    if settings.uri:
        from doudi.graph.server import running

        with running(line.home.path / "graph", settings):
            return settings.uri
    from doudi.graph.jars import bundle

    count = len(bundle(settings).jars)
    return line.console.text(f"{count} 个 jar，校验和一致", f"{count} jars, sums as locked")
