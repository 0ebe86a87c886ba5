"""Whether every row of a loaded county is accounted for: ``python -m tests.loaders.adds_up COUNTY HOME RECEIPT``.

``RECEIPT`` is what ``doudi load --json`` printed. Rows of every file add up, control totals agree, and the
quarantine is what was planted: no more, no less, line by line. It ends with 1 otherwise.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import duckdb

from doudi.loaders.source import sources

Refusal = tuple[str, str, int, str, str, str]
"""Source, batch, line, field, reason and effect."""


def quarantined(files: Path) -> list[Refusal]:
    """All that is in quarantine tables, in order."""
    if not list(files.parent.parent.glob("/".join(files.parts[-2:]))):
        return []
    sql = "SELECT source, batch, line, field, reason, effect FROM read_parquet(?) ORDER BY ALL"
    return duckdb.execute(sql, [str(files)]).fetchall()


def in_error(county: Path) -> set[tuple[str, str]]:
    """Batch and source of the files whose amounts came in ten thousands without a word."""
    sql = "SELECT DISTINCT batch, source FROM read_parquet(?) WHERE code = 'q.unit'"
    return set(duckdb.execute(sql, [str(county / "truth" / "faults.parquet")]).fetchall())


def delivered(county: Path) -> set[tuple[str, str]]:
    """Batch and source of every file."""
    files = (county / "deliveries").glob("*/*")
    return {(p.parent.name, p.name.split(".")[0]) for p in files if p.name != "delivery.toml"}


def problems(county: Path, home: Path, files: list[dict[str, Any]]) -> list[str]:
    """What does not add up, in words."""
    found = [
        f"{f['batch']}/{f['file']}: {f['rows_in']} rows in"
        for f in files
        if f["rows_in"] != f["loaded"] + f["quarantined"] + f["duplicates"]
    ]
    found += [
        f"{f['batch']}/{f['file']}: {total['name']} {total['expected']} expected, {total['found']} found"
        for f in files
        for total in f["control"]
        if abs(total["expected"] - total["found"]) >= 0.005
    ]
    stopped = delivered(county) - {(f["batch"], f["source"]) for f in files}
    found += [f"{batch}/{slug}: stopped" for batch, slug in sorted(stopped - in_error(county))]
    found += [f"{slug}: never loaded" for slug in set(sources()) - {f["source"] for f in files}]
    caught = Counter(quarantined(home / "quarantine" / "*" / "*.parquet"))
    planted = Counter(
        row for row in quarantined(county / "truth" / "quarantine.parquet")
        if (row[1], row[0]) not in stopped
    )  # fmt: skip  # one collection
    found += [f"refused and not planted: {row}" for row in (caught - planted).elements()]
    found += [f"planted and not caught: {row}" for row in (planted - caught).elements()]
    return found


def main() -> None:
    """Print the sums, and what does not add up."""
    county, home, receipt = map(Path, sys.argv[1:])
    files = json.loads(receipt.read_text("utf-8"))["files"]
    sums = {n: sum(f[n] for f in files) for n in ("rows_in", "loaded", "quarantined", "duplicates")}
    wrong = problems(county, home, files)
    planted = len(quarantined(county / "truth" / "quarantine.parquet"))
    print(f"{len(files)} files, {sums}, {planted} refusals and unknown fields planted")  # noqa: T201  # its purpose
    print("\n".join(wrong) or "all of it adds up")  # noqa: T201  # its purpose
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
