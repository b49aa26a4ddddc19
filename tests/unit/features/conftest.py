"""A workspace of two problems and seven small sources, written by hand."""

from datetime import date
from pathlib import Path

import pytest

from features import commands
from hearth.catalogue import Catalogue, load_catalogue
from hearth.settings import Settings, load_settings

RUN_ON = date(2026, 11, 2)
LAW = """law:
  controller: Example Borough Council
  lawful_basis: public_task
  power: Housing Act 2004, s. 3
  agreement: {reference: DSA-1, expires: 2027-01-01}
  purposes: [early_help, housing_standards]
  retention: 6y
"""
PEOPLE_LINK = (
    "about: person\n"
    "link: {reference: pupil, forename: forename, surname: surname,"
    " date_of_birth: born, postcode: postcode}\n"
)
PEOPLE_COLUMNS = """
  pupil: {type: string}
  forename: {type: string}
  surname: {type: string}
  born: {type: date}
  postcode: {type: string, missing: allowed}
"""
CONTRACTS = {
    "residents": """kind: spell
about: person
key: person_id
starts_on: moved_in
ends_on: moved_out
knowledge_date: in_known
end_knowledge_date: out_known
columns:
  person_id: {type: string}
  forename: {type: string}
  surname: {type: string}
  date_of_birth: {type: date, missing: allowed}
  postcode: {type: string}
  uprn: {type: uprn}
  moved_in: {type: date}
  moved_out: {type: date, missing: allowed}
  in_known: {type: date}
  out_known: {type: date, missing: allowed}
""",
    "homes": """kind: attribute
about: property
key: uprn
knowledge_date: recorded_on
columns:
  uprn: {type: uprn}
  lsoa: {type: string}
  use: {type: category, values: [home, shop]}
  rooms: {type: integer, missing: allowed}
  recorded_on: {type: date}
""",
    "complaints": """kind: event
about: property
key: uprn
row_key: complaint_id
event_date: heard_on
knowledge_date: logged_on
columns:
  complaint_id: {type: string}
  uprn: {type: uprn}
  heard_on: {type: date}
  logged_on: {type: date}
  topic: {type: category, values: [noise, damp]}
  decibels: {type: number, missing: allowed, range: [0, 140]}
""",
    "areas": """kind: area
about: area
key: lsoa
known_on: 2019-01-01
columns:
  lsoa: {type: string}
  decile: {type: integer, range: [1, 10]}
""",
    "absence": f"""kind: event
{PEOPLE_LINK}event_date: missed_on
recording_lag: {{period: 14d, because: schools send it two weeks later}}
columns:{PEOPLE_COLUMNS}  missed_on: {{type: date}}
  hours: {{type: number}}
""",
    "profiles": f"""kind: event
{PEOPLE_LINK}event_date: assessed_on
knowledge_date: received_on
columns:{PEOPLE_COLUMNS}  assessed_on: {{type: date}}
  received_on: {{type: date}}
  ready: {{type: boolean, missing: allowed}}
""",
    "monitoring": """kind: attribute
about: person
key: person_id
knowledge_date: asked_on
columns:
  person_id: {type: string}
  group: {type: category, values: [north, south], missing: allowed}
  disabled: {type: boolean, missing: allowed}
  asked_on: {type: date}
""",
    "visits": """kind: event
about: property
key: uprn
event_date: visited_on
knowledge_date: written_on
columns:
  uprn: {type: uprn}
  visited_on: {type: date}
  written_on: {type: date}
  finding: {type: category, values: [fine, unlicensed]}
""",
}
# two homes: at 100 Ann and Abe with Bea (3) and Cal (9); at 200 Dee, joined by Eve in 2022
DATA = {
    "residents": """person_id,forename,surname,date_of_birth,postcode,uprn,moved_in,moved_out,in_known,out_known
p1,Ann,Ash,1990-05-01,ZZ1 1AA,100,2015-01-01,,2015-02-01,
p2,Abe,Ash,1988-05-01,ZZ1 1AA,100,2015-01-01,2021-06-01,2015-02-01,2021-10-15
p3,Bea,Ash,2018-03-10,ZZ1 1AA,100,2018-03-10,,2018-04-01,
p4,Cal,Ash,2012-03-10,ZZ1 1AA,100,2015-01-01,,2015-02-01,
p5,Dee,Day,1970-01-01,ZZ2 2BB,200,2010-01-01,,2010-02-01,
p6,Eve,Day,2019-01-20,ZZ2 2BB,200,2022-01-05,,2022-02-01,
""",
    "homes": """uprn,lsoa,use,rooms,recorded_on
100,E01,home,4,2015-01-01
200,E02,home,3,2015-01-01
200,E02,home,5,2021-11-01
300,E02,shop,,2015-01-01
""",
    "complaints": """complaint_id,uprn,heard_on,logged_on,topic,decibels
c1,100,2021-08-20,2021-08-21,noise,70
c2,100,2021-08-30,2021-09-02,noise,80
c3,100,2020-12-01,2020-12-02,damp,
c4,200,2022-08-01,2022-08-02,noise,65
""",
    "areas": "lsoa,decile\nE01,2\nE02,9\n",
    "absence": """pupil,forename,surname,born,postcode,missed_on,hours
s1,Cal,Ash,2012-03-10,ZZ1 1AA,2021-05-04,2.5
s1,Call,Ash,2012-03-10,ZZ1 1AA,2021-08-10,1.5
s1,Cal,Ash,2012-03-10,ZZ1 1AA,2021-08-25,4
s9,Zoe,Zed,2012-03-10,ZZ9 9ZZ,2021-08-01,9
""",
    "profiles": """pupil,forename,surname,born,postcode,assessed_on,received_on,ready
s3,Bea,Ash,2018-03-10,ZZ1 1AA,2023-06-20,2023-07-20,false
""",
    "monitoring": """person_id,group,disabled,asked_on
p1,north,false,2020-01-01
p3,north,,2024-01-01
p4,south,true,2020-01-01
p5,south,false,2020-01-01
""",
    "visits": """uprn,visited_on,written_on,finding
100,2021-10-10,2021-10-11,fine
100,2022-01-10,2022-01-11,unlicensed
200,2022-10-01,2022-10-02,fine
""",
}
MODEL = """title: A model
question: Will it happen?
intervention: assistive
capacity: {count: 1}
success: {metric: precision_at_capacity}
oversight: {owner: A head, contact: team@council.example, review_every: 12m, sunset: 2027-12-31}
"""
READINESS = MODEL + """model: readiness
purpose: early_help
unit: household
as_of: {first: 2021-09-01, last: 2022-09-01, every: 12m}
cohort: {has_member: {age: [36m, 48m]}}
label:
  source: profiles
  outcome: {column: ready, is: false}
  at: first_row_of_child
  row: first
  window: 24m
  observed: when_any_row
features:
  - {group: age, source: residents, follow: child, attributes: [age_months], reason: {title: Age, text: Age}}
  - group: absence
    source: absence
    follow: siblings
    windows: [6m, all]
    aggregates: [{sum: hours}, days_since_last]
    reason: {title: Absence, text: Absence}
  - {group: adults, source: residents, follow: adults, windows: [all], aggregates: [{distinct: person_id}], reason: {title: Adults, text: Adults}}
  - {group: area, source: areas, follow: address, attributes: [decile], reason: {title: Area, text: Area}}
  - group: noise
    source: complaints
    follow: address
    windows: [12m]
    aggregates: [count, {max: decibels}]
    split_by: topic
    reason: {title: Noise, text: Noise}
baselines: [{name: noise, rank_by: noise_count_12m}]
fairness:
  attributes:
    - {name: child_group, characteristic: race, source: monitoring, column: group, assign: named_person}
    - {name: home_group, characteristic: race, source: monitoring, column: group, assign: any_member}
    - {name: disabled, characteristic: disability, source: monitoring, column: disabled, assign: any_member}
    - {name: decile, characteristic: deprivation, source: areas, column: decile, assign: area_estimate}
"""
LETTING = MODEL + """model: letting
purpose: housing_standards
unit: property
as_of: {first: 2021-09-01, last: 2022-09-01, every: 12m}
cohort: {source: homes, where: [{column: use, is: home}]}
label:
  source: visits
  outcome: {column: finding, is: unlicensed}
  window: 12m
  observed: when_any_row
features:
  - {group: home, source: homes, follow: address, attributes: [rooms, use], reason: {title: Home, text: Home}}
  - {group: people, source: residents, follow: members, windows: [all], aggregates: [{distinct: surname}], reason: {title: People, text: People}}
  - group: noise
    source: complaints
    follow: address
    where: [{column: topic, is: noise}]
    windows: [1m, all]
    aggregates: [count, {last: decibels}]
    reason: {title: Noise, text: Noise}
baselines: [{name: noise, rank_by: noise_count_all}]
"""


class SmallCouncil:
    """The workspace, whose files a test may change before it ingests and builds."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.settings: Settings = load_settings(root)
        for name, text in CONTRACTS.items():
            self.contract(name, text)
        for name, text in DATA.items():
            self.write(name, text)
        self.model("readiness", READINESS)
        self.model("letting", LETTING)

    def contract(self, name: str, text: str, *, read: str = "") -> None:
        """Write the contract of a source, given what is its own."""
        head = f"source: {name}\ntitle: {name}\ndescription: A table\n"
        file = f"read: {{file: data/{name}.csv, extracted_on: 2024-06-30{read}}}\n"
        path = self.root / "features" / "sources" / f"{name}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(head + file + LAW + text, encoding="utf-8")

    def write(self, name: str, text: str | bytes) -> Path:
        """Write the extract of a source."""
        path = self.root / "data" / f"{name}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def add(self, name: str, *rows: str) -> None:
        """Add rows to the extract of a source."""
        self.write(name, DATA[name] + "".join(f"{row}\n" for row in rows))

    def model(self, name: str, text: str) -> None:
        """Write a model definition."""
        path = self.root / "models" / name / "model.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    @property
    def catalogue(self) -> Catalogue:
        """Contracts and definitions as they now stand."""
        return load_catalogue(self.root)

    def ingest(self, *sources: str) -> list:
        """Ingest these sources, or all."""
        return commands.ingest(
            self.catalogue, self.settings, run_on=RUN_ON, sources=sources or None
        )

    def build(self, model: str, run_on: date = RUN_ON) -> Path:
        """Ingest everything and build a model's matrix."""
        self.ingest()
        return commands.build(self.catalogue, self.settings, model, run_on=run_on)


@pytest.fixture
def council(tmp_path: Path) -> SmallCouncil:
    """The small council, not yet ingested."""
    return SmallCouncil(tmp_path)
