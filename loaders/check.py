"""What loading a delivery would do, without doing it.

The feeds go over the same desk as in a load; only its last step, which writes, is left out. What a
feed would have taught the ones after it (which numbers belong to known people) is kept in a folder
of the system's own until the check is over.
"""

from __future__ import annotations

import secrets
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from doudi.graph.tables import FactStore
from doudi.loaders.control import read_folder
from doudi.loaders.desk import Desk
from doudi.loaders.identity import Keys, Veil, open_vault
from doudi.loaders.load import work_through
from doudi.loaders.looks import FileLook, look_at, unseen
from doudi.loaders.macros import engine
from doudi.loaders.source import Source, sources

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    import pyarrow as pa
    from cryptography.fernet import Fernet

    from doudi.graph.drafts import Draft
    from doudi.graph.errors import FeedStopped, Lang
    from doudi.loaders.control import Folder
    from doudi.loaders.read import Sheet, Way
    from doudi.loaders.receipt import FileReceipt, LoadReceipt
    from doudi.loaders.work import Work


@dataclass(frozen=True)
class FeedLook:
    """What a feed would change.

    Attributes:
        known: Rows known before.
        new: Rows that would be written.
        ended: Known rows that would be replaced, ended or no longer listed.
        unlisted: Of these, rows that would have no successor.
        is_empty: Whether the files hold no rows, and that says nothing.
    """

    source: str
    title: dict[str, str]
    mode: str
    nature: str
    known: int = 0
    new: int = 0
    ended: int = 0
    unlisted: int = 0
    is_empty: bool = False


@dataclass(frozen=True)
class CheckReceipt:
    """What a load would say, and what the files look like."""

    load: LoadReceipt
    as_known: str
    files: tuple[FileLook, ...]
    feeds: tuple[FeedLook, ...]

    def to_json(self) -> dict[str, Any]:
        """The receipt as JSON values; each file has the counts of the load, where it has any."""
        told = self.load.to_json()
        counts = {file["file"]: file for file in told["files"]}
        looks = [asdict(look) | counts.pop(look.file, {}) for look in self.files]
        return told | {
            "stage": "check",
            "batch": self.load.batch,
            "as_known": self.as_known,
            "files": looks,
            "feeds": [asdict(feed) for feed in self.feeds],
        }


def check_delivery(
    delivery: Path,
    home: Path,
    *,
    lang: Lang = "zh",
    progress: Callable[[str], None] | None = None,
) -> CheckReceipt:
    """Say what loading a delivery into a home would do.

    Args:
        delivery: Folder of ``<slug>.csv`` and the like, with or without ``delivery.toml``.
        home: The home folder; it need not be there, and is not made.
        lang: Language of the messages.
        progress: Told each file.

    Raises:
        DeliveryError: if the folder cannot be read.
        SourceError: if a source's TOML is wrong.
    """
    folder = read_folder(delivery)
    declared = sources(home / "sources")
    with _glance(home, folder, lang) as desk:
        receipt = work_through(desk, declared, progress, lang)
        files = desk.looks.files + _unread(folder, declared)
        return CheckReceipt(
            receipt, folder.as_known.isoformat(), tuple(files), tuple(desk.looks.feeds)
        )


@contextmanager
def _glance(home: Path, folder: Folder, lang: Lang) -> Iterator[Glance]:
    with TemporaryDirectory(prefix="doudi-check-") as name:
        aside = Path(name)
        con = engine(aside / "_spill")
        try:
            open_vault(con, home / "vault")
            store = _Beside(home / "tables", FactStore(aside / "tables"))
            keys = _Lent(home / "keys")
            yield Glance(con, home, folder, keys, store, Veil(keys.pid), aside, lang)
        finally:
            con.close()


class _Lent(Keys):
    """The keys of a home; without any, keys for this check alone."""

    @property
    def pid(self) -> bytes:
        """The key under which pseudonyms are made."""
        path = self.folder / "pid.key"
        return path.read_bytes() if path.exists() else _PASSING

    @property
    def vault(self) -> Fernet:
        """What would encrypt the vault; what is encrypted with it is thrown away."""
        from cryptography.fernet import Fernet

        path = self.folder / "vault.key"
        return Fernet(path.read_bytes() if path.exists() else Fernet.generate_key())


_PASSING = secrets.token_bytes(32)


class _Beside(FactStore):
    """The facts of a home, with people beside them whom only this check knows."""

    def __init__(self, home_tables: Path, aside: FactStore) -> None:
        super().__init__(home_tables)
        self.aside = aside

    def next_seq(self) -> int:
        return max(super().next_seq(), self.aside.next_seq())

    def files(self, *name: str) -> list[Path]:
        return super().files(*name) + self.aside.files(*name)

    def drafted(
        self, name: tuple[str, ...], tables: Iterable[pa.Table], *, seq: int, source: str
    ) -> Draft | None:
        return self.aside.drafted(name, tables, seq=seq, source=source)

    def retold(
        self, name: tuple[str, ...], facts: pa.Table, *, seq: int, source: str
    ) -> Draft | None:
        return self.aside.retold(name, facts, seq=seq, source=source)


@dataclass
class Looks:
    """What was seen on the way."""

    files: list[FileLook] = field(default_factory=list)
    feeds: list[FeedLook] = field(default_factory=list)


@dataclass(frozen=True)
class Glance(Desk):
    """A desk that reads, cleans and settles, and writes nothing into the home."""

    aside: Path = Path()
    lang: Lang = "zh"
    looks: Looks = field(default_factory=Looks)

    def place(self, *parts: str) -> Path:
        """Beside the home, until the check is over."""
        return self.aside.joinpath("home", *parts)

    def read(self, source: Source, paths: list[Path], ways: Mapping[Path, Way]) -> dict[str, Sheet]:
        """The content of all parts, their headers noted."""
        sheets = super().read(source, paths, ways)
        seen = [
            look_at(self.folder.path / name, sheet.headers, source, self.lang)
            for name, sheet in sheets.items()
        ]
        names = {look.file for look in seen}
        self.looks.files[:] = [one for one in self.looks.files if one.file not in names] + seen
        return sheets

    def keep(self, work: Work, drafts: list[Draft], receipts: list[FileReceipt]) -> None:  # noqa: ARG002 - nothing of them is written
        """Note what would change; remember new people for the feeds that follow."""
        source, mode, is_empty = work.feed.source, work.delivery.mode, work.is_empty
        counts = {} if is_empty else self._counts()
        for draft in drafts:
            if draft.path.parent.name == "Person":
                draft.keep()
        look = FeedLook(source.slug, source.title, mode, source.nature, **counts, is_empty=is_empty)
        self.looks.feeds.append(look)

    def refuse(self, slug: str, error: FeedStopped) -> None:  # noqa: ARG002 - a check keeps no record
        """Note the files of a stopped feed that could not be looked at."""
        seen = {look.file for look in self.looks.files}
        paths = [path for path in self.folder.feeds()[slug] if path.name not in seen]
        self.looks.files += [unseen(path, slug) for path in paths]

    def _counts(self) -> dict[str, int]:
        row = self.con.execute("""
            SELECT (SELECT count(*) FROM before), (SELECT count(*) FROM incoming),
                   count(*), count(*) FILTER (NOT replaced) FROM outgoing""").fetchall()[0]
        return dict(zip(("known", "new", "ended", "unlisted"), row, strict=True))


def _unread(folder: Folder, declared: Mapping[str, Source]) -> list[FileLook]:
    """Files of data types that are not known."""
    feeds = folder.feeds().items()
    return [unseen(path, slug) for slug, paths in feeds if slug not in declared for path in paths]
