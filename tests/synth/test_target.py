"""The folder of a county: refused when it holds something, whole or empty afterwards."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from doudi.graph.errors import HomeError, UsageError
from doudi.synth.county import SMALLEST, make_county
from doudi.synth.target import PROVINCE, UNFINISHED, WHOLE, growing

if TYPE_CHECKING:
    from pathlib import Path

ON_A_SMALL_DISK = """
import resource, sys
from pathlib import Path
from doudi.graph.errors import HomeError
from doudi.synth.county import make_county
from doudi.synth.province import make_province
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
wishes = {"households": 1_500, "processes": int(sys.argv[2])}
try:
    if sys.argv[3] == "1":
        make_county(Path(sys.argv[1]), **wishes)
    else:
        make_province(Path(sys.argv[1]), counties=int(sys.argv[3]), **wishes)
except HomeError as error:
    sys.exit(error.told("en"))
"""


def grow(out: Path, *, force: bool = False) -> None:
    with growing(out, force=force) as work:
        for name in WHOLE:
            (work / name).write_text("new", "utf-8")


def test_a_missing_or_empty_folder_is_filled(tmp_path: Path) -> None:
    for name in ("a/b", "empty"):
        out = tmp_path / name
        (tmp_path / "empty").mkdir(exist_ok=True)
        grow(out)
        assert sorted(path.name for path in out.iterdir()) == sorted(WHOLE)


def test_a_county_is_refused_and_replaced_by_force(tmp_path: Path) -> None:
    (tmp_path / "deliveries").mkdir()
    (tmp_path / "deliveries" / "old").touch()
    with pytest.raises(UsageError, match="not empty: deliveries") as caught:
        grow(tmp_path)
    assert "--force (it removes deliveries)" in caught.value.told("en")
    assert "--force（会删除 deliveries）" in caught.value.told("zh")
    grow(tmp_path, force=True)
    assert (tmp_path / "deliveries").read_text("utf-8") == "new"


def test_force_removes_nothing_foreign(tmp_path: Path) -> None:
    (tmp_path / "truth").mkdir()
    (tmp_path / "thesis.docx").write_text("mine", "utf-8")
    with pytest.raises(UsageError, match=r"thesis\.docx") as caught:
        grow(tmp_path, force=True)
    assert "--force does not remove these" in caught.value.told("en")
    assert (tmp_path / "thesis.docx").read_text("utf-8") == "mine"
    assert (tmp_path / "truth").is_dir()


def test_what_a_kill_left_is_refused_and_removed_by_force(tmp_path: Path) -> None:
    (tmp_path / UNFINISHED / "block000").mkdir(parents=True)
    with pytest.raises(UsageError, match=UNFINISHED):
        grow(tmp_path)
    grow(tmp_path, force=True)
    assert not (tmp_path / UNFINISHED).exists()


def test_a_province_is_refused_and_replaced_by_force(tmp_path: Path) -> None:
    for name in ("539901", "539801"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "county.json").touch()
    (tmp_path / PROVINCE).touch()
    with pytest.raises(UsageError, match=r"not empty: province\.json; 539901; 539801;"):
        grow(tmp_path)
    grow(tmp_path, force=True)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(WHOLE)


def test_force_removes_no_county_with_something_foreign_in_it(tmp_path: Path) -> None:
    (tmp_path / "539901").mkdir()
    (tmp_path / "539901" / "county.json").touch()
    (tmp_path / "539901" / "thesis.docx").touch()
    with pytest.raises(UsageError, match="--force does not remove these"):
        grow(tmp_path, force=True)
    assert (tmp_path / "539901" / "thesis.docx").exists()


def test_a_file_in_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "county").touch()
    with pytest.raises(UsageError, match="this is a file"):
        grow(tmp_path / "county")


def test_an_error_on_the_way_leaves_no_county(tmp_path: Path) -> None:
    def breaks() -> None:
        with growing(tmp_path, force=False) as work:
            (work / "deliveries").mkdir()
            raise OSError(28, "No space left on device")

    with pytest.raises(HomeError, match="No space left on device"):
        breaks()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on a file's size")
@pytest.mark.parametrize(("processes", "counties"), [("1", "1"), ("2", "1"), ("2", "2")])
def test_files_that_cannot_be_written_leave_no_county(
    tmp_path: Path, processes: str, counties: str
) -> None:
    out = tmp_path / "county"
    done = subprocess.run(
        [sys.executable, "-c", ON_A_SMALL_DISK, str(out), processes, counties],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "cannot be written (File too large)" in done.stderr
    assert list(out.iterdir()) == []


def test_a_rate_of_zero_plants_none(tmp_path: Path) -> None:
    make_county(tmp_path, households=SMALLEST, rates={"E15": 0.0})
    assert "E15" not in set(pd.read_parquet(tmp_path / "truth" / "cases.parquet")["code"])
