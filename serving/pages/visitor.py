"""Who visits a page: the session of their cookie, the key they signed in with, and what their forms must carry."""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated
from urllib.parse import parse_qsl, urlsplit

from fastapi import Depends, Request, Response

from hearth.errors import PermissionDeniedError
from hearth.identity import Identity, Permission
from hearth.storage.engine import reading
from serving.pages.session import (
    COOKIE,
    LIFE,
    Session,
    has_ended,
    new_session,
    seal,
    token_matches,
    unseal,
)
from serving.service import Service, service_of
from serving.web.authentication import check_permission, note_failure
from serving.web.problems import ProblemError

_FORM = "application/x-www-form-urlencoded"
_MOST_FIELDS = 20
_SAME_SITE = frozenset({"same-origin", "none"})


@dataclass(frozen=True)
class Visitor:
    """A session and, once signed in, who it is; `identity` is None before."""

    session: Session
    identity: Identity | None

    def may(self, permission: str) -> bool:
        """Whether they hold a scope, such as `score:write`."""
        return self.identity is not None and self.identity.may(Permission(permission))


def visit(request: Request, service: Annotated[Service, Depends(service_of)]) -> Visitor:
    """Whoever visits; a key revoked since sign-in signs them out."""
    service.held.refresh()
    holders = service.held.current.holders
    session = _session_of(request, service)
    visitor = Visitor(
        session or new_session("", service.now()),
        None if session is None else holders.of_key_id(session.key_id, service.now()),
    )
    request.state.visitor = visitor
    if visitor.identity is not None:
        service.limits.charge(visitor.identity.key_id)
    return visitor


def _session_of(request: Request, service: Service) -> Session | None:
    """Session of the visitor's cookie, unless it was signed out."""
    session = unseal(request.cookies.get(COOKIE, ""), service.pepper, service.now())
    if session is None or not session.key_id:
        return session
    with reading(service.engine) as connection:
        return None if has_ended(connection, session) else session


def signed_in(*permissions: Permission) -> Callable[[Visitor], Identity]:
    """Dependency that lets through visitors who are signed in and hold one of the permissions, if any are named.

    Raises
    ------
    ProblemError
        401 before sign-in, which the pages answer with the sign-in form; 403 without permission.
    """

    def check(visitor: Annotated[Visitor, Depends(visit)]) -> Identity:
        if visitor.identity is None:
            raise ProblemError(
                HTTPStatus.UNAUTHORIZED, "not-signed-in", "Sign in to see this page."
            )
        if permissions:
            check_permission(visitor.identity, *permissions)
        return visitor.identity

    return check


async def form_fields(
    request: Request, visitor: Annotated[Visitor, Depends(visit)]
) -> dict[str, str]:
    """Fields of a form that came from our own page, trimmed; the last where one is sent twice.

    Raises
    ------
    ProblemError
        403 if another site sent it, or its token is not the session's; 415 if it is no form.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip() != _FORM:
        raise ProblemError(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "not-a-form", "This page takes its own form only."
        )
    body = await request.body()
    try:
        fields = dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=_MOST_FIELDS))
    except ValueError:
        fields = {}
    if not _is_own(request) or not token_matches(visitor.session, fields.pop("csrf", "")):
        raise ProblemError(
            HTTPStatus.FORBIDDEN,
            "form-expired",
            "The form had expired or came from elsewhere. Go back, reload the page and try again.",
        )
    return {name: value.strip() for name, value in fields.items()}


def identity_of_key(request: Request, service: Service, key: str) -> Identity | None:
    """Whoever holds a key typed into the sign-in form; None if nobody does.

    Raises
    ------
    TooOftenError
        429 if too many from their network typed a wrong one.
    """
    try:
        return service.held.current.holders.of_key(service.pepper, key, service.now())
    except PermissionDeniedError:
        note_failure(request, "key")
        return None


def keep_session(request: Request, response: Response, session: Session, pepper: str) -> Response:
    """The response with the session's cookie: not for scripts, not for other sites, TLS only where there is TLS."""
    response.set_cookie(
        COOKIE,
        seal(session, pepper),
        max_age=int(LIFE.total_seconds()),
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )
    return response


def _is_own(request: Request) -> bool:
    """Whether the browser says that one of our own pages sent the form."""
    site = request.headers.get("sec-fetch-site")
    if site is not None and site not in _SAME_SITE:
        return False
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")
