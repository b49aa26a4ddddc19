"""The quality report as one HTML file: no scripts, no fonts, nothing fetched."""

from collections.abc import Sequence
from dataclasses import dataclass

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from features.data_quality.assessment import DataQuality
from features.data_quality.charts import Bar, bar_chart, month_chart
from features.data_quality.profile import QUANTILES

_TEMPLATES = Environment(
    loader=PackageLoader("features", "data_quality"),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
    undefined=StrictUndefined,
)
_COUNTS = (
    ("quarantined", "Rows set aside as unusable"),
    ("misshapen", "of them with too few or too many fields"),
    ("duplicates", "Exact copies dropped"),
    ("expired", "Rows past their retention, not taken in"),
    ("overlapping_spells", "Spells that overlap an earlier one of the same person or home, kept"),
)


@dataclass(frozen=True)
class Table:
    """A table of the page: its caption, the names of its columns, and its rows as text."""

    caption: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True)
class Section:
    """A part of the page: words, a chart and the table of the same figures."""

    anchor: str
    title: str
    text: str = ""
    chart: str = ""
    table: Table | None = None


def render_page(quality: DataQuality) -> str:
    """Quality report of one snapshot as an HTML page."""
    style = _TEMPLATES.get_template("page.css").render()
    return _TEMPLATES.get_template("page.html.j2").render(
        quality=quality,
        facts=_facts(quality),
        sections=[section for section in _sections(quality) if section is not None],
        style=Markup(style),  # noqa: S704 our own file, not input
    )


def _facts(quality: DataQuality) -> list[tuple[str, str]]:
    """The first figures of the page."""
    facts = [("Source", quality.source), ("Made on", quality.run_on)]
    facts.append(("Rows", f"{quality.profile.rows:,}"))
    if quality.drift is not None and quality.drift.rows_change is not None:
        change = f"{quality.drift.rows_before:,} ({quality.drift.rows_change:+.1%} since)"
        facts.append(("Rows the last time", change))
    facts += [(words, f"{quality.counts[name]:,}") for name, words in _COUNTS]
    if quality.changes is not None:
        told = "{keys:,}, of them {new_keys:,} new and {vanished_keys:,} without a row any more"
        facts.append(("Keys whose rows changed", told.format(**quality.changes)))
    if quality.ignored_columns:
        facts.append(("Columns of the file not taken in", ", ".join(quality.ignored_columns)))
    return facts


def _sections(quality: DataQuality) -> list[Section | None]:
    return [
        _set_aside(quality),
        _references(quality),
        _completeness(quality),
        _recording(quality),
        _months(quality),
        *(_categories(quality, column) for column in quality.profile.categories),
        _numbers(quality),
    ]


def _set_aside(quality: DataQuality) -> Section | None:
    if not quality.findings:
        return None
    rows = [
        (f["column"], f["reason"], f"{f['rows']:,}", ", ".join(map(str, f["first_rows"])))
        for f in quality.findings
    ]
    table = Table("Rows set aside, by rule", ("Column", "Rule", "Rows", "First rows"), rows)
    text = "The rows themselves lie with their reasons in quarantine.parquet, beside this page."
    return Section("set-aside", "Rows set aside", text, table=table)


def _references(quality: DataQuality) -> Section | None:
    if not quality.references:
        return None
    rows = [
        (
            one["column"],
            one["source"],
            f"{one['rows']:,}",
            f"{one['share']:.2%}",
            f"{one['at_most']:.2%}",
        )
        for one in quality.references
    ]
    columns = ("Column", "Source referred to", "Rows it does not know", "Share", "Allowed")
    table = Table("Rows that refer to what another source does not know", columns, rows)
    return Section("references", "References", "They are kept.", table=table)


def _completeness(quality: DataQuality) -> Section:
    moved = {} if quality.drift is None else quality.drift.completeness
    shares = quality.profile.completeness
    bars = [
        Bar(name, share, f"{share:.1%}", share - moved[name] if name in moved else None)
        for name, share in shares.items()
    ]
    rows = [
        (name, f"{share:.2%}", f"{100 * moved[name]:+.2f} points" if name in moved else "–")
        for name, share in shares.items()
    ]
    title = "Completeness by column"
    text = "Share of rows with a value. An upright stroke marks the last time."
    columns = ("Column", "Rows with a value", "Since the last time")
    chart = bar_chart("completeness", title, text, bars)
    return Section("completeness", title, text, chart, Table(title, columns, rows))


def _recording(quality: DataQuality) -> Section | None:
    delays = quality.profile.delays
    if delays is None or not sum(delays.values()):
        return None
    shares = {name: quality.profile.delayed_share(name) for name in delays}
    title = "Late recording"
    text = (
        "Days from the event to the day the council knew. The median is "
        f"{quality.profile.median_delay:g} days."
    )
    chart = bar_chart(
        "recording", title, text, [Bar(name, s, f"{s:.1%}") for name, s in shares.items()]
    )
    rows = [(name, f"{delays[name]:,}", f"{share:.2%}") for name, share in shares.items()]
    rows += [
        (
            f"more than {days} days later, in all",
            f"{count:,}",
            f"{count / sum(delays.values()):.2%}",
        )
        for days, count in quality.profile.late_rows.items()
    ]
    return Section("recording", title, text, chart, Table(title, ("Known", "Rows", "Share"), rows))


def _months(quality: DataQuality) -> Section | None:
    months = quality.profile.months
    if not months:
        return None
    title = "Rows by month"
    text = "By the day of what a row tells of, or of its becoming known where it tells of none."
    rows = [(month, f"{count:,}") for month, count in months.items()]
    chart = month_chart("months", title, text, months)
    return Section("months", title, text, chart, Table(title, ("Month", "Rows"), rows))


def _categories(quality: DataQuality, column: str) -> Section:
    shares = quality.profile.categories[column]
    before = ({} if quality.drift is None else quality.drift.categories_before).get(column, {})
    bars = [Bar(value, share, f"{share:.1%}", before.get(value)) for value, share in shares.items()]
    rows = [
        (value, f"{share:.2%}", f"{before[value]:.2%}" if value in before else "–")
        for value, share in shares.items()
    ]
    title = f"Values of {column}"
    text = "Shares of the rows with a value."
    if quality.drift is not None and column in quality.drift.psi:
        text += f" Population stability index since the last time: {quality.drift.psi[column]:.3f}."
    chart = bar_chart(f"values-{column}", title, text, bars)
    return Section(
        f"values-{column}", title, text, chart, Table(title, ("Value", "Now", "Last time"), rows)
    )


def _numbers(quality: DataQuality) -> Section | None:
    found = quality.profile.quantiles
    if not found:
        return None
    medians = {} if quality.drift is None else quality.drift.medians
    rows = [
        (
            name,
            *(f"{value:g}" for value in values),
            f"{medians[name][0]:g}" if name in medians else "–",
        )
        for name, values in found.items()
    ]
    columns = ("Column", *(f"{100 * q:g}%" for q in QUANTILES), "Median the last time")
    text = (
        "So many in a hundred of the values are no greater. Columns with few values are left out."
    )
    return Section("numbers", "Numbers", text, table=Table("Quantiles", columns, rows))
