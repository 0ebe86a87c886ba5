"""One block from its first person to its parts of all files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from doudi.synth import (
    abroad,
    archives,
    areas,
    assets,
    bank,
    burden,
    cards,
    care,
    cases_income,
    checks,
    children,
    civil,
    courts,
    edge,
    enrolment,
    farms,
    fires,
    firms,
    flows,
    health,
    housing,
    insurance,
    judgments,
    justice,
    labour,
    machines,
    market,
    officials,
    parameters,
    payments,
    pensions,
    police,
    posts,
    registers,
    relief,
    residence,
    rural,
    schooling,
    service,
    subsidies,
    taxes,
    union,
    utilities,
    vehicles,
    villagers,
    waters,
    wheels,
    work,
)
from doudi.synth.build import build
from doudi.synth.dirt import soil
from doudi.synth.parts import write_part
from doudi.synth.planting import plant_all
from doudi.synth.renumber import renumber
from doudi.synth.sheets import sheets_of
from doudi.synth.truth import note_relapses
from doudi.synth.truth_files import tables_of, write_tables

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from doudi.synth.blocks import Block
    from doudi.synth.parameters import Standards
    from doudi.synth.parts import Part
    from doudi.synth.world import World


WRITERS: tuple[Callable[[World], None], ...] = (
    civil.write_civil,
    firms.write_firms,
    work.write_jobs,
    cases_income.write_posts,
    vehicles.write_vehicles,
    assets.write_units,
    care.help_the_struck,
    care.write_care,
    pensions.write_pensions,
    labour.write_labour,
    taxes.write_taxes,
    market.write_market,
    posts.write_posts,
    farms.write_farms,
    machines.write_machines,
    rural.write_rural,
    villagers.write_villagers,
    housing.write_housing,
    waters.write_waters,
    fires.write_fires,
    utilities.write_utilities,
    insurance.write_insurance,
    courts.write_courts,
    wheels.write_wheels,
    union.write_union,
    children.write_children,
    health.write_health,
    burden.write_burden,
    relief.write_relief,
    justice.write_justice,
    police.write_police,
    residence.write_residence,
    cards.write_cards,
    enrolment.write_enrolment,
    schooling.write_schooling,
    service.write_service,
    checks.write_checks,
    bank.write_bank,
    judgments.write_judgments,
)
"""What adds the rows of some sources each; those that know the standards of 低保 come after."""


@dataclass(frozen=True)
class Wishes:
    """What all blocks of a county have in common."""

    dirt: int
    rates: Mapping[str, float]
    sources: frozenset[str]
    """Which sources are delivered."""
    stress: bool
    """Whether many fall back into poverty."""


@dataclass(frozen=True)
class Made:
    """What a block contains, and its part of each file."""

    people: int
    recipients: int
    cases: int
    decoys: int
    parts: dict[tuple[str, str], Part]
    """By batch and source."""


def make_block(
    wishes: Wishes, block: Block, folder: Path, progress: Callable[[str], None] | None = None
) -> Made:
    """Build a block and write its parts and its truth to a folder.

    Raises:
        UsageError: if the block is too small for what is to be planted.
        OSError: if the folder cannot be written.
    """
    say = progress or (lambda _: None)
    say("人员与住户 people and homes")
    world, relapses = build(block, wishes.rates, stress=wishes.stress)
    say("植入案例 planting")
    plant_all(world)
    say("生成各表 rows")
    write_rows(world, parameters.standards())
    sheets = clean = sheets_of(world.book, world.rng, wishes.sources)
    if wishes.dirt:
        sheets = soil(world, list(clean), wishes.dirt)
    parts = {(s.batch, s.source): write_part(s, folder) for s in sheets}
    note_relapses(world, relapses)
    tables = tables_of(world, sheets)
    write_tables(tables, folder)
    if block.province:
        abroad.send_abroad(world, clean, sheets, tables, folder)
    recipients = {m.person for case in world.dibao for m in case.members}
    recipients |= {stipend.person for stipend in world.stipends}
    return Made(
        people=int((world.people.home >= 0).sum()),
        recipients=len(recipients),
        cases=world.truth.count("case"),
        decoys=world.truth.count("decoy"),
        parts=parts,
    )


def write_rows(world: World, standards: Standards) -> None:
    """Turn the block into the rows of all sources; the county's own tables come with the first."""
    if world.block.number == 0:
        areas.write_areas(world.book, world.block.county_areas)
        parameters.write_parameters(world.book, world.areas.county_code)
    archives.write_archives(world, standards)
    for write in WRITERS:
        write(world)
    world.dibao += world.ghosts
    registers.write_registers(world, standards)
    subsidies.write_subsidies(world)
    subsidies.write_certificates(world)
    edge.write_edge(world, standards)
    payments.write_payments(world, standards)
    abroad.write_abroad(world, standards)
    flows.write_flows(world)
    officials.write_officials(world)
    renumber(world)
