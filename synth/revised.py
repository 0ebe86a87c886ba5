"""What later deliveries revise: names put right, rows that come late, rows that are taken back."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import pyarrow as pa

from doudi.synth import months

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from doudi.synth.sheets import Sheet
    from doudi.synth.world import World

    Free: TypeAlias = Callable[[Sheet], NDArray[np.bool_]]

MOVED = 12
CORRECTED = 6
WITHDRAWN, GROWN = 3, 30
LATE = ("driver_and_violations", "inpatient_settlement")
CANCELLED = "hukou_death_cancellation"


def _first_two(sheets: list[Sheet], source: str) -> list[int]:
    """Where a source's first two files stand among the sheets; nothing if it is not delivered."""
    return [place for place, sheet in enumerate(sheets) if sheet.source == source][:2]


def corrected(world: World, sheets: list[Sheet], free: Free) -> list[Sheet]:
    """Names that the snapshot has wrong and the next delivery puts right."""
    places = _first_two(sheets, "hukou_population")
    if not places:
        return sheets
    first, second = places
    rows = sheets[first].rows
    chosen = np.flatnonzero(free(sheets[first]))
    chosen = world.rng.permutation(chosen)[:CORRECTED]
    right = rows.take(pa.array(chosen))
    names = rows["name"].to_numpy().astype(object)
    names[chosen] = [f"{names[row]}儿" for row in chosen]
    place = rows.column_names.index("name")
    wrong = rows.set_column(place, "name", pa.array(names, pa.string()))
    sheets[first] = replace(sheets[first], rows=wrong)
    sheets[second] = replace(
        sheets[second],
        rows=pa.concat_tables([sheets[second].rows, right], promote_options="default"),
    )
    return sheets


def late(world: World, sheets: list[Sheet], free: Free) -> list[Sheet]:
    """Rows that reach the county one delivery late."""
    for first, second in filter(None, (_first_two(sheets, source) for source in LATE)):
        rows = sheets[first].rows
        chosen = world.rng.permutation(np.flatnonzero(free(sheets[first])))[:MOVED]
        kept = np.delete(np.arange(rows.num_rows), chosen)
        later = pa.concat_tables([sheets[second].rows, rows.take(pa.array(chosen))])
        sheets[first] = replace(sheets[first], rows=rows.take(pa.array(kept)))
        sheets[second] = replace(sheets[second], rows=later)
    return sheets


def withdrawn(world: World, sheets: list[Sheet], free: Free) -> list[Sheet]:
    """Living people whose hukou was cancelled by mistake, and the withdrawal a month later."""
    places = _first_two(sheets, CANCELLED)
    if not places:
        return sheets
    first, second = places
    who = _mistaken(world, sheets[first], free)
    for place, op in ((first, ""), (second, "delete")):
        rows = sheets[place].rows
        added = _cancellations(world, who, op).cast(rows.schema)
        sheets[place] = replace(sheets[place], rows=pa.concat_tables([rows, added]))
    return sheets


def _mistaken(world: World, sheet: Sheet, free: Free) -> NDArray[np.int64]:
    """A few living people on whose rows nothing planted rests."""
    people = world.people
    own = np.flatnonzero(people.living() & (people.home >= 0) & (people.age() > GROWN))
    rows = pa.table({c.field: pa.nulls(len(own), pa.string()) for c in sheet.columns})
    at = rows.column_names.index("person_id")
    named = replace(sheet, rows=rows.set_column(at, "person_id", pa.array(people.number[own])))
    rng = world.block.stream("withdrawn")
    return np.asarray(rng.permutation(own[free(named)])[:WITHDRAWN], dtype=np.int64)


def _cancellations(world: World, who: NDArray[np.int64], op: str) -> pa.Table:
    """Rows of the cancellations."""
    people, count = world.people, len(who)
    day = months.day_in(np.full(count, months.SNAPSHOT - 1), 9)
    return pa.table(
        {
            "person_id": pa.array(people.number[who]),
            "death_date": pa.array(day.astype("datetime64[D]")),
            "cancel_date": pa.array((day + np.timedelta64(11, "D")).astype("datetime64[D]")),
            "reason": pa.array(["死亡"] * count),
            "name": pa.array(people.name[who]),
            "birth_date": pa.array(people.birth[who].astype("datetime64[D]")),
            "_op": pa.array([op] * count),
        }
    )
