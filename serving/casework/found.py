"""Finding one subject among the scores made beforehand, on the list or below its line."""

from hearth.identity import Identity
from hearth.storage.engine import reading
from serving.casework.work_list import Missing, made_now
from serving.held import Held
from serving.precomputed.records import score_id_of
from serving.scores.desk import open_model
from serving.service import Service


def find_score_of(
    service: Service, held: Held, identity: Identity, name: str, subject: str
) -> str | None:
    """Identifier of a subject's score; None where there is none, or none for whoever asks.

    One of another area, and one who is not to be scored, read like nobody. The reading itself is put
    on record by the page that shows the score.
    """
    served = open_model(service, held.models, identity, name)
    made, row = made_now(service, held, served), service.store.get(name, subject)
    if isinstance(made, Missing) or row is None or not identity.sees_area(row.area):
        return None
    if held.restrictions.cover(name, subject):
        return None
    with reading(service.engine) as connection:
        return score_id_of(connection, made, subject)
