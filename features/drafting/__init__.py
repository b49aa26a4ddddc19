"""First drafts of the two YAML contracts, with every question of law left open."""

from features.drafting.contract import draft_contract
from features.drafting.definition import draft_definition

__all__ = ["draft_contract", "draft_definition"]
