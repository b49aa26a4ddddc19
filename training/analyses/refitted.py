"""The analyses that fit models anew, by the name `hearth analyse` calls them; no training waits for them."""

from collections.abc import Mapping

from training.analyses.ablation import ablation, nothing_to_leave_out
from training.analyses.assessors import assessors, nobody_named
from training.analyses.matched_pairs import matched_pairs
from training.analyses.mitigations import mitigations
from training.analyses.proxies import no_attribute, proxies
from training.analyses.seeds import seeds
from training.findings import Refit

REFITTED: Mapping[str, Refit] = {
    "ablation": Refit(ablation, nothing_to_leave_out),
    "assessors": Refit(assessors, nobody_named),
    "seeds": Refit(seeds),
    "proxies": Refit(proxies, no_attribute),
    "matched_pairs": Refit(matched_pairs, no_attribute),
    "mitigations": Refit(mitigations, no_attribute),
}
