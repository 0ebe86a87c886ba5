"""``doudi doctor``: is everything there that a night's work needs?"""

from __future__ import annotations

import shutil
import stat
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from doudi.graph.errors import DoudiError

if TYPE_CHECKING:
    from collections.abc import Callable

    from doudi.stages import Line

NEEDED_GIB = 2


@dataclass(frozen=True)
class Finding:
    """One check and what it found."""

    check: str
    ok: bool
    found: str

    def as_json(self) -> dict[str, Any]:
        """The finding for machines."""
        return asdict(self)


def examine(line: Line) -> list[Finding]:
    """All checks, each whether or not another failed."""
    checks: dict[str, Callable[[Line], str]] = {
        "设置 settings": _settings,
        "密钥 keys": _keys,
        "磁盘 disk": _disk,
        "数据源声明 sources": _sources,
        "规则 detectors": _detectors,
        "Neo4j 组件 server parts": _server_parts,
    }
    return [_finding(name, check, line) for name, check in checks.items()]


def _finding(name: str, check: Callable[[Line], str], line: Line) -> Finding:
    try:
        return Finding(name, ok=True, found=check(line))
    except DoudiError as error:
        return Finding(name, ok=False, found=str(error))


def _settings(line: Line) -> str:
    return f"{line.home.path / 'doudi.toml'}, lang={line.home.settings.lang}"


def _keys(line: Line) -> str:
    keys = sorted((line.home.path / "keys").iterdir())
    open_ones = [key.name for key in keys if stat.S_IMODE(key.stat().st_mode) & 0o077]
    if open_ones:
        raise DoudiError(f"readable by others: {', '.join(open_ones)}", next_step="chmod 600")
    return f"{len(keys)} keys, for this user only"


def _disk(line: Line) -> str:
    free = shutil.disk_usage(line.home.path).free / 2**30
    if free < NEEDED_GIB:
        raise DoudiError(f"{free:.1f} GiB free", expected=f"{NEEDED_GIB} GiB or more")
    return f"{free:.0f} GiB free"


def _sources(line: Line) -> str:
    from doudi.loaders.source import sources

    return f"{len(sources(line.home.path / 'sources'))} sources"


def _detectors(line: Line) -> str:
    from doudi.detectors.catalogue import catalogue

    found = catalogue(line.home.path / "detectors")
    return f"{len(found.detectors)} detectors, {len(found.clearing)} clearing checks"


def _server_parts(line: Line) -> str:
    from doudi.graph.jars import bundle

    return f"{len(bundle(line.neo4j_settings()).jars)} jars, sums as locked"
