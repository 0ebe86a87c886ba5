"""Everything that is planted, in the order in which it depends on each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from doudi.synth.cases_assets import plant_assets
from doudi.synth.cases_firms import plant_firms
from doudi.synth.cases_income import plant_income
from doudi.synth.cases_leak import plant_needs
from doudi.synth.cases_office import plant_office
from doudi.synth.cases_people import plant_dead, plant_double, plant_spouses
from doudi.synth.officials import appoint_all
from doudi.synth.plant import pools

if TYPE_CHECKING:
    from doudi.synth.world import World


def plant_all(world: World) -> None:
    """Marriages first, since they make kin; then offices; then what needs large households."""
    active, left = pools(world)
    plant_spouses(world, active)
    appoint_all(world)
    plant_income(world, active)
    plant_office(world, active)
    plant_dead(world, active)
    plant_double(world, active)
    plant_assets(world, active, left)
    plant_firms(world, active)
    plant_needs(world, active, left)
