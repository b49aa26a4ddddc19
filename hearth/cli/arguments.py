"""Arguments that several commands share."""

from typing import Annotated

import typer

ModelArgument = Annotated[str, typer.Argument(help="Name of the model: its folder under models/.")]
ModelsArgument = Annotated[
    list[str] | None,
    typer.Argument(
        help="Names of models; all of the workspace if none is given.", show_default=False
    ),
]
