"""Everything that is planted, in the order in which it depends on each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from doudi.synth.cases_absent import plant_absent
from doudi.synth.cases_across import plant_across
from doudi.synth.cases_again import plant_again
from doudi.synth.cases_amounts import plant_amounts
from doudi.synth.cases_area import plant_areas
from doudi.synth.cases_assets import plant_assets
from doudi.synth.cases_bank import plant_money
from doudi.synth.cases_burden import plant_burdens
from doudi.synth.cases_care import plant_care
from doudi.synth.cases_carers import plant_carers
from doudi.synth.cases_earn import plant_earnings
from doudi.synth.cases_exclusive import plant_exclusive
from doudi.synth.cases_farm import plant_farms
from doudi.synth.cases_firms import plant_firms
from doudi.synth.cases_front import plant_fronts
from doudi.synth.cases_gaps import plant_gaps, settle_edge
from doudi.synth.cases_hidden import plant_hidden
from doudi.synth.cases_homes import plant_homes
from doudi.synth.cases_income import plant_income
from doudi.synth.cases_leak import plant_needs
from doudi.synth.cases_living import plant_living
from doudi.synth.cases_lump import plant_sums
from doudi.synth.cases_members import plant_members
from doudi.synth.cases_obligors import plant_obligors
from doudi.synth.cases_office import plant_office
from doudi.synth.cases_people import plant_dead, plant_double
from doudi.synth.cases_split import plant_split
from doudi.synth.cases_spouses import plant_spouses
from doudi.synth.cases_transport import plant_transport
from doudi.synth.cases_unpaid import plant_unpaid
from doudi.synth.cases_wards import plant_wards
from doudi.synth.officials import appoint_all
from doudi.synth.plant import pools
from doudi.synth.subsidies import end_living
from doudi.synth.wards import settle_wards

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
    plant_across(world, active)
    settle_wards(world)
    plant_members(world, active)
    plant_exclusive(world, active)
    plant_care(world, active)
    plant_wards(world)
    plant_split(world, active)
    plant_gaps(world, active)
    plant_again(world, active)
    plant_burdens(world)
    plant_areas(world)
    plant_farms(world, active)
    plant_absent(world, active)
    plant_amounts(world, active)
    plant_hidden(world)
    plant_carers(world)
    plant_earnings(world, active)
    plant_money(world, active)
    plant_transport(world, active)
    plant_fronts(world, active)
    plant_sums(world, active)
    plant_unpaid(world)
    plant_living(world, active)
    plant_homes(world, active)
    plant_obligors(world, active)
    settle_edge(world)
    end_living(world)
