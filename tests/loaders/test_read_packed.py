"""Packed and oversized files: read whole, or stopped early with one message and no row loaded."""

from __future__ import annotations

import gzip
import io
import subprocess
import sys
import zipfile
import zlib
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from doudi.graph.errors import FeedStopped
from doudi.loaders import packed, plain_csv
from doudi.loaders.read import read_sheet, slug_of, suffix_of

if TYPE_CHECKING:
    from pathlib import Path

    from tests.loaders.conftest import Office

AREAS = "code,name,valid_from\n" + "".join(
    f"5399{i:08d},第{i}村,2000-01-01\n" for i in range(3_000)
)
SLUG = "area_code_history"


def zipped(files: dict[str, bytes | str], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", how) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def book(*rows: tuple[str, ...]) -> bytes:
    made = Workbook()
    for row in rows:
        made.worksheets[0].append(row)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def said(path: Path, data: bytes) -> str:
    path.write_bytes(data)
    with pytest.raises(FeedStopped) as caught:
        read_sheet(path)
    return str(caught.value)


@pytest.mark.parametrize("cut", range(20))
def test_a_gzip_file_cut_anywhere_is_stopped_whole(office: Office, cut: int) -> None:
    whole = gzip.compress(AREAS.encode(), mtime=0)
    receipt = office.deliver({f"{SLUG}.csv.gz": whole[: 1 + (len(whole) - 2) * cut // 19]})
    assert receipt.files == ()
    assert receipt.exit_code == 3
    (message,) = receipt.messages
    assert "cut off or damaged" in message
    assert not list((office.home / "tables").rglob("*.parquet"))


@pytest.mark.parametrize("place", [-8, -1])
def test_a_gzip_file_with_a_wrong_check_sum_is_stopped_whole(office: Office, place: int) -> None:
    data = bytearray(gzip.compress(AREAS.encode(), mtime=0))
    data[place] ^= 1
    receipt = office.deliver({f"{SLUG}.csv.gz": bytes(data)})
    assert "cut off or damaged" in receipt.messages[0]
    assert receipt.files == ()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("导出.csv", AREAS), ("导出/area.CSV", AREAS), ("a.tsv", AREAS.replace(",", "\t")),
        ("a.csv.gz", gzip.compress(AREAS.encode())),
        ("a.xlsx", book(*(tuple(line.split(",")) for line in AREAS.splitlines()[:4]))),
    ],
    ids=["csv", "in a folder", "tsv", "csv.gz", "xlsx"],
)  # fmt: skip  # one list
def test_the_one_file_of_a_zip_is_read(office: Office, name: str, content: bytes | str) -> None:
    beside: dict[str, bytes | str] = {"__MACOSX/._a.csv": "x", "说明.txt": "x", ".DS_Store": "x"}
    receipt = office.deliver({f"{SLUG}.zip": zipped({**beside, name: content})})
    assert receipt.exit_code == 0
    (file,) = receipt.files
    assert (file.file, file.source) == (f"{SLUG}.zip", SLUG)
    assert file.loaded == (3 if name == "a.xlsx" else 3_000)


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({"a.csv": AREAS, "b.xlsx": "x"}, "holds 2 files"),
        ({"a.txt": AREAS}, "holds 0 files"),
        ({"a.zip": "x"}, "holds 0 files"),
        ({"../a.csv": AREAS}, "leads out of it"),
        ({"x/../../a.csv": AREAS}, "leads out of it"),
        ({"/etc/a.csv": AREAS}, "leads out of it"),
        ({"a.csv": AREAS, "..\\b.txt": "x"}, "leads out of it"),
        ({"C:\\a.csv": AREAS}, "leads out of it"),
        ({"a.csv": ""}, "the file is empty"),
        ({"a.csv": b"\0" * 80_000_000}, "out of all proportion"),
    ],
)
def test_an_archive_that_is_not_one_file_is_told(
    tmp_path: Path, files: dict[str, bytes | str], told: str
) -> None:
    assert told in said(tmp_path / f"{SLUG}.zip", zipped(files))


def test_an_encrypted_archive_is_told(tmp_path: Path) -> None:
    data = bytearray(zipped({"a.csv": AREAS}))
    data[6] |= 1
    data[data.index(b"PK\1\2") + 8] |= 1
    assert "locked with a password" in said(tmp_path / f"{SLUG}.zip", bytes(data))


@pytest.mark.parametrize("cut", [10, 400, -30])
def test_a_damaged_archive_is_told(tmp_path: Path, cut: int) -> None:
    message = said(tmp_path / f"{SLUG}.zip", zipped({"a.csv": AREAS})[:cut])
    assert "cut off or damaged" in message
    data = bytearray(zipped({"a.csv": AREAS}, zipfile.ZIP_STORED))
    data[200] ^= 1
    assert "cut off or damaged" in said(tmp_path / f"{SLUG}.zip", bytes(data))


def test_the_suffix_tells_how_and_the_name_what(tmp_path: Path) -> None:
    for suffix in (".zip", ".xls", ".dbf", ".csv.gz", ".XLS"):
        path = tmp_path / f"shareholders.part2{suffix}"
        assert (slug_of(path), suffix_of(path)) == ("shareholders", suffix.lower())


# Limits


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("code,name\n1," + "x" * 17_000_000, "line 2 is longer than 16 MiB"),
        ("x" * 17_000_000, "line 1 is longer than 16 MiB"),
        ("code,name\n1," + "x" * 1_100_000 + "\n", "a cell in line 2 is longer than 1 MiB"),
        ('code,name\n1,"' + "x\n" * 600_000, "a cell in line 2 is longer than 1 MiB"),
        ('code,name\n1,2\n1,"x\n', "a quote in line 3 is not closed"),
        ('code,name\n1,"x""y"z\n', "a quote in line 2 is not closed or stands in the wrong place"),
        ("," * 1_000_000 + "x\n1,2\n", "more than 2000 columns"),
        ("code,name\n1" + ",2" * 1_000_000 + "\n", "more than 2000 columns"),
        ("code,name\n" + '1,"\n",' * 3_000_000, "line 2 is longer than 16 MiB"),
    ],
    ids=["line", "first line", "cell", "open quote", "quote at the end", "nested", "headers", "cells", "row of lines"],
)  # fmt: skip  # one list
def test_what_is_out_of_bounds_stops_early(tmp_path: Path, text: str, told: str) -> None:
    assert told in said(tmp_path / f"{SLUG}.csv", text.encode())


def test_two_thousand_columns_are_read(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(",".join(f"h{i}" for i in range(2_000)) + "\n" + ",".join("x" * 2_000) + "\n")
    assert read_sheet(path).rows.num_rows == 1


def test_a_workbook_that_is_a_bomb_is_told(tmp_path: Path) -> None:
    files: dict[str, bytes | str] = {}
    with zipfile.ZipFile(io.BytesIO(book(("code", "name")))) as old:
        files = {name: old.read(name) for name in old.namelist()}
    files["xl/worksheets/sheet1.xml"] = b"<sheetData>" + b" " * 80_000_000
    assert "out of all proportion" in said(tmp_path / f"{SLUG}.xlsx", zipped(files))


def test_a_row_number_beyond_any_sheet_is_told(tmp_path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(book(("code", "name"), ("1", "2")))) as old:
        files: dict[str, bytes | str] = {name: old.read(name) for name in old.namelist()}
    sheet = files["xl/worksheets/sheet1.xml"]
    assert isinstance(sheet, bytes)
    files["xl/worksheets/sheet1.xml"] = sheet.replace(b'r="2"', b'r="999999999"').replace(
        b'r="A2"', b""
    )
    assert "more than 1048576 rows" in said(tmp_path / f"{SLUG}.xlsx", zipped(files))


@pytest.mark.parametrize("cell", ["x" * 3_000, "x" * 2_000_000])
def test_a_parquet_file_that_repeats_a_text_is_told(tmp_path: Path, cell: str) -> None:
    path = tmp_path / f"{SLUG}.parquet"
    codes = pa.DictionaryArray.from_arrays(pa.array([0] * 300_000, pa.int32()), pa.array([cell]))
    pq.write_table(pa.table({"code": codes}), path)
    told = "out of all proportion" if len(cell) < 2**20 else "a cell is longer than 1 MiB"
    assert told in said(path, path.read_bytes())


def test_a_parquet_file_of_too_many_columns_is_told(tmp_path: Path) -> None:
    path = tmp_path / f"{SLUG}.parquet"
    pq.write_table(pa.table({f"c{i}": ["x"] for i in range(2_001)}), path)
    assert "more than 2000 columns" in said(path, path.read_bytes())


MEASURE = """
import resource, sys
from pathlib import Path
from doudi.graph.errors import FeedStopped
from doudi.loaders.read import read_sheet
resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))
try:
    read_sheet(Path(sys.argv[1]))
except FeedStopped as error:
    status = Path("/proc/self/status").read_text()
    print(status.split("VmHWM:")[1].split()[0], str(error))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="peak memory as Linux tells it")
@pytest.mark.parametrize("suffix", [".csv.gz", ".zip", ".xlsx", ".csv"])
def test_a_bomb_takes_less_than_half_a_gigabyte(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"{SLUG}{suffix}"
    _bomb(path)
    words = [sys.executable, "-c", MEASURE, str(path)]
    done = subprocess.run(words, capture_output=True, text=True, check=True, timeout=60)
    peak, message = done.stdout.split(" ", 1)
    assert "out of all proportion" in message or "longer than 16 MiB" in message
    assert int(peak) < 512 * 1024


def _bomb(path: Path) -> None:
    """Half a gigabyte of one row, packed a thousand to one, or a gigabyte of nothing."""
    if path.suffix == ".csv":
        with path.open("wb") as file:
            file.truncate(2**30)
            file.seek(0)
            file.write(b"code,name\n")
        return
    part = zlib.compressobj(9, zlib.DEFLATED, 31 if path.suffix == ".gz" else -15)
    block = b"x,y\n" * 2**18
    packed_block = b"".join([*(part.compress(block) for _ in range(2**9)), part.flush()])
    path.write_bytes(packed_block if path.suffix == ".gz" else _archive(path, packed_block))


def _archive(path: Path, deflated: bytes) -> bytes:
    """A zip archive or workbook around a deflated file."""
    name = "xl/worksheets/sheet1.xml" if path.suffix == ".xlsx" else "a.csv"
    out = zipped({name: "x"}, zipfile.ZIP_DEFLATED)
    with zipfile.ZipFile(io.BytesIO(out)) as archive:
        entry = archive.infolist()[0]
    sizes = len(deflated).to_bytes(4, "little") + (2**29).to_bytes(4, "little")
    start = 30 + len(name)
    local = out[:18] + sizes + out[26:start]
    centre = out[start + entry.compress_size :]
    return local + deflated + _moved(centre, sizes, start + len(deflated))


def _moved(centre: bytes, sizes: bytes, at: int) -> bytes:
    end = centre.index(b"PK\5\6")
    return (
        centre[:20] + sizes + centre[28 : end + 16] + at.to_bytes(4, "little") + centre[end + 20 :]
    )


# Fuzz


@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(
        st.one_of(
            st.sampled_from([b"code", b"name", b",", b"\t", b'"', b"\n", b"\r\n", b"\r", b"\0", "元".encode("gb18030"), "村".encode()]),
            st.binary(max_size=4),
        ),
        min_size=1, max_size=40,
    ),
    st.booleans(),
)  # fmt: skip  # one strategy
def test_any_csv_file_is_read_or_stopped(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    parts: list[bytes],
    short: bool,  # noqa: FBT001 - drawn
) -> None:
    monkeypatch.setattr(plain_csv, "SHORT", 0 if short else 2**15)
    path = tmp_path / f"{SLUG}.csv"
    path.write_bytes(b"".join(parts) or b"x")
    try:
        sheet = read_sheet(path, frozenset({"code", "name"}))
    except FeedStopped:
        return
    assert sheet.rows.num_columns == len(sheet.headers) + 1
    lines = sheet.rows["line"].to_pylist()
    assert lines == sorted(set(lines))


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.sampled_from([".csv.gz", ".zip", ".xlsx", ".parquet", ".xls", ".dbf"]),
    st.binary(min_size=1, max_size=80),
)
def test_any_bytes_under_any_name_are_stopped(tmp_path: Path, suffix: str, data: bytes) -> None:
    path = tmp_path / f"{SLUG}{suffix}"
    path.write_bytes(data)
    with pytest.raises(FeedStopped):
        read_sheet(path)


def test_the_limits_hold_together() -> None:
    assert packed.MAX_CELL < packed.MAX_LINE < packed.SMALL < packed.MAX_UNPACKED
