"""Deliveries in any order: afterwards the tables know, for every day, what they would know in order.

Four small sources, one of each nature and kind of key, get random snapshots and deltas. They are
loaded in the order in which they count, and in another one, and compared with a plain model. Lines
that were refused or have an unknown field are repaired on the way, on days that only go forward.
What does depend on the order, and why:

* The same batch of the same day sent again with other rows: the later load counts; nothing else
  tells which of the two the sender means.
* A wrong check digit is restored by the people who are known when the file is read.
* The checks that stop a feed (a shrunken snapshot, amounts off by a factor) look at what is loaded.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings

from doudi.graph.tables import FactStore
from doudi.loaders.identity import Keys
from doudi.loaders.load import load
from doudi.loaders.modes import kept_sql
from doudi.loaders.quarantine_back import Sent as SentLine
from doudi.loaders.refused import lines
from doudi.loaders.repairs import resubmit
from doudi.loaders.source import sources
from tests.loaders.orders_drawn import (
    KNOWN,
    NATURES,
    Mend,
    Sent,
    declare,
    repaired_row,
    sequences,
)
from tests.loaders.orders_model import Model

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from pathlib import Path

    from doudi.loaders.source import Source

SEQUENCES = int(os.environ.get("DOUDI_ORDERS", "12"))
"""Random sequences; ``DOUDI_ORDERS=1000`` for a long run."""


@dataclass
class Home:
    """A home that deliveries are loaded into."""

    folder: Path
    keys: Path
    declared: Mapping[str, Source] = field(init=False)

    def __post_init__(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        declare(self.folder / "home" / "sources")
        shutil.copytree(self.keys, self.folder / "home" / "keys")
        self.declared = sources(self.folder / "home" / "sources")

    def load(self, sent: list[Sent | Mend]) -> Home:
        for one in sent:
            if isinstance(one, Mend):
                self.mend(one)
                continue
            target = self.folder / one.batch
            target.mkdir(exist_ok=True)
            modes = [f'[source.{slug}]\nmode = "{f.mode}"' for slug, f in one.files.items()]
            head = [f'batch = "{one.batch}"', f"as_known = {one.as_known}"]
            (target / "delivery.toml").write_text("\n".join([*head, *modes]), "utf-8")
            for slug, file in one.files.items():
                (target / f"{slug}.csv").write_text(file.text, "utf-8")
            assert load(target, self.folder / "home").stopped == {}
        return self

    def mend(self, mend: Mend) -> None:
        """Send all lines of a delivery again, as a book would hold them."""
        home = self.folder / "home"
        if mend.origin.batch not in {p.parent.name for p in home.glob("quarantine/*/*.parquet")}:
            return
        found = lines(home, Keys(home / "keys"), mend.origin.batch, every=True)
        sent = []
        for line in found:
            headers = line.headers or ()
            raw = dict(zip(headers, line.cells, strict=True))
            cells = repaired_row(raw, mend, NATURES[line.source][0])
            info = (line.mark, line.batch, line.file, str(line.line), "", "", "")
            sent.append(SentLine("1", 2, info, headers, tuple(cells[h] for h in headers)))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("doudi.loaders.mended.read_book", lambda _: sent)
            patch.setattr("doudi.loaders.repairs.today", lambda: mend.as_known)
            receipt = resubmit(home / "book.xlsx", home)
        assert receipt.exit_code == 0, receipt.messages
        assert sum(file.rows_in for file in receipt.files) == len(sent)

    def known(self, day: date) -> dict[str, list[Any]]:
        """All that is believed at a day, row for row, without the running numbers of loads."""
        found = {}
        with FactStore(self.folder / "home" / "tables").connect(day) as view:
            for name in (("Person",), ("Household",), ("MEMBER_OF", "Person", "Household")):
                sql = f"SELECT * EXCLUDE (seq) FROM {view.known(*name)} ORDER BY ALL"
                found[name[0]] = view.con.execute(sql).fetchall()
        return found | {slug: self.rows(slug, day, "* EXCLUDE (seq)") for slug in NATURES}

    def rows(self, slug: str, day: date, what: str) -> list[Any]:
        """The kept rows of a source known at a day."""
        with duckdb.connect() as con:
            folder = self.folder / "home" / "tables" / "_rows" / slug
            return con.execute(f"""
                SELECT {what} FROM ({kept_sql(con, self.declared[slug], folder)})
                WHERE known_from <= DATE '{day}' QUALIFY NOT retracted AND row_number() OVER (
                    PARTITION BY row_key ORDER BY known_from DESC, seq DESC) = 1
                ORDER BY ALL""").fetchall()

    def quarantine(self) -> list[Any]:
        paths = list((self.folder / "home" / "quarantine").rglob("*.parquet"))
        if not paths:
            return []
        sql = 'SELECT * EXCLUDE ("row") FROM read_parquet(?) ORDER BY ALL'
        return duckdb.execute(sql, [[str(p) for p in paths]]).fetchall()


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Keys that all homes share, so that pseudonyms are equal."""
    folder = tmp_path_factory.mktemp("office")
    (folder / "keys").mkdir(mode=0o700)
    (folder / "keys" / "pid.key").write_bytes(b"0" * 32)
    return folder / "keys"


@settings(
    max_examples=SEQUENCES,
    deadline=None,
    derandomize=SEQUENCES < 100,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(sequences())
def test_any_order_of_deliveries_ends_in_the_same_knowledge(
    keys: Path, drawn: tuple[list[Sent | Mend], list[Sent | Mend]]
) -> None:
    in_order, shuffled = drawn
    one = Home(keys.parent / "one", keys).load(in_order)
    other = Home(keys.parent / "other", keys).load(shuffled)
    for day in KNOWN:
        assert one.known(day) == other.known(day), day
    assert one.quarantine() == other.quarantine()
    for slug in NATURES:
        model = Model(slug, in_order)
        what = "k, status, note, CAST(day AS VARCHAR), CAST(stop AS VARCHAR), CAST(ended_on AS VARCHAR)"
        for day in KNOWN:
            assert sorted(one.rows(slug, day, what), key=str) == model.known(day), (slug, day)
