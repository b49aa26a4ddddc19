"""What exists is documented: settings, permissions, commands, keys of the YAML files, make targets."""

from __future__ import annotations

import json
import re
import typing
from pathlib import Path

import pytest
import typer
import yaml
from pydantic import BaseModel

from governance.transparency.written import Written
from hearth.catalogue import load_catalogue
from hearth.cli.main import app
from hearth.definition import ModelDefinition
from hearth.identity import ROLES, Permission
from hearth.linkage_settings import LinkageSettings
from hearth.settings import Settings
from hearth.source_contract import SourceContract
from serving.web.openapi import routes_of

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
REFERENCE = DOCS / "reference"


def _code_words(page: Path) -> set[str]:
    """Every word that a page sets as code."""
    spans = re.findall(r"```.*?```|`[^`]+`", page.read_text(), flags=re.DOTALL)
    return {
        word for span in spans for form in (r"[\w:./-]+", r"\w+") for word in re.findall(form, span)
    }


def _keys(model: type[BaseModel], seen: set[type[BaseModel]]) -> set[str]:
    """Keys of a YAML file, those of its parts included."""
    if model in seen:
        return set()
    seen.add(model)
    keys = {field.alias or name for name, field in model.model_fields.items()}
    parts = [part for field in model.model_fields.values() for part in _models(field.annotation)]
    return keys.union(*(_keys(part, seen) for part in parts))


def _models(annotation: object) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in typing.get_args(annotation) for model in _models(part)]


@pytest.mark.parametrize(
    ("model", "page"),
    [
        (SourceContract, "source_contract.md"),
        (ModelDefinition, "model_definition.md"),
        (LinkageSettings, "linkage.md"),
        (Written, "transparency.md"),
    ],
    ids=["source contract", "model definition", "linkage", "transparency"],
)
def test_every_key_of_the_yaml_files_is_documented(model: type[BaseModel], page: str) -> None:
    assert _keys(model, set()) - _code_words(REFERENCE / page) == set()


def test_the_documented_settings_of_linkage_are_those_shipped() -> None:
    (text,) = re.findall(r"```yaml\n(.*?)```", (REFERENCE / "linkage.md").read_text(), re.DOTALL)
    written = LinkageSettings.model_validate_json(json.dumps(yaml.safe_load(text)))
    assert written == LinkageSettings()


def test_every_setting_is_documented() -> None:
    named = {f"HEARTH_{name.upper()}" for name in Settings.model_fields}
    assert named - _code_words(REFERENCE / "settings.md") == set()


def test_no_setting_is_documented_that_does_not_exist() -> None:
    named = {f"HEARTH_{name.upper()}" for name in Settings.model_fields}
    written = {
        word
        for word in _code_words(REFERENCE / "settings.md")
        if re.fullmatch(r"HEARTH_[A-Z_]+", word)
    }
    assert {word for word in written - named if not word.startswith("HEARTH_TEST_")} == set()


def test_every_permission_is_documented() -> None:
    assert {str(permission) for permission in Permission} - _code_words(
        REFERENCE / "settings.md"
    ) == set()


def test_the_table_of_roles_is_that_of_the_code() -> None:
    rows = dict(
        re.findall(
            r"^\| `(\w+)` \| (`[^|]+`) \|$",
            (REFERENCE / "settings.md").read_text(),
            flags=re.MULTILINE,
        )
    )
    exceptions = {"caseworker_system"}  # told as a difference
    assert {
        role: set(re.findall(r"`(.+?)`", text))
        for role, text in rows.items()
        if role not in exceptions
    } == {
        str(role): set(map(str, held))
        for role, held in ROLES.items()
        if str(role) not in exceptions
    }


def _commands() -> dict[str, typer.core.TyperCommand]:
    found: dict[str, typer.core.TyperCommand] = {}

    def walk(group: typing.Any, prefix: str) -> None:
        for name, command in group.commands.items():
            if hasattr(command, "commands"):
                walk(command, f"{prefix}{name} ")
            else:
                found[f"{prefix}{name}"] = command

    walk(typer.main.get_command(app), "")
    return found


def test_every_command_is_documented_with_its_options() -> None:
    page = REFERENCE / "command_line.md"
    words, text = _code_words(page), page.read_text()
    missing = [name for name in _commands() if f"hearth {name}" not in text]
    missing += [
        f"{name} {option}"
        for name, command in _commands().items()
        for parameter in command.params
        for option in parameter.opts
        if option.startswith("--") and option != "--help" and option not in words
    ]
    assert missing == []


def test_every_command_has_help_with_an_example() -> None:
    plain = [
        name
        for name, command in _commands().items()
        if not re.search(rf"hearth (--workspace \S+ )?{name}\b", f"{command.help} {command.epilog}")
    ]
    assert plain == []


def test_every_route_is_documented() -> None:
    text = (REFERENCE / "http_api.md").read_text()
    assert [route for route in routes_of() if route not in text] == []


def test_every_make_target_is_documented() -> None:
    targets = set(
        re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(), flags=re.MULTILINE)
    )
    prose = "".join(
        (ROOT / page).read_text()
        for page in ("README.md", "CONTRIBUTING.md", "benchmarks/README.md")
    )
    assert {target for target in targets if f"make {target}" not in prose} == set()


def test_every_link_between_documents_leads_somewhere() -> None:
    pages = [
        *ROOT.glob("*.md"),
        *DOCS.rglob("*.md"),
        *(ROOT / "benchmarks").glob("*.md"),
        *(ROOT / "models").rglob("*.md"),
    ]
    broken = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in pages
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text())
        if "://" not in target
        and not target.startswith("mailto:")
        and not (page.parent / target).exists()
    ]
    assert broken == []


def test_every_decision_is_listed_and_short() -> None:
    listed = (DOCS / "adr" / "README.md").read_text()
    pages = sorted((DOCS / "adr").glob("0*.md"))
    assert [page.name for page in pages if f"({page.name})" not in listed] == []
    assert [
        page.name for page in pages if len(page.read_text().split()) > 500
    ] == []  # under a page


def test_the_glossary_defines_each_word_once_and_in_order() -> None:
    words = re.findall(r"^\*\*(.+?)\*\*", (ROOT / "GLOSSARY.md").read_text(), flags=re.MULTILINE)
    assert len(set(words)) == len(words)
    assert words == sorted(words, key=str.lower)


def test_the_glossary_defines_the_words_of_the_house() -> None:
    words = set(
        re.findall(r"^\*\*(.+?)\*\*", (ROOT / "GLOSSARY.md").read_text(), flags=re.MULTILINE)
    )
    needed = {
        "entity", "cohort", "label", "label window", "as-of date", "knowledge date", "feature group", "matrix",
        "split", "capacity", "selection rate", "sensitive feature", "lawful basis", "purpose", "UPRN", "household",
        "linkage", "assessment", "approval", "bundle", "workspace", "selective label", "success bar",
    }  # fmt: skip
    assert needed - words == set()


def test_the_tutorial_shows_the_files_it_ships() -> None:
    shown = re.findall(
        r"```yaml file=(\S+)\n(.*?)```", (DOCS / "tutorial.md").read_text(), flags=re.DOTALL
    )
    assert len(shown) == 2
    assert {name: (DOCS / "tutorial" / name).read_text() for name, _ in shown} == dict(shown)


def test_the_tutorial_workspace_has_no_faults() -> None:
    catalogue = load_catalogue(DOCS / "tutorial")
    assert list(catalogue.models) == ["poor_hygiene"]
