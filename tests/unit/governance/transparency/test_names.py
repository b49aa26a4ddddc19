import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.transparency.names import why_no_role, why_no_team_mailbox
from governance.transparency.written import check_oversight
from hearth.errors import DefinitionError

ROLES = [
    "Head of Private Housing",
    "Assistant Director, Early Help",
    "Head of rented-housing standards",
    "Chief Executive",
    "Director of Children’s Services (interim)",
    "Service Manager – Housing and Homes",
    "Principal Environmental Health Officer",
]
NAMES = ["Jane Smith", "Dr A. Okafor", "Mrs Patel", "Mohammed Ali", "J. Smith", "Priya Nair"]


@pytest.mark.parametrize("role", ROLES)
def test_the_title_of_a_role_is_taken(role):
    assert why_no_role(role) is None


@pytest.mark.parametrize("name", NAMES)
def test_a_personal_name_is_refused(name):
    assert why_no_role(name) is not None


@given(
    st.sampled_from(ROLES),
    st.sampled_from(NAMES),
    st.sampled_from(["{}, {}", "{} ({})", "{} – {}"]),
)
def test_a_name_beside_a_role_is_refused(role, name, form):
    assert why_no_role(form.format(role, name)) is not None
    assert why_no_role(form.format(name, role)) is not None


def test_a_refusal_never_repeats_the_name():
    assert not any(part in str(why_no_role(name)) for name in NAMES for part in name.split())


@pytest.mark.parametrize("mailbox", ["early-help-data@council.example", "hmo@council.example"])
def test_a_team_mailbox_is_taken(mailbox):
    assert why_no_team_mailbox(mailbox) is None


@pytest.mark.parametrize(
    "mailbox",
    ["jane.smith@council.example", "j.smith@council.example", "smith-priya@c.example", "the team"],
)
def test_one_persons_mailbox_is_refused(mailbox):
    assert why_no_team_mailbox(mailbox) is not None


def test_a_definition_that_names_a_person_is_refused_with_both_faults(facts_of):
    definition = facts_of().definition
    named = {"owner": "Jane Smith", "contact": "jane.smith@council.example"}
    oversight = definition.oversight.model_copy(update=named)
    with pytest.raises(DefinitionError) as refused:
        check_oversight(definition.model_copy(update={"oversight": oversight}))
    assert [fault.place for fault in refused.value.faults] == [
        "oversight.contact",
        "oversight.owner",
    ]
    assert "Jane" not in str(refused.value)
