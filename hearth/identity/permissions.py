"""What may be done, which role may do it, and who is asking."""

from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from hearth.errors import PermissionDeniedError


class Permission(StrEnum):
    """One thing that may be allowed; the value is its scope in a token."""

    SCORE_READ = "score:read"
    SCORE_WRITE = "score:write"
    EXPLAIN_READ = "explain:read"
    EXPLAIN_SENSITIVE = "explain:sensitive"
    REPORT_READ = "report:read"
    DECISION_WRITE = "decision:write"
    CHALLENGE_WRITE = "challenge:write"
    CHALLENGE_REVIEW = "challenge:review"
    MODEL_SUBMIT = "model:submit"
    MODEL_APPROVE = "model:approve"
    AUDIT_READ = "audit:read"
    SUBJECT_EXPORT = "subject:export"
    SUBJECT_RIGHTS = "subject:rights"
    HOUSEHOLD_READ = "household:read"
    HOUSEHOLD_NAMES = "household:names"
    PSEUDONYM_OPEN = "pseudonym:open"
    ADMIN_KEYS = "admin:keys"


class Role(StrEnum):
    """A kind of person or system that uses Hearth."""

    DATA_SCIENTIST = "data_scientist"
    BOARD_MEMBER = "board_member"
    CASEWORKER = "caseworker"
    CASEWORKER_SYSTEM = "caseworker_system"
    REVIEWER = "reviewer"
    INFORMATION_GOVERNANCE = "information_governance"
    ADMINISTRATOR = "administrator"


# No role both submits and approves, and none that sees scores may approve. A system asks for
# everyone who sits at it, so it never sees what a restricted source says, nor the rows behind a
# household; a caseworker's own key may. A reviewer reads scores and closes challenges, and neither makes
# scores nor decides on them. Whoever opens pseudonyms sees neither scores nor
# rows, but for what one subject is handed of itself, each time on record. A data scientist sees those rows by
# number, never by name.
ROLES: dict[Role, frozenset[Permission]] = {
    Role.DATA_SCIENTIST: frozenset(
        {
            Permission.MODEL_SUBMIT,
            Permission.REPORT_READ,
            Permission.HOUSEHOLD_READ,
        }
    ),
    Role.BOARD_MEMBER: frozenset(
        {
            Permission.MODEL_APPROVE,
            Permission.REPORT_READ,
            Permission.AUDIT_READ,
        }
    ),
    Role.CASEWORKER: frozenset(
        {
            Permission.SCORE_READ,
            Permission.SCORE_WRITE,
            Permission.EXPLAIN_READ,
            Permission.EXPLAIN_SENSITIVE,
            Permission.REPORT_READ,
            Permission.DECISION_WRITE,
            Permission.CHALLENGE_WRITE,
            Permission.HOUSEHOLD_READ,
            Permission.HOUSEHOLD_NAMES,
        }
    ),
    Role.CASEWORKER_SYSTEM: frozenset(
        {
            Permission.SCORE_READ,
            Permission.SCORE_WRITE,
            Permission.EXPLAIN_READ,
            Permission.REPORT_READ,
            Permission.DECISION_WRITE,
            Permission.CHALLENGE_WRITE,
        }
    ),
    Role.REVIEWER: frozenset(
        {
            Permission.SCORE_READ,
            Permission.EXPLAIN_READ,
            Permission.EXPLAIN_SENSITIVE,
            Permission.REPORT_READ,
            Permission.CHALLENGE_REVIEW,
        }
    ),
    Role.INFORMATION_GOVERNANCE: frozenset(
        {
            Permission.PSEUDONYM_OPEN,
            Permission.AUDIT_READ,
            Permission.REPORT_READ,
            Permission.SUBJECT_EXPORT,
            Permission.SUBJECT_RIGHTS,
        }
    ),
    Role.ADMINISTRATOR: frozenset(
        {
            Permission.ADMIN_KEYS,
            Permission.AUDIT_READ,
            Permission.REPORT_READ,
            Permission.SUBJECT_EXPORT,
            Permission.SUBJECT_RIGHTS,
        }
    ),
}
"""What each role may do. This table is the rule; nothing else grants anything."""


VALUES_HAVE_NO_AREA = (
    "Your key or client is limited to areas, and nothing says of which area values are; "
    "ask for a subject."
)


@dataclass(frozen=True)
class Identity:
    """Whoever an authenticated request comes from.

    Attributes
    ----------
    key_id
        Id that the audit log knows them by: of an API key, or `client:` and an OAuth client's own.
    name
        What the council calls them, such as a team or a system; shown to people, never logged.
    purposes
        Purposes they may use scores for; none if empty.
    areas
        Codes of the areas whose subjects they may see; every area if None.
    scopes
        What a token narrows their role to; the whole role if None. It never adds anything.
    """

    key_id: str
    name: str
    role: Role
    purposes: frozenset[str] = field(default_factory=frozenset)
    areas: frozenset[str] | None = None
    scopes: frozenset[str] | None = None

    @cached_property
    def permissions(self) -> frozenset[Permission]:
        """What they may do: what their role may, as far as their token asks for it."""
        held, asked = ROLES[self.role], self.scopes
        return held if asked is None else frozenset(one for one in held if one.value in asked)

    def sees_area(self, area: str | None) -> bool:
        """Whether they may see subjects of an area; of an unknown one (None) only who may see all."""
        return self.areas is None or area in self.areas

    def may(self, permission: Permission) -> bool:
        """Whether they hold a permission."""
        return permission in self.permissions

    def require(self, permission: Permission) -> None:
        """Nothing, if they hold the permission.

        Raises
        ------
        PermissionDeniedError
            If they don't.
        """
        if not self.may(permission):
            holders = ", ".join(role for role, held in ROLES.items() if permission in held)
            raise PermissionDeniedError(
                f"key {self.key_id} has the role {self.role}, which may not `{permission}`; "
                f"use a key whose role is one of: {holders}"
            )

    def require_every_area(self) -> None:
        """Nothing, if they see subjects wherever they live.

        Raises
        ------
        PermissionDeniedError
            If they are limited to areas.
        """
        if self.areas is not None:
            raise PermissionDeniedError(
                f"key {self.key_id} is limited to areas, and this looks across them; "
                "use a key that is not"
            )

    def require_purpose(self, purpose: str) -> None:
        """Nothing, if they may use scores for the purpose.

        Raises
        ------
        PermissionDeniedError
            If they may not.
        """
        if purpose not in self.purposes:
            allowed = ", ".join(sorted(self.purposes)) or "no purpose"
            raise PermissionDeniedError(
                f"key {self.key_id} is for {allowed}, not for `{purpose}`; use a key made for it"
            )
