"""The bundle of the candidate chosen: its scorer with the cohort, the words and what it is about."""

from collections.abc import Mapping
from importlib.metadata import version as installed_version
from typing import Any

from hearth.catalogue import Catalogue
from hearth.definition import ModelDefinition
from hearth.risk_model import Cohort, ReasonWords, RiskModel
from training.final import Final
from training.probabilities.uncertainty import uncertainty

DISTRIBUTION = "hearth-council"


def hearth_version() -> str:
    """Version of the code that is running."""
    return installed_version(DISTRIBUTION)


def assemble(
    catalogue: Catalogue,
    definition: ModelDefinition,
    final: Final,
    hashes: Mapping[str, str],
) -> RiskModel:
    """Model ready to score.

    Parameters
    ----------
    catalogue, definition
        Where titles, reasons and sensitivities come from.
    final
        What scores, what its columns are, and whom a score is compared with.
    hashes
        SHA-256 of definition and matrix, by name.
    """
    scorer, cohort = final.fitted.scorer, final.cohort
    return RiskModel(
        about=_about(definition, final, hashes) | {"sources": _sources(catalogue, definition)},
        features=cohort.features,
        scorer=scorer,
        calibration=final.fitted.calibration,
        cohort=Cohort.of(
            cohort.features,
            cohort.rows.column,
            cohort.raw_scores(scorer),
            as_of=cohort.dates()[0].isoformat(),
            base_rate=final.fitted.held_out.base_rate,
        ),
        reasons=_reasons(catalogue, definition),
        uncertainty=uncertainty(final.fitted.held_out, final.fitted.calibration),
    )


def _about(definition: ModelDefinition, final: Final, hashes: Mapping[str, str]) -> dict[str, Any]:
    told = definition.model_dump(
        mode="json",
        include={
            "title", "question", "unit", "purpose", "intervention", "release_level",
            "capacity", "hold_back", "caveats", "oversight", "abstain",
        },
    )  # fmt: skip
    return {
        "name": definition.model,
        **told,
        "candidate": final.candidate,
        "label_window": str(definition.label.window),
        "trained_on": [day.isoformat() for day in final.trained_on],
        "hashes": dict(hashes),
        "hearth_version": hearth_version(),
    }


def _sources(catalogue: Catalogue, definition: ModelDefinition) -> list[dict[str, str]]:
    """What a notice says of the law of each source that scores are made from."""
    names = dict.fromkeys(group.source for group in definition.features if not group.assessor)
    contracts = [catalogue.source(name) for name in names]
    return [
        {
            "title": contract.title,
            "controller": contract.law.controller,
            "lawful_basis": contract.law.lawful_basis.text,
            "power": contract.law.power,
        }
        for contract in contracts
    ]


def _reasons(catalogue: Catalogue, definition: ModelDefinition) -> tuple[ReasonWords, ...]:
    found = []
    for group in (group for group in definition.features if not group.assessor):
        contract = catalogue.source(group.source)
        found.append(
            ReasonWords(
                group=group.group,
                title=group.reason.title,
                text=group.reason.text,
                missing=group.reason.missing,
                source=group.source,
                source_title=contract.title,
                sensitivity=str(contract.law.sensitivity),
                changeable=group.changeable,
            )
        )
    return tuple(found)
