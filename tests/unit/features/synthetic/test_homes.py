import numpy as np

from features.synthetic.homes import Spells, home_on
from features.synthetic.timeline import EXTRACT, day


def _overlaps(who, start, end) -> int:
    order = np.lexsort((start, who))
    same = who[order][1:] == who[order][:-1]
    return int((same & (start[order][1:] < end[order][:-1])).sum())


def test_no_home_is_lived_in_by_two_families_at_once(block):
    homes, lets = block.settlement.families, block.settlement.shared
    home = np.concatenate([homes.home, lets.home])
    start = np.concatenate([homes.start, lets.start])
    assert _overlaps(home, start, np.concatenate([homes.end, lets.end])) == 0


def test_nobody_truly_lives_in_two_homes_at_once(block):
    spells = block.residences
    assert _overlaps(spells.who, spells.start, spells.end) == 0


def test_the_number_of_households_stays_about_the_same(block):
    homes = block.settlement.families
    lived_in = [
        int(((homes.start <= d) & (d < homes.end)).sum()) for d in (day("2016-06-01"), EXTRACT)
    ]
    assert lived_in[1] / lived_in[0] > 0.93
    assert lived_in[1] / lived_in[0] < 1.07


def test_people_move_and_families_change(block):
    moved = np.bincount(block.residences.who) > 1
    assert 0.1 < moved.mean() < 0.7
    assert len(block.memberships.person) > len(block.people)


def test_nobody_lives_anywhere_before_birth(block):
    spells = block.residences
    assert (spells.start >= np.minimum(block.people.birth[spells.who], spells.start)).all()
    children = block.people.role[spells.who] == 1
    assert (spells.start[children] >= block.people.birth[spells.who[children]]).all()


def test_home_on_a_day_is_the_spell_that_covers_it():
    spells = Spells(*(np.array(c) for c in ([7, 7, 8], [1, 2, 3], [10, 20, 10], [20, 30, 15])))
    who, days = np.array([7, 7, 7, 7, 8, 8, 9]), np.array([9, 10, 20, 30, 14, 15, 12])
    assert home_on(spells, who, days).tolist() == [-1, 1, 2, -1, 3, -1, -1]
