"""``doudi link`` as people type it: what it writes, says and refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.doudi.conftest import Clerk, Said

MAP = "name=姓名,birth=出生日期,sex=性别"


def table(prefix: str = "a") -> pa.Table:
    """Two hundred people whose names and days of birth are all different."""
    surnames, given = "王李张刘陈杨黄吴赵周", "伟芳娜敏静强磊军洋勇"
    days = np.datetime64("1950-01-01") + (np.arange(200) * 97).astype("timedelta64[D]")
    return pa.table(
        {
            "编号": [f"{prefix}{n}" for n in range(200)],
            "姓名": [
                surnames[n % 10] + given[n // 10 % 10] + given[(n * 7 + n // 100) % 10]
                for n in range(200)
            ],
            "出生日期": np.datetime_as_string(days).tolist(),
            "性别": ["男", "女"] * 100,
        }
    )


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    paths = tmp_path / "left.parquet", tmp_path / "right.parquet"
    for path, prefix in zip(paths, "ab", strict=True):
        pq.write_table(table(prefix), path)
    return paths


def links(clerk: Clerk, *words: str | Path) -> Said:
    return clerk.types("link", *words, "--out", clerk.folder / "out")


def test_two_files_give_pairs_and_clusters(clerk: Clerk, files: tuple[Path, Path]) -> None:
    said = links(clerk, *files, "--id", "编号", "--map", MAP, "--one-to-one")
    assert said.code == 0
    pairs = pq.read_table(clerk.folder / "out" / "pairs.parquet")
    assert pairs.column_names[:5] == ["left_id", "right_id", "probability", "grade", "reasons"]
    assert {(r["left_id"], r["right_id"]) for r in pairs.to_pylist()} == {
        (f"a{n}", f"b{n}") for n in range(200)
    }
    assert pairs["reasons"][0].as_py() == ["name: the same", "birth: the same", "sex: the same"]
    clusters = pq.read_table(clerk.folder / "out" / "clusters.parquet").to_pylist()
    assert {r["cluster"] for r in clusters if r["id"] == "b7"} == {"left:a7"}
    assert "400 records are 200 people" in said.out
    assert said.has("learning what each column tells", "joining records")


def test_one_file_is_searched_for_duplicates_and_csv_will_do(clerk: Clerk, tmp_path: Path) -> None:
    doubled = pa.concat_tables([table("a"), table("b").slice(0, 5)])
    pacsv.write_csv(doubled, tmp_path / "people.csv")
    said = links(clerk, tmp_path / "people.csv", "--id", "编号", "--map", MAP, "--json")
    receipt = said.receipt
    assert (receipt["rows"], receipt["clusters"], receipt["linked"]) == (205, 200, 5)
    assert receipt["exit_code"] == 0
    clusters = pq.read_table(receipt["outputs"]["clusters"])
    assert clusters.column_names == ["id", "cluster"]
    assert {"id": "b3", "cluster": "a3"} in clusters.to_pylist()


def test_reasons_and_messages_are_in_the_language_asked_for(
    clerk: Clerk, files: tuple[Path, Path]
) -> None:
    said = links(clerk, *files, "--id", "编号", "--map", MAP, "--lang", "zh")
    pairs = pq.read_table(clerk.folder / "out" / "pairs.parquet")
    assert pairs["reasons"][0].as_py() == ["姓名：相同", "出生：相同", "性别：相同"]
    assert "400 条记录归为 200 人" in said.out
    assert said.has("学习各列的权重")


def test_no_home_is_needed_and_none_is_made(clerk: Clerk, files: tuple[Path, Path]) -> None:
    links(clerk, *files, "--id", "编号", "--map", MAP)
    assert not clerk.home.exists()


def test_columns_joined_and_compared_are_named_on_the_line(clerk: Clerk, tmp_path: Path) -> None:
    whole = table()
    parts = whole.append_column("姓", pa.array([n[0] for n in whole["姓名"].to_pylist()]))
    parts = parts.append_column("名", pa.array([n[1:] for n in whole["姓名"].to_pylist()]))
    pq.write_table(parts, tmp_path / "p.parquet")
    words = ("--id", "编号", "--map", "name=姓+名", "--compare", "出生日期,性别", "--json")
    said = links(clerk, tmp_path / "p.parquet", tmp_path / "p.parquet", *words)
    assert said.receipt["clusters"] == 200


WRONG = [
    (("--id", "编号"), 2, "no column to compare", "such as --map name="),
    (("--id", "编号", "--map", ""), 2, "no column to compare", "--map"),
    (("--id", "编号", "--map", "name"), 2, "a mapping that cannot be read: 'name'", "--map"),
    (("--id", "编号", "--map", "name="), 2, "a mapping that cannot be read", "--map"),
    (("--id", "编号", "--map", "name=姓名,name=性别"), 2, "cannot be read", "each once"),
    (("--id", "编号", "--map", "nome=姓名"), 2, "unknown meaning 'nome'", "did you mean name"),
    (("--id", "编号", "--map", "birth=出生日"), 2, "unknown column", "did you mean 出生日期"),
    (("--id", "编码", "--map", MAP), 2, "unknown column '编码'", "left table"),
    (("--id", "性别", "--map", MAP), 1, "198 repeat one", "take another column as --id"),
    (("--id", "编号", "--map", MAP, "--one-to-one"), 2, "there is one table only", "--one-to-one"),
    (("--id", "编号", "--map", MAP, "--compare", "电话"), 2, "unknown column '电话'", "--compare"),
]


@pytest.mark.parametrize(("words", "code", "found", "hint"), WRONG)
def test_what_is_typed_wrongly_is_told_with_what_to_do(
    clerk: Clerk, files: tuple[Path, Path], words: tuple[str, ...], code: int, found: str, hint: str
) -> None:
    said = links(clerk, files[0], *words)
    assert said.code == code
    assert said.has(found, hint)
    assert not (clerk.folder / "out").exists()


def test_files_that_cannot_be_read_are_named(clerk: Clerk, tmp_path: Path) -> None:
    (tmp_path / "fake.parquet").write_text("name,id\n", "utf-8")
    (tmp_path / "empty.csv").write_text("", "utf-8")
    (tmp_path / "crooked.csv").write_text("编号,姓名\n1,王伟\n2\n", "utf-8")
    (tmp_path / "holes.csv").write_text("编号,姓名\n1,王伟\n,李伟\n,张伟\n", "utf-8")
    (tmp_path / "twice.csv").write_text("编号,姓名,姓名\n1,王伟,王\n", "utf-8")
    (tmp_path / "notes.txt").write_text("编号", "utf-8")
    pq.write_table(table().slice(0, 0), tmp_path / "none.parquet")
    for name, found in {
        "fake.parquet": "not what its name says",
        "empty.csv": "the file is empty",
        "crooked.csv": "lines 3 have other cells than the header",
        "holes.csv": "of 3 rows 2 have no identifier and 0 repeat one",
        "twice.csv": "several columns are named '姓名'",
        "notes.txt": "files of this kind are not read",
        "none.parquet": "it has no rows",
        "gone.parquet": "there is no such file",
    }.items():
        said = links(clerk, tmp_path / name, "--id", "编号", "--map", "name=姓名")
        assert said.code == 1
        assert said.has(found), said.err


def test_a_folder_that_cannot_be_written_is_one_message(
    clerk: Clerk, files: tuple[Path, Path]
) -> None:
    (clerk.folder / "out").write_text("a file", "utf-8")
    said = links(clerk, *files, "--id", "编号", "--map", MAP)
    assert said.code == 1
    assert said.has("cannot be written")
