"""Files unpacked within limits: bombs and endless lines stop early, before they fill the memory."""

from __future__ import annotations

import gzip
import zipfile
import zlib
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, BinaryIO

from doudi.loaders.messages import stopped

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_UNPACKED = 4 * 2**30
"""Bytes a packed file may unpack to; more is taken for a bomb."""

MAX_RATIO = 200
"""Times its own size a packed file may unpack to; the most repetitive registers reach a hundred."""

SMALL = 64 * 2**20
"""Bytes up to which the ratio does not matter."""

MAX_LINE = 16 * 2**20
"""Bytes of a line, all cells of a row."""

MAX_CELL = 2**20
"""Characters of a cell."""

MAX_COLUMNS = 2_000
"""Columns of a file."""

BLOCK = 2**22
GZIP = b"\x1f\x8b"
ENCRYPTED = 0x1
NAMED_IN_UTF8 = 0x800
HIDDEN = (".", "~", "__MACOSX")


def most_of(packed: int) -> int:
    """Bytes that a file of so many bytes may unpack to.

    >>> most_of(1000) == SMALL, most_of(2**20) == 200 * 2**20
    (True, True)
    """
    return min(MAX_UNPACKED, max(SMALL, MAX_RATIO * packed))


def plain_bytes(file: Path, path: Path) -> bytes:
    """The bytes of a file, unpacked if it is a gzip file.

    Args:
        file: What is read.
        path: What was delivered, for messages.

    Raises:
        FeedStopped: if it is cut off, altered or a bomb, or has a line without end.
    """
    return b"".join(plain_blocks(file, path))


def plain_blocks(file: Path, path: Path, *, size: int = BLOCK) -> Iterator[bytes]:
    """The same bytes in blocks of so many."""
    with file.open("rb") as raw:
        packed = file.name.lower().endswith(".gz")
        stream = _unpacked(raw, file.stat().st_size, path, size) if packed else _read(raw, size)
        yield from checked(stream, path)


def _read(raw: BinaryIO, size: int) -> Iterator[bytes]:
    while block := raw.read(size):
        yield block


def _unpacked(raw: BinaryIO, packed: int, path: Path, size: int) -> Iterator[bytes]:
    """Blocks of a gzip file, its check sums compared at the end."""
    if not GZIP.startswith(raw.read(2)):
        raise stopped(path, "other_kind", kind="gzip")
    raw.seek(0)
    total = 0
    try:
        with gzip.GzipFile(fileobj=raw) as file:
            while block := file.read(size):
                total += len(block)
                if total > most_of(packed):
                    raise stopped(path, "bomb")
                yield block
    except (OSError, EOFError, zlib.error) as error:
        raise stopped(path, "damaged", kind=type(error).__name__) from None


def checked(stream: Iterator[bytes], path: Path) -> Iterator[bytes]:
    """The same blocks, as long as no line of theirs is too long."""
    length, line = 0, 1
    for block in stream:
        ends = [place for mark in (b"\n", b"\r") if (place := block.find(mark)) >= 0]
        longest = length + min(ends, default=len(block))
        if longest > MAX_LINE:
            raise stopped(path, "long_line", line=line, most=MAX_LINE // 2**20)
        last = max(block.rfind(b"\n"), block.rfind(b"\r"))
        length = len(block) - last - 1 if ends else longest
        line += block.count(b"\n")
        yield block


def by_lines(data: bytes) -> Iterator[bytes]:
    """Blocks of bytes, each but the last ending where a line ends."""
    start = 0
    while start < len(data):
        end = data.find(b"\n", start + BLOCK) + 1 or len(data)
        yield data[start:end]
        start = end


@contextmanager
def only_file(file: Path, path: Path, suffixes: tuple[str, ...]) -> Iterator[Path]:
    """The one readable file of a zip archive, unpacked for as long as it is read.

    Args:
        file: The archive.
        path: What was delivered, for messages.
        suffixes: Suffixes of files that are read.

    Raises:
        FeedStopped: if there is none or more than one, it is encrypted, a bomb or damaged, or a
            name leads out of the archive.
    """
    with zipfile.ZipFile(file) as archive, TemporaryDirectory(prefix="doudi-") as folder:
        entry, suffix = _only_entry(archive, path, suffixes)
        check_sizes(archive, path)
        target = Path(folder) / f"unpacked{suffix}"
        with archive.open(entry) as source, target.open("wb") as out:
            while block := source.read(BLOCK):
                out.write(block)
        yield target


def _only_entry(
    archive: zipfile.ZipFile, path: Path, suffixes: tuple[str, ...]
) -> tuple[zipfile.ZipInfo, str]:
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    if any(_leads_out(entry.orig_filename) for entry in archive.infolist()):
        raise stopped(path, "zip_path")
    found = [
        (entry, suffix)
        for entry in entries
        if not _name(entry).startswith(HIDDEN) and not entry.filename.startswith(HIDDEN)
        for suffix in [next((s for s in suffixes if _name(entry).lower().endswith(s)), "")]
        if suffix
    ]
    if len(found) != 1:
        raise stopped(path, "zip_count", count=len(found))
    if found[0][0].flag_bits & ENCRYPTED:
        raise stopped(path, "locked")
    return found[0]


def _name(entry: zipfile.ZipInfo) -> str:
    return PurePosixPath(entry.filename).name


def _leads_out(name: str) -> bool:
    """Whether a name in an archive points beyond it."""
    parts = name.replace("\\", "/").split("/")
    return ".." in parts or not parts[0] or parts[0].endswith(":")


def check_sizes(archive: zipfile.ZipFile, path: Path) -> None:
    """Stop an archive, a workbook included, that would unpack to too much.

    The sizes it states bind: the library reads no entry further than its stated size.

    Raises:
        FeedStopped: if the whole or one entry is out of proportion.
    """
    entries = archive.infolist()
    total = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    worst = any(entry.file_size > most_of(entry.compress_size) for entry in entries)
    if worst or total > most_of(packed):
        raise stopped(path, "bomb")
