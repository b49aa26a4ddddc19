"""What the model would make of a record that said otherwise."""

from fastapi import APIRouter, Request, Response

from hearth.identity import Permission
from serving.held import Held, on_what_is_held
from serving.routes.common import answers, body_of, json_body, json_response, model_name
from serving.service import service_of
from serving.web.authentication import SECURITY, check_permission, identify_from
from serving.what_if.answers import WhatIfAnswer, WhatIfOfSubject, WhatIfOfValues
from serving.what_if.desk import ask_what_if

router = APIRouter(prefix="/v1", tags=["scores"])

_EXAMPLES = {
    "by_subject": {
        "subject": "100012345678",
        "changes": {"early_education_sum_hours_12m": 560},
    },
}


@router.post(
    "/models/{model}/what-if",
    summary="What the model would make of a record that said otherwise; no score",
    responses=answers("Both sets of figures", WhatIfAnswer, 400, 404, 409, 413, 415, 422),
    openapi_extra=body_of(WhatIfOfSubject, WhatIfOfValues, examples=_EXAMPLES) | SECURITY,
)
async def suppose(model: str, request: Request) -> Response:
    """Varies only what help can change; the asking is on record."""
    service = service_of(request)

    async def step(held: Held) -> WhatIfAnswer:
        identity = await identify_from(service, held, request.headers.get("authorization", ""))
        check_permission(identity, Permission.EXPLAIN_READ)
        name, body = model_name(model), await json_body(request)
        return await ask_what_if(service, held, identity, name, body)

    return json_response(await on_what_is_held(service.held, step))
