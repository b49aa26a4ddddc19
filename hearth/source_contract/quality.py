"""How much may be wrong with an extract before the build stops."""

from pydantic import Field

from hearth.yaml_values import Name, Share, Strict


class Reference(Strict):
    """A column whose values another source is expected to know, such as UPRNs of the gazetteer."""

    column: Name = Field(description="Column that refers.")
    source: Name = Field(description="Source whose key it refers to.")
    at_most: Share = Field(
        default=0.02, description="Share of rows that may refer to what that source does not know."
    )


class Quality(Strict):
    """How much of an extract may be unusable, lost or unknown before the build stops."""

    quarantine_at_most: Share = Field(
        default=0.01, description="Share of rows that may be set aside, such as 1%."
    )
    shrink_at_most: Share = Field(
        default=0.5, description="Share of rows by which an extract may fall short of the last one."
    )
    link_at_least: Share = Field(
        default=0.5,
        description="Share of its persons or addresses that must be linked, judged where there are 20 or more.",
    )
    references: tuple[Reference, ...] = Field(
        default=(), description="Columns whose values another source is expected to know."
    )
