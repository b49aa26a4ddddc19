"""Routes that must be quick: documented as the others are, and handed the request as it is."""

from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.types import Receive, Scope, Send


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
