"""Routes that must be quick: documented as the others are, and handed the request as it is."""

from collections.abc import Sequence

from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.routing import Match
from starlette.types import ASGIApp, Receive, Scope, Send

from serving.web.failures import FORESEEN, answer_failure


class PlainRoute(APIRoute):
    """A route whose endpoint takes the request and its path's parts, and itself sees to who asks.

    Nothing is solved for it: no dependency, no parameter and no thread. That takes a third of the
    time of a score. What its document says is declared beside it.
    """

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request of a method that it has."""
        if scope["method"] not in (self.methods or ()):
            await super().handle(scope, receive, send)  # 405
            return
        response = await self.endpoint(
            request=Request(scope, receive, send), **scope["path_params"]
        )
        await response(scope, receive, send)


class PlainRoutesFirst:
    """Sends a request for a plain route straight to it; the framework sees all others.

    What the framework would do around such a route is done here: an error it foresees is answered.
    """

    def __init__(self, app: ASGIApp, routes: Sequence[PlainRoute]) -> None:
        self._app = app
        self._routes = routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handles one connection."""
        for route in self._routes:
            match, found = route.matches(scope)
            if match is Match.FULL:
                scope.update(found)
                try:
                    await route.handle(scope, receive, send)
                except FORESEEN as error:
                    await answer_failure(Request(scope), error)(scope, receive, send)
                return
        await self._app(scope, receive, send)
