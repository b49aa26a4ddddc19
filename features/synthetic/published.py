"""Published rates of a good level of development at age five, to which the council is calibrated.

Source: Social Mobility Commission, State of the Nation 2026, indicator IN11, from the Department
for Education's early years foundation stage profile results, England. Licence: Open Government
Licence v3.0. The file stands in tests/data with its attribution, and a test compares it with
what is written here. Years before 2021/22 followed an older definition; 2019/20 and 2020/21
were not published.
"""

from typing import Final

PROFILE_YEARS: Final = (2022, 2023, 2024, 2025)
"""Summers of the four school years published under the present definition."""

OVERALL: Final = {2022: 0.65, 2023: 0.67, 2024: 0.68, 2025: 0.68}
FREE_MEALS: Final = {2022: 0.49, 2023: 0.52, 2024: 0.52, 2025: 0.51}
NOT_FREE_MEALS: Final = {2022: 0.69, 2023: 0.71, 2024: 0.72, 2025: 0.73}

BY_MEALS_AND_SEX: Final = {
    2022: {(True, "F"): 0.57, (True, "M"): 0.42, (False, "F"): 0.76, (False, "M"): 0.63},
    2023: {(True, "F"): 0.60, (True, "M"): 0.44, (False, "F"): 0.78, (False, "M"): 0.65},
    2024: {(True, "F"): 0.60, (True, "M"): 0.43, (False, "F"): 0.79, (False, "M"): 0.65},
    2025: {(True, "F"): 0.59, (True, "M"): 0.44, (False, "F"): 0.79, (False, "M"): 0.66},
}

FREE_MEALS_SHARE: Final = 0.18
"""Share of children eligible for free school meals: 18.7 % in 2021/22 to 17.4 % in 2024/25."""

BY_DECILE_2025: Final = (
    0.58933, 0.62232, 0.64556, 0.67130, 0.68942, 0.70421, 0.72282, 0.73803, 0.75393, 0.77651,
)  # fmt: skip
"""By decile of income deprivation affecting children (IDACI), most deprived first, 2024/25."""

CHILDREN_BY_DECILE_2025: Final = (
    74574, 68936, 64798, 63574, 59273, 55881, 53853, 50522, 49933, 46844,
)  # fmt: skip

FREE_MEALS_BY_ETHNICITY_2025: Final = {
    "White British": 0.48,
    "White Irish": 0.39,
    "Traveller of Irish heritage": 0.26,
    "Gypsy or Roma": 0.35,
    "Any other White background": 0.56,
    "White and Black Caribbean": 0.53,
    "White and Black African": 0.57,
    "White and Asian": 0.57,
    "Any other Mixed background": 0.57,
    "Indian": 0.64,
    "Pakistani": 0.59,
    "Bangladeshi": 0.60,
    "Chinese": 0.68,
    "Any other Asian": 0.58,
    "Black Caribbean": 0.56,
    "Black African": 0.58,
    "Any other Black background": 0.54,
    "Any other ethnic group": 0.53,
}
"""Children eligible for free school meals only: other children are not published by ethnic group."""
