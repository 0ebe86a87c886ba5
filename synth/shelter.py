"""Which rows planted facts rest on, whatever they are keyed by: such rows stay clean."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from doudi.synth.sheets import Sheet
    from doudi.synth.world import World

LINKS = {
    "household_id": "household",
    "archive_no": "household",
    "hukou_book_no": "household",
    "account_hash": "account",
    "card_hash": "account",
    "payer_account_hash": "account",
    "top_counterparty_hash": "account",
    "vin": "vehicle",
    "plate": "plate",
    "unit_no": "unit",
    "property_no": "unit",
    "settlement_no": "stay",
    "meter_no": "meter",
}
"""Columns by which rows belong together that need not name the same person, and what they tell."""


@dataclass(frozen=True)
class Shelter:
    """Whose rows stay clean: people, companies, and what else names rows about them."""

    people: pa.Array
    companies: pa.Array
    links: dict[str, pa.Array] = field(default_factory=dict)

    def free(self, sheet: Sheet) -> NDArray[np.bool_]:
        """Rows that belong to nobody whose rows must stay clean, nor to a planted company."""
        free = ~self._named(sheet)
        for column in sheet.columns:
            wanted = self.links.get(LINKS.get(column.field, ""))
            if wanted is not None:
                free &= ~_among(sheet.rows[column.field], wanted)
        return free

    def _named(self, sheet: Sheet) -> NDArray[np.bool_]:
        """Rows that name one of the people or companies."""
        found = np.zeros(sheet.rows.num_rows, dtype=bool)
        for column in sheet.columns:
            cells = sheet.rows[column.field]
            if column.type.startswith("id18"):
                found |= _among(cells, self.people)
            elif column.type.startswith("list"):
                parts = pc.split_pattern(cells.combine_chunks(), ";")
                named = _among(parts.flatten(), self.people)
                found[np.unique(pc.list_parent_indices(parts).to_numpy()[named])] = True
            elif column.field.endswith("uscc"):
                found |= _among(cells, self.companies)
        return found

    def linked(self, sheets: Sequence[Sheet], households: list[str]) -> Shelter:
        """The same with these households, and accounts, cars and homes that rows about them name."""
        told = {"household": [pa.array(households, pa.string())]}
        for sheet in sheets:
            fields = [c.field for c in sheet.columns if c.field in LINKS]
            rows = pa.array(np.flatnonzero(self._named(sheet))) if fields else pa.array([])
            for name in fields:
                cells = sheet.rows[name].take(rows).cast(pa.string()).unique()
                told.setdefault(LINKS[name], []).append(cells.filter(pc.not_equal(cells, "")))
        links = {kind: pa.concat_arrays(cells).unique() for kind, cells in told.items()}
        return Shelter(self.people, self.companies, links)


def shelter_of(world: World, sheets: Sequence[Sheet]) -> Shelter:
    """What the planted facts of a block rest on."""
    people = pa.array(world.people.number[_protected(world)])
    companies = pa.array(sorted(world.firms.planted), pa.string())
    households = sorted({p.household_id for p in world.truth.planted} - {""})
    return Shelter(people, companies).linked(sheets, households)


def _protected(world: World) -> NDArray[np.int64]:
    """People on whose rows planted facts rest."""
    homes = set(world.used) | set(world.unaided)
    homes |= {int(world.people.home[p]) for p in world.reserved | set(world.officials.person)}
    inside = np.isin(world.people.home, sorted(homes - {-1}))
    inside[[p.person for p in world.truth.planted]] = True
    return np.flatnonzero(inside)


def _among(values: pa.ChunkedArray | pa.Array, wanted: pa.Array) -> NDArray[np.bool_]:
    """Whether each value is one of the wanted."""
    told = pc.is_in(values.cast(pa.string()), value_set=wanted)
    return np.asarray(told.to_numpy(zero_copy_only=False), dtype=bool)
