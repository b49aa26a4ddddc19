"""The analyses that fit models anew, by the name `hearth analyse` calls them; no training waits for them."""

from collections.abc import Mapping

from training.analyses.ablation import ablation
from training.analyses.assessors import assessors
from training.analyses.seeds import seeds
from training.findings import Refit

REFITTED: Mapping[str, Refit] = {
    "ablation": ablation,
    "assessors": assessors,
    "seeds": seeds,
}
