"""Numbers of contracts, policies and meters, given out anew in an order that tells nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from doudi.synth.book import numbered

if TYPE_CHECKING:
    from doudi.synth.world import World

PREFIXES = {
    ("farmland_transfer", "contract_no"): "TD",
    ("agricultural_insurance", "policy_no"): "NB",
    ("presale_contract", "contract_no"): "WQ",
    ("rental_invoice", "invoice_no"): "FP",
    ("commercial_life_insurance", "policy_no"): "LI",
    ("migrant_wage_payment", "project_id"): "XM",
    ("electricity_usage", "meter_no"): "DB",
}
"""Columns whose numbers no other source has, and what the numbers begin with."""
COURTS = (("enforcement_case", "case_no"), ("court_divorce_judgments", "case_no"))
"""The same of courts, whose numbers tell year, court and kind."""


def renumber(world: World) -> None:
    """Give every number of these columns anew: the block's two digits, then a random number."""
    for source, field in [*PREFIXES, *COURTS]:
        if source not in world.book:
            continue
        rows = world.book.frame(source)
        told = rows[field].combine_chunks().cast(pa.string()).dictionary_encode()
        old = told.dictionary
        rng = world.block.stream(f"numbers {source}")
        serial = rng.permutation(len(old)) + 1
        prefix = PREFIXES.get((source, field))
        block = f"{world.block.number + (prefix is None):02d}"
        if prefix is None:
            kept = pc.replace_substring_regex(old, r"\d+$", "")
            new = numbered(pc.binary_join_element_wise(kept, block, ""), serial, 5)
        else:
            new = numbered(prefix + block, serial, 6)
        blank = pc.equal(old, "")
        fresh = pc.if_else(blank, old, new).take(told.indices)
        place = rows.column_names.index(field)
        world.book.put(source, rows.set_column(place, field, fresh))
