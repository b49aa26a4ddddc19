"""How many of those scored a model's list holds: as many as the service can reach."""

from collections.abc import Callable

from hearth.definition.assessment import Capacity
from hearth.risk_model import RiskModel


def capacity_of(model: RiskModel) -> Callable[[int], int]:
    """Length of the list by how many are scored; everybody where a bundle names no capacity."""
    told = model.about.get("capacity")
    return (lambda scored: scored) if told is None else Capacity.model_validate(told).of
