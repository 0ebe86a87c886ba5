"""What other counties of the province are sent: matched registrations, and shared registers."""

from __future__ import annotations

import json
from copy import copy
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from doudi.synth.book import Book
from doudi.synth.forms import forms
from doudi.synth.numbers import county_code
from doudi.synth.parts import Part, plain, write_part
from doudi.synth.payments import SOURCE as PAYMENTS
from doudi.synth.payments import pay_households
from doudi.synth.registers import write_rosters
from doudi.synth.sheets import sheets_of
from doudi.synth.truth_files import people_of, write_tables

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from doudi.synth.benefits import Abroad
    from doudi.synth.homes import Homes
    from doudi.synth.parameters import Standards
    from doudi.synth.sheets import Sheet
    from doudi.synth.truth_files import Tables
    from doudi.synth.world import World

ROSTERS = ("dibao_household_register", "dibao_member_register", PAYMENTS)
"""Sources whose rows cross where two counties' registers name the same number."""
EVERYBODY = "all"
"""Stands for every other county."""
FOLDER, LIST = "abroad", "parts.json"
DOOR = 5_000
"""Doors from here on are nobody's home."""


@dataclass(frozen=True)
class Sent:
    """What a block adds to another county's files and truth."""

    folder: Path
    parts: dict[tuple[str, str], Part]
    """By batch and source."""
    cases: int = 0
    decoys: int = 0


def write_abroad(world: World, standards: Standards) -> None:
    """Rows of the registrations in other counties, as the offices there would write them."""
    for place in sorted({there.place for there in world.abroad}):
        matched = [there for there in world.abroad if there.place == place]
        office = copy(world)
        office.areas, office.book = matched[0].areas, Book()
        office.dibao = [there.case for there in matched]
        office.homes = _addressed(world.homes, matched)
        write_rosters(office, standards)
        pay_households(office, standards)
        world.serial = office.serial
        world.offices[place] = office.book


def _addressed(homes: Homes, matched: list[Abroad]) -> Homes:
    """The same homes with the addresses that were told over there."""
    address = homes.address.copy()
    for turn, there in enumerate(matched):  # few: planted
        code = there.areas.code[there.case.village]
        address[there.case.home] = f"{code}{DOOR + there.case.home % 1000 + turn % 2 * 1000:04d}"
    return replace(homes, address=address)


def send_abroad(
    world: World, clean: list[Sheet], sent: list[Sheet], own: Tables, folder: Path
) -> None:
    """Write for each county what it gets from this block.

    Args:
        world: The block.
        clean: Its sheets before anything was soiled: planted facts rest on matched rows.
        sent: Its sheets as they are delivered: a shared register is the same for everybody.
        own: The block's tables of the truth.
        folder: The block's folder.
    """
    rng = world.block.stream("other counties")
    delivered = {sheet.source for sheet in clean}
    back: list[Sheet] = []
    for place, book in sorted(world.offices.items()):
        matched = [there for there in world.abroad if there.place == place]
        theirs = sheets_of(book, rng, delivered)
        here = [_only(s, [m.here for m in matched]) for s in clean if s.source in ROSTERS]
        cases = _of_strangers(own["cases"], [m.case.number for m in matched])
        _send(folder, str(county_code(place)), theirs + here, {"cases": cases})
        back += theirs
    _send(folder, str(world.block.county), back, {})
    shared = [sheet for sheet in sent if forms()[sheet.source].is_shared]
    names = pa.array(sorted({sheet.source for sheet in shared}), pa.string())
    faults = {
        name: own[name].filter(pc.is_in(own[name]["source"], names))
        for name in ("quarantine", "faults")
    }
    _send(folder, EVERYBODY, shared, faults)


def _only(sheet: Sheet, households: list[str]) -> Sheet:
    """The rows of some households."""
    told = sheet.rows["household_id"].cast(pa.string())
    return replace(sheet, rows=sheet.rows.filter(pc.is_in(told, pa.array(households))))


def _of_strangers(cases: pa.Table, households: list[str]) -> pa.Table:
    """Planted facts about some households, for the county that does not know the person."""
    own = cases.filter(pc.is_in(cases["household_id"], pa.array(households, pa.string())))
    place = own.column_names.index("person_index")
    return own.set_column(place, "person_index", pa.nulls(own.num_rows, pa.int64()))


def _send(folder: Path, receiver: str, sheets: list[Sheet], tables: Tables) -> None:
    """Put aside what one county gets: rows, whom they are about, and what is true."""
    target = folder / FOLDER / receiver
    target.mkdir(parents=True)
    joined = _by_file(sheets)
    parts = [write_part(sheet, target) for sheet in joined]
    write_tables(tables | {"people": people_of(joined)}, target)
    roles = tables["cases"]["role"].to_pylist() if "cases" in tables else []
    told = {
        "parts": [asdict(part) for part in parts],
        "cases": roles.count("case"),
        "decoys": roles.count("decoy"),
    }
    (target / LIST).write_text(json.dumps(told), "utf-8")


def _by_file(sheets: list[Sheet]) -> list[Sheet]:
    """One sheet a file, where some are about the same file."""
    found: dict[tuple[str, str], Sheet] = {}
    for sheet in sheets:
        key = (sheet.batch, sheet.source)
        known = found.get(key)
        if known:
            rows = pa.concat_tables([plain(known.rows), plain(sheet.rows)])
        found[key] = replace(known, rows=rows) if known else sheet
    return list(found.values())


def received(folders: Iterable[Path], county: str) -> Iterator[Sent]:
    """What a county gets from blocks: its own and all others', in their order.

    Args:
        folders: Those of the blocks, each in a folder named after its county.
        county: Its code.
    """
    for folder in folders:
        own = folder.parent.name == county
        for receiver in (county,) if own else (county, EVERYBODY):
            found = folder / FOLDER / receiver
            if (found / LIST).exists():
                told = json.loads((found / LIST).read_text("utf-8"))
                parts = [Part(**part) for part in told.pop("parts")]
                yield Sent(found, {(p.batch, p.source): p for p in parts}, **told)
