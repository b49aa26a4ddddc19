"""Made-up people's names: pools by broad ethnic group, and the mistakes registers make in them."""

from typing import Final

import numpy as np

from features.synthetic.timeline import Ints

_GIRLS: Final = {
    "English": "Amelia Olivia Isla Ava Mia Ivy Lily Freya Florence Willow Grace Evie Poppy Ella Daisy "
    "Phoebe Alice Ruby Sophie Charlotte Matilda Harriet Emily Jessica Rosie Erin Bethan Megan Chloe Holly",
    "European": "Zofia Maja Hanna Lena Oliwia Ioana Elena Andreea Giulia Sofia Chiara Ines Beatriz Clara "
    "Katarzyna Agnieszka Ilinca Daria Milena Petra",
    "Asian": "Aisha Fatima Zara Maryam Inaya Hafsa Amina Sana Priya Ananya Diya Aanya Saanvi Nisha Kavya "
    "Mei Lin Xinyi Yuki Tahmina Nusrat Sumaya Khadija Zainab Iqra",
    "African": "Abena Ama Chiamaka Adaeze Ngozi Folake Temitope Amara Zuri Makena Nia Imani Efua Yewande "
    "Shanice Keisha Naomi Esther Hibo Ifrah Hodan Sagal",
}
_BOYS: Final = {
    "English": "Oliver George Arthur Noah Leo Harry Theo Jack Charlie Freddie Alfie Henry Archie Thomas "
    "Oscar William James Edward Lucas Finley Toby Samuel Joseph Max Daniel Rhys Owen Callum Ewan Jude",
    "European": "Jakub Antoni Filip Aleksander Szymon Andrei Mihai Stefan Luca Matteo Marco Diogo Tiago "
    "Pavel Tomasz Piotr Radu Vlad Nikola Emil",
    "Asian": "Muhammad Ibrahim Yusuf Ali Adam Hamza Zayn Ayaan Arjun Aarav Vihaan Rohan Kabir Dev Ishaan "
    "Wei Jun Hao Kenji Tanvir Rafi Imran Bilal Haris Idris",
    "African": "Kwame Kofi Yaw Chidi Emeka Obinna Tunde Segun Kwabena Jabari Simba Tariq Malik Isaiah "
    "Ezekiel Elijah Jayden Tyrell Abdi Liban Hassan Mahad",
}
_SURNAMES: Final = {
    "English": (
        "Ash Birch Black Brook Carter Cold Cross Dun Elm Fair Green Hart High Hollow Kings Lang Marl "
        "Mill North Oak Pen Red Stan Stone Thorn Wal Wat West White Win",
        "bury by combe den field ford ham hurst land ley man shaw son ston ton well wick wood worth worthy",
    ),
    "European": (
        "Ant Bal Cor Dob Fer Gal Iv Jan Kaz Kow Lis Mar Mor Nov Olt Pav Rad Sil Tor Wis",
        "acki ak ar ello enko escu eira esti ini owicz owski ova ski uk",
    ),
    "Asian": (
        "Ah Ak Az Ban Beg Cha Choud Das Far Gup Hus Ja Ka Kha Kum Lat Mah Mir Pat Rah Red Sha Shar "
        "Sin Siddi Tan Ul",
        "alam dev el far gh hury in ir ker man med mood n nath oor ram reshi shid una wal",
    ),
    "African": (
        "Ab Ade Afo Aki Ama Asa Ba Chi Di Eke Fa Ga Iba Ka Ma Mba Nwa Obi Oke Ola Osa Sa Ta Uzo Wa Ye",
        "bayo beku di dike dun fola gu jide kwe labi mba mensah ngo nna nyo oye rinde tola wale yemi",
    ),
}  # fmt: skip
_POOL_OF_BROAD: Final = ("English", "European", "English", "Asian", "African", "Asian")


def _pooled(texts: list[list[str]]) -> tuple[np.ndarray, Ints, Ints]:
    flat = np.array([name for pool in texts for name in pool])
    sizes = np.array([len(pool) for pool in texts], dtype=np.int64)
    return flat, np.concatenate([[0], np.cumsum(sizes)[:-1]]), sizes


_POOLS: Final = tuple(_GIRLS)
_POOL_OF: Final = np.array([_POOLS.index(pool) for pool in _POOL_OF_BROAD])
FORENAMES, _FORE_START, _FORE_SIZE = _pooled(
    [_GIRLS[p].split() for p in _POOLS] + [_BOYS[p].split() for p in _POOLS]
)
SURNAMES, _SUR_START, _SUR_SIZE = _pooled(
    [[a + b for a in _SURNAMES[p][0].split() for b in _SURNAMES[p][1].split()] for p in _POOLS]
)


def draw_forenames(rng: np.random.Generator, broad: Ints, boy: Ints) -> Ints:
    """Index in FORENAMES for each person, by broad ethnic group and sex; common ones oftener."""
    pool = _POOL_OF[broad] + boy * len(_POOLS)
    index: Ints = _FORE_START[pool] + (rng.random(len(pool)) ** 1.4 * _FORE_SIZE[pool]).astype(
        np.int64
    )
    return index


def draw_surnames(rng: np.random.Generator, broad: Ints) -> Ints:
    """Index in SURNAMES for each family, by broad ethnic group; common ones oftener."""
    pool = _POOL_OF[broad]
    index: Ints = _SUR_START[pool] + (rng.random(len(pool)) ** 1.6 * _SUR_SIZE[pool]).astype(
        np.int64
    )
    return index


def misspell(text: str, draw: float, place: float) -> str:
    """Text with one slip of the pen: letters swapped, dropped, doubled or mistaken.

    Parameters
    ----------
    text
        A name or an address.
    draw, place
        Two numbers in [0, 1) that choose the slip and where it falls.
    """
    if len(text) < _SHORTEST:
        return text
    at = 1 + int(place * (len(text) - 2))
    before, letter, after = text[:at], text[at], text[at + 1 :]
    slips = (
        before + after[0] + letter + after[1:],
        before + after,
        before + letter + letter + after,
        before + _MISTAKEN.get(letter, "e") + after,
    )
    return slips[int(draw * len(slips))]


_SHORTEST: Final = 3
_MISTAKEN: Final = dict(zip("aeiouycknmsbdptv", "eaeueickmnzdbbdw", strict=True))
