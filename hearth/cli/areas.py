"""Command on the boundaries of areas, from which maps are drawn."""

from pathlib import Path
from typing import Annotated

import typer

from hearth.cli.arguments import checked_name
from hearth.cli.context import Context, JsonOption, open_context


def mount(app: typer.Typer) -> None:
    """Add this command to the command line."""
    app.command(
        rich_help_panel="Data",
        epilog="Example: hearth areas lsoa sheffield_lsoa.geojson --code LSOA21CD --name LSOA21NM "
        "--credit 'Office for National Statistics, Open Government Licence v3.0; contains OS data "
        "© Crown copyright and database right'",
    )(areas)


def areas(
    command: typer.Context,
    column: Annotated[
        str,
        typer.Argument(
            help="Column by which definitions call these areas, such as lsoa.",
            callback=checked_name,
        ),
    ],
    file: Annotated[
        Path, typer.Argument(dir_okay=False, help="Boundaries: .geojson, or .geojson.gz.")
    ],
    code: Annotated[str, typer.Option(help="Property that holds the area's code.")],
    name: Annotated[str, typer.Option(help="Property that holds the area's name.")],
    credit: Annotated[str, typer.Option(help="Whose boundaries they are; stands under every map.")],
    as_json: JsonOption = False,
) -> None:
    """Keep the boundaries of areas, simplified, for the maps of reports and pages."""
    context = open_context(command, as_json=as_json)
    path = context.located(file)
    kept, count = keep_areas(context, column, path, code=code, name=name, credit=credit)
    context.result({"column": column, "areas": count, "file": str(kept)})
    context.say(f"Kept the outlines of {count:,} areas called {column}: {context.shown(kept)}")


def keep_areas(
    context: Context, column: str, path: Path, *, code: str, name: str, credit: str
) -> tuple[Path, int]:
    """Read boundaries, and put their map in place of what was there; its file and how many there are."""
    from governance.geography.area_map import area_map_file
    from governance.geography.boundaries import read_boundaries

    area_map = read_boundaries(path, column=column, code=code, name=name, credit=credit)
    kept = area_map_file(context.settings.state_dir, column)
    kept.parent.mkdir(parents=True, exist_ok=True)
    aside = kept.with_suffix(".new")
    aside.write_text(area_map.as_json(), encoding="utf-8")
    aside.replace(kept)
    return kept, len(area_map.areas)
