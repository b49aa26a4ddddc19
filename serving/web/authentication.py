"""Who asks, by API key, and whether they may: every route of the API names what it needs."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import Depends
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from hearth.errors import PermissionDeniedError
from hearth.identity import Identity, Permission
from serving.held import Held
from serving.service import Service, service_of
from serving.web.problems import ProblemError

_bearer = HTTPBearer(
    auto_error=False,
    scheme_name="api_key",
    bearerFormat="hearth_<id>_<secret>",
    description="An API key made by an administrator: `Authorization: Bearer hearth_…`.",
)


SECURITY: dict[str, Any] = {"security": [{_bearer.scheme_name: []}]}
"""What the OpenAPI document says of a route that calls `identify_from` itself."""


def identify(
    service: Annotated[Service, Depends(service_of)],
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> Identity:
    """Whoever holds the key that a request carries.

    Raises
    ------
    ProblemError
        401 if there is no key, or none that works; every case reads the same.
    """
    service.held.refresh()
    proof = "" if credentials is None else credentials.credentials
    return _holder_of(service, service.held.current, proof)


def identify_from(service: Service, held: Held, authorization: str) -> Identity:
    """Whoever holds the key of an Authorization header, as of what is held: no query is made.

    Raises
    ------
    ProblemError
        As `identify`.
    """
    scheme, _, proof = authorization.partition(" ")
    return _holder_of(service, held, proof if scheme.lower() == "bearer" else "")


def _holder_of(service: Service, held: Held, proof: str) -> Identity:
    try:
        return held.holders.of_key(service.pepper, proof, service.now())
    except PermissionDeniedError:
        raise _not_authenticated() from None


def _not_authenticated() -> ProblemError:
    return ProblemError(
        HTTPStatus.UNAUTHORIZED,
        "not-authenticated",
        "Send a working API key as `Authorization: Bearer hearth_…`.",
        headers={"WWW-Authenticate": "Bearer"},
    )


def require(*permissions: Permission) -> Callable[[Identity], Identity]:
    """Dependency that lets through whoever holds at least one of the permissions.

    Raises
    ------
    ProblemError
        403 for everyone else, naming the scopes that would do.
    """

    def check(identity: Annotated[Identity, Depends(identify)]) -> Identity:
        check_permission(identity, *permissions)
        return identity

    return check


def check_permission(identity: Identity, *permissions: Permission) -> None:
    """Nothing, if an identity holds at least one of the permissions; else a 403."""
    if not any(identity.may(permission) for permission in permissions):
        scopes = " or ".join(permission.value for permission in permissions)
        raise ProblemError(
            HTTPStatus.FORBIDDEN,
            "not-allowed",
            f"This needs the scope {scopes}, which your key's role does not hold.",
            headers={"WWW-Authenticate": f'Bearer error="insufficient_scope", scope="{scopes}"'},
        )


def check_purpose(identity: Identity, purpose: str) -> None:
    """Nothing, if an identity may use scores for the model's purpose; else a 403."""
    if purpose not in identity.purposes:
        raise ProblemError(
            HTTPStatus.FORBIDDEN,
            "wrong-purpose",
            f"This model's scores are for the purpose {purpose}, which your key was not made for.",
        )
