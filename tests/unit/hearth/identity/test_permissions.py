import pytest

from hearth.errors import PermissionDeniedError
from hearth.identity import ROLES, Identity, Permission, Role


def test_every_role_has_its_line_in_the_table():
    assert set(ROLES) == set(Role)


def test_every_permission_is_held_by_some_role():
    assert frozenset.union(*ROLES.values()) == set(Permission)


def test_no_role_both_submits_and_approves():
    both = {Permission.MODEL_SUBMIT, Permission.MODEL_APPROVE}
    assert not [role for role, held in ROLES.items() if both <= held]


def test_a_system_that_many_sit_at_never_sees_a_restricted_source():
    assert Permission.EXPLAIN_SENSITIVE not in ROLES[Role.CASEWORKER_SYSTEM]


def test_an_identity_without_the_permission_is_told_who_has_it():
    asker = Identity("key1", "Data team", Role.DATA_SCIENTIST)
    with pytest.raises(PermissionDeniedError, match="one of: board_member"):
        asker.require(Permission.MODEL_APPROVE)


def test_a_refusal_names_the_key_and_not_its_holder():
    asker = Identity("key1", "Marked Name", Role.CASEWORKER)
    with pytest.raises(PermissionDeniedError, match="key1") as refusal:
        asker.require_purpose("housing_standards")
    assert "Marked" not in str(refusal.value)


def test_an_identity_passes_for_what_it_holds():
    asker = Identity("key1", "Visitors", Role.CASEWORKER, frozenset({"early_help"}))
    asker.require(Permission.SCORE_WRITE)
    asker.require_purpose("early_help")
    assert not asker.may(Permission.AUDIT_READ)


def test_a_token_narrows_a_role_and_never_widens_it():
    asked = frozenset({"score:write", "model:approve", "email"})
    asker = Identity("client:crm", "CRM", Role.CASEWORKER_SYSTEM, scopes=asked)
    assert asker.permissions == {Permission.SCORE_WRITE}
    assert Identity("client:crm", "CRM", Role.CASEWORKER, scopes=frozenset()).permissions == set()


def test_a_subject_of_no_known_area_is_seen_only_by_who_sees_all():
    everywhere = Identity("key1", "Visitors", Role.CASEWORKER)
    somewhere = Identity("key2", "Visitors", Role.CASEWORKER, areas=frozenset({"E05000026"}))
    assert everywhere.sees_area(None)
    assert everywhere.sees_area("E05000027")
    assert somewhere.sees_area("E05000026")
    assert not somewhere.sees_area("E05000027")
    assert not somewhere.sees_area(None)
