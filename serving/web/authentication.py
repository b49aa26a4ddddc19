"""Who asks, by API key or token, and whether they may: every route of the API names what it needs."""

from collections.abc import Callable
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any

import structlog
from anyio import to_thread
from fastapi import Depends, Request
from fastapi.security import HTTPBearer

from hearth.errors import PermissionDeniedError
from hearth.identity import Identity, Permission, TokenRefusedError, looks_like_a_key
from hearth.settings import Settings
from serving.held import Held
from serving.service import Service, service_of
from serving.web.problems import ProblemError, request_id_of

if TYPE_CHECKING:
    from serving.web.tokens import TokenDoor

_bearer = HTTPBearer(
    auto_error=False,
    scheme_name="bearer",
    bearerFormat="hearth_<id>_<secret>, or a JWT",
    description="An API key made by an administrator, `Authorization: Bearer hearth_…`, or where the "
    "service takes them an OAuth2 access token of a client that was added.",
)


SECURITY: dict[str, Any] = {"security": [{_bearer.scheme_name: []}]}
"""What the OpenAPI document says of a route that calls `identify_from` itself."""


class NotAuthenticatedError(ProblemError):
    """Nobody proved themselves: one 401 for every `reason`, which only the log and metrics are told."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            HTTPStatus.UNAUTHORIZED,
            "not-authenticated",
            "Send a working API key or token as `Authorization: Bearer …`.",
            headers={"WWW-Authenticate": "Bearer"},
        )
        self.reason = reason


def token_door(settings: Settings) -> "TokenDoor | None":
    """What proves tokens, if the settings say whose; it alone needs the libraries that do."""
    if not settings.oauth_jwks:
        return None
    from hearth.identity.signing_keys import SigningKeys  # noqa: PLC0415 as said above
    from serving.web.tokens import TokenDoor  # noqa: PLC0415 as said above

    keys = SigningKeys(settings.oauth_jwks)
    return TokenDoor(settings.oauth_issuer, settings.oauth_audience, keys)


async def identify(
    request: Request,
    service: Annotated[Service, Depends(service_of)],
    _documented: Annotated[Any, Depends(_bearer)],
) -> Identity:
    """Whoever a request comes from, by what the records hold now.

    Raises
    ------
    NotAuthenticatedError, TooOftenError
        As `identify_from`.
    """
    await to_thread.run_sync(service.held.refresh)
    authorization = request.headers.get("authorization", "")
    return await identify_from(service, service.held.current, authorization)


async def identify_from(service: Service, held: Held, authorization: str) -> Identity:
    """Whoever an Authorization header proves, as of what is held: no query is made.

    Raises
    ------
    NotAuthenticatedError
        401 if there is no key or token, or none that works; every case reads the same.
    TooOftenError
        429 if they asked too often within this minute.
    """
    scheme, _, proof = authorization.partition(" ")
    if scheme.lower() != "bearer" or not proof:
        raise NotAuthenticatedError("nothing-sent")
    if service.tokens is None or looks_like_a_key(proof):
        identity = _of_key(service, held, proof)
    else:
        identity = await _of_token(service, held, service.tokens, proof)
    service.limits.charge(identity.key_id)
    return identity


def note_failure(request: Request, reason: str) -> None:
    """Nothing, once it is counted and logged that somebody could not prove themselves, and why.

    Raises
    ------
    TooOftenError
        429 if too many came from their network; then nothing is logged.
    """
    service = service_of(request)
    service.metrics.unknown(reason)
    service.limits.count_failure("" if request.client is None else request.client.host)
    structlog.get_logger("serving").warning(
        "not authenticated", request_id=request_id_of(request), reason=reason
    )


def _of_key(service: Service, held: Held, key: str) -> Identity:
    try:
        return held.holders.of_key(service.pepper, key, service.now())
    except PermissionDeniedError:
        raise NotAuthenticatedError("key") from None


async def _of_token(service: Service, held: Held, door: "TokenDoor", token: str) -> Identity:
    try:
        claims = await door.claims(token, service.now())
        return held.holders.of_client(claims.client_id, claims.scopes)
    except TokenRefusedError as error:
        raise NotAuthenticatedError(error.code) from None


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
            f"This needs the scope {scopes}, which your key or token does not hold.",
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
