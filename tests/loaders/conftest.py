"""A small office: deliveries of a few lines, a home, and what is known afterwards."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from doudi.graph.tables import FactStore
from doudi.loaders.load import load
from tests.loaders.repairing import DAY, Steward

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from pathlib import Path

    from doudi.graph.errors import Lang
    from doudi.loaders.receipt import LoadReceipt


def check_digit(body: str) -> str:
    """The last digit of a person number, written anew."""
    total = sum(int(digit) * 2 ** (17 - place) for place, digit in enumerate(body))
    return str((12 - total % 11) % 11).replace("10", "X")


def number(serial: int, born: str = "19800101") -> str:
    """A person's number in an area that is not assigned."""
    body = f"539901{born}{serial:03d}"
    return body + check_digit(body)


@dataclass
class Office:
    """Loads deliveries into one home.

    Attributes:
        known: Day on which the next delivery is received; a month later each time.
    """

    folder: Path
    batches: int = 0
    receipts: list[LoadReceipt] = field(default_factory=list)

    @property
    def home(self) -> Path:
        return self.folder / "home"

    def deliver(
        self,
        files: Mapping[str, str | bytes],
        toml: str = "",
        *,
        batch: str = "",
        lang: Lang = "en",
    ) -> LoadReceipt:
        """Write the files of a delivery and load it; the first is of 2026-04, the next a month on."""
        month = 4 + self.batches
        name = batch or f"2026-{month:02d}"
        if not batch:
            self.batches += 1
        target = self.folder / name
        target.mkdir(parents=True, exist_ok=True)
        head = "" if "as_known" in toml else f"as_known = {name[:4]}-{int(name[5:7]) + 1:02d}-05\n"
        (target / "delivery.toml").write_text(head + toml, "utf-8")
        for file, content in files.items():
            data = content if isinstance(content, bytes) else content.encode()
            (target / file).write_bytes(data)
        self.receipts.append(load(target, self.home, lang=lang))
        return self.receipts[-1]

    def nodes(self, label: str, as_known: date | None = None) -> list[dict[str, Any]]:
        """The facts of a label."""
        with FactStore(self.home / "tables").connect(as_known) as view:
            return _sorted(view.node(label).to_pyarrow().to_pylist())

    def links(self, *triple: str, as_known: date | None = None) -> list[dict[str, Any]]:
        """The facts of a relation."""
        with FactStore(self.home / "tables").connect(as_known) as view:
            return _sorted(view.link(*triple).to_pyarrow().to_pylist())

    def quarantine(self) -> list[tuple[Any, ...]]:
        """Line, field, reason and effect of all that was refused or unknown."""
        files = str(self.home / "quarantine" / "*" / "*.parquet")
        sql = "SELECT line, field, reason, effect FROM read_parquet(?) ORDER BY ALL"
        return duckdb.execute(sql, [files]).fetchall()


def _sorted(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda row: (str(row["valid_from"]), row["fact_id"]))


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """An office with an empty home."""
    return Office(tmp_path)


@pytest.fixture
def people() -> list[str]:
    """Valid numbers of nobody; even places are men's."""
    return [number(serial) for serial in range(1, 40)]


@pytest.fixture
def steward(office: Office, monkeypatch: pytest.MonkeyPatch) -> Steward:
    """Somebody who repairs what is in quarantine, on a day of his own."""
    days = [DAY]
    monkeypatch.setattr("doudi.loaders.repairs.today", lambda: days[0])
    return Steward(office, days)
