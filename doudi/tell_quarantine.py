"""What the commands about the quarantine say on the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from doudi.loaders.reasons import EFFECTS, reason_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from doudi.loaders.refused import Group
    from doudi.stages import Line

COUNTS = ("rows_in", "loaded", "quarantined", "duplicates", "overtaken", "unchanged")


def say_groups(line: Line, groups: Sequence[Group]) -> None:
    """One line a batch, source, file and reason; below, how much waits."""
    headers = ("batch", "slug", "file", "reasons", "why", "effect", "rows", "repaired", "overtaken")
    text = line.console.text
    rows = [
        [
            one.batch,
            one.source,
            one.file,
            one.reason,
            text(*reason_words(one.reason)),
            text(*EFFECTS.get(one.effect, (one.effect, one.effect))),
            one.rows,
            one.repaired,
            one.overtaken,
        ]
        for one in groups
    ]
    if rows:
        line.console.table(headers, rows)
    waiting = sum(one.open for one in groups)
    line.console.show(f"待修改 {waiting:,} 项", f"{waiting:,} wait for a repair")


def say_resubmitted(line: Line, receipt: dict[str, Any]) -> None:
    """What became of the lines, file by file, and why some were not loaded."""
    rows = [
        [f["batch"], f["file"], *(f[name] for name in COUNTS),
         "; ".join(f"{reason} {n}" for reason, n in f["reasons"].items())]
        for f in receipt["files"]
    ]  # fmt: skip  # one row a file
    line.console.table(("batch", "file", *COUNTS, "reasons"), rows)
    for message in receipt["messages"]:  # a few a file
        line.console.warn(message, message)
