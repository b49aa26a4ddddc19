"""First draft of a source contract from a data file: columns guessed, law left to be answered."""

from collections.abc import Sequence
from pathlib import Path

from features.drafting.guesses import Guess, Guesses, guess
from features.drafting.lines import line, question, scalar
from features.drafting.numbers import GROUPED, MONEY, PLAIN
from features.drafting.sample import Sample, read_sample
from hearth.lawful_basis import LawfulBasis
from hearth.source_contract import ColumnType

_LAW = f"""\
law:
  # Questions for your information governance officer. Hearth refuses this contract until each is
  # answered in place of the words to_be_answered.
  {question("controller", "which body decides why and how the records are used?")}
  {question("lawful_basis", "UK GDPR art. 6(1): " + ", ".join(LawfulBasis))}
  {question("power", "which Act and section lets the council hold and use them?")}
  {question("special_category", "condition of UK GDPR art. 9(2); null if none is held")}
  {question("criminal_offence", "authority for such data (art. 10); null if none is held")}
  {question("agreement", "{reference: DSA-1, expires: 2027-03-31}; null if the council is controller")}
  {question("purposes", "uses that were agreed, such as [early_help]")}
  {question("retention", "how long may a row be kept? such as 6y")}
  {question("sensitivity", "ordinary, or restricted where few may see the values")}"""


def draft_contract(data_file: Path, name: str, *, workspace: Path | None = None) -> str:
    """YAML of a first contract for a data file.

    Parameters
    ----------
    data_file
        CSV (.csv, .csv.gz), Excel (.xlsx, .xls, .xlsb, .ods) or Parquet file; its first rows are read.
    name
        Name of the source.
    workspace
        Folder from which the contract's `read.file` is written; `data_file` as given if None.

    Returns
    -------
    str
        Text of `features/sources/NAME.yaml`. What was guessed is to be checked; the loader refuses
        the draft while a question in it is open. No value of a personal column is repeated.

    Raises
    ------
    DataError
        If the file cannot be read.
    """
    sample = read_sample(data_file)
    guesses = guess(sample)
    file, remark = _place(data_file, workspace)
    extent = f"all {sample.rows:,}" if sample.is_whole else f"the first {sample.rows:,}"
    lines = [
        f"# Drafted from {extent} rows of {data_file.name}. Check every line: it is a guess.",
        f"source: {name}",
        f"title: {scalar(name.replace('_', ' ').capitalize())}",
        f"description: {scalar(f'Rows of {data_file.name}. Say what a row is, and what its quirks are.')}",
        *_kind(guesses),
        *_read(sample, guesses, file, remark),
        *_keys(guesses),
        *_times(guesses),
        _LAW,
        "columns:",
        *map(_column, guesses.columns),
        "quality: {quarantine_at_most: 1%}",
    ]
    return "\n".join(lines) + "\n"


def _place(data_file: Path, workspace: Path | None) -> tuple[str, str]:
    """Path of the file from the workspace, and a remark where it must first be copied in."""
    if workspace is None and not data_file.is_absolute():
        return data_file.as_posix(), ""
    if workspace is not None and data_file.resolve().is_relative_to(workspace.resolve()):
        return data_file.resolve().relative_to(workspace.resolve()).as_posix(), ""
    return f"data/{data_file.name}", "copy the extract here"


def _kind(guesses: Guesses) -> list[str]:
    if guesses.spell is not None:
        return [line("kind: spell", "from one day to another")]
    if guesses.event_date is not None:
        return [line("kind: event", "dated facts; or spell, attribute, area")]
    return [line("kind: attribute", "versions of a value; or area")]


def _read(sample: Sample, guesses: Guesses, file: str, remark: str) -> list[str]:
    lines = ["read:", line(f"  file: {scalar(file)}", remark)]
    if sample.encoding != "utf-8":
        lines.append(f"  encoding: {sample.encoding}")
    if sample.delimiter != ",":
        lines.append(f"  delimiter: {_quoted(sample.delimiter)}")
    if sample.skip_rows:
        lines.append(line(f"  skip_rows: {sample.skip_rows}", "a title above the header"))
    if any(column.dates for column in guesses.columns):
        is_doubtful = bool({"%d/%m/%Y", "%m/%d/%Y"} & {*guesses.dates})
        remark = "day and month could be the other way round: check" if is_doubtful else ""
        lines.append(line(f"  dates: {_one_or_list(guesses.dates)}", remark))
    marks = {column.numbers for column in guesses.columns}
    if marks != {PLAIN}:
        numbers = MONEY if MONEY in marks else GROUPED
        lines.append(f"  numbers: {_quoted(numbers)}")
    if sample.missing_values != ("",):
        lines.append(f"  missing_values: [{', '.join(map(_quoted, sample.missing_values))}]")
    renamed = [column for column in guesses.columns if column.given != column.name]
    if renamed:
        lines.append("  rename:")
        lines += [f"    {_quoted(column.given)}: {column.name}" for column in renamed]
    return lines


def _one_or_list(texts: Sequence[str]) -> str:
    quoted = [_quoted(text) for text in texts]
    return quoted[0] if len(quoted) == 1 else f"[{', '.join(quoted)}]"


def _quoted(text: str) -> str:
    return '"\\t"' if text == "\t" else '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _keys(guesses: Guesses) -> list[str]:
    if guesses.link is not None:
        lines = ["about: person", line("link:", "to the council's own list of people")]
        lines += [
            f"  {field}: {column}"
            if column is not None
            else f"  {question(field, 'which column is their reference for the person?')}"
            for field, column in guesses.link.items()
        ]
    elif guesses.key is not None:
        lines = [f"about: {guesses.about}", f"key: {guesses.key}"]
    else:
        lines = [
            question("about", "person, household, property or area?"),
            question("key", "which column names the entity?"),
        ]
    if guesses.row_key is not None:
        lines.append(line(f"row_key: {guesses.row_key}", "different in every row seen"))
    return lines


def _times(guesses: Guesses) -> list[str]:
    lines = []
    if guesses.spell is not None:
        lines += [f"starts_on: {guesses.spell[0]}", f"ends_on: {guesses.spell[1]}"]
    elif guesses.event_date is not None:
        lines.append(line(f"event_date: {guesses.event_date}", "when it happened"))
    if guesses.knowledge_date is None:
        asked = "when did the council know? or recording_lag, or known_on: date"
        lines.append(question("knowledge_date", asked))
    else:
        lines.append(
            line(f"knowledge_date: {guesses.knowledge_date}", "when the council knew: check")
        )
    if guesses.spell is not None and guesses.knowledge_date is not None:
        lines.append(question("end_knowledge_date", "when did it know of the end?"))
    return lines


def _column(column: Guess) -> str:
    parts = [f"type: {column.type}"]
    if column.type is ColumnType.CATEGORY:
        parts.append(f"values: [{', '.join(map(scalar, column.values))}]")
    if column.decimals is not None:
        parts.append(f"decimals: {column.decimals}")
    if column.has_missing:
        parts.append("missing: allowed")
    remark = f"not so in {column.odd_rows} of the rows seen: check" if column.odd_rows else ""
    return line(f"  {column.name}: {{{', '.join(parts)}}}", remark)
