"""What the people a model is about are told of the version in use: made of its bundle and its approval."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from governance.transparency.notice import Approved, Notice, NoticeFacts, Record
from governance.transparency.notice import notice_of as notice_from
from hearth.periods import Period
from serving.scores.scoring import EXPIRES_AFTER
from serving.scores.served_models import ServedModel
from serving.scores.wording import frequency_in_words, many_of


def notice_of(served: ServedModel) -> Notice:
    """Notice of the version in use."""
    model, approval = served.model, served.approval
    about: Mapping[str, Any] = model.about
    oversight: Mapping[str, Any] = about.get("oversight", {})
    sources: list[Mapping[str, Any]] = about.get("sources", [])  # older bundles hold none
    every, sunset = oversight.get("review_every"), oversight.get("sunset")
    return notice_from(
        NoticeFacts(
            title=str(about["title"]),
            version=approval.version,
            question=str(about["question"]),
            purpose=str(about["purpose"]),
            unit=str(about["unit"]),
            intervention=str(about["intervention"]),
            release_level=str(about["release_level"]),
            caveats=tuple(map(str, about.get("caveats", ()))),
            records=tuple(
                Record(
                    words.title,
                    words.source_title or words.source.replace("_", " "),
                    words.sensitivity != "ordinary",
                )
                for words in model.reasons
            ),
            grounds=tuple(
                f"{source['title']}, held by {source['controller']}. {source['lawful_basis']} {source['power']}"
                for source in sources
            ),
            owner=oversight.get("owner"),
            contact=oversight.get("contact"),
            review_every=Period.parse(every).in_words() if every else None,
            sunset=date.fromisoformat(sunset) if sunset else None,
            scores_last=EXPIRES_AFTER.in_words(),
            usual=frequency_in_words(model.cohort.base_rate, many_of(str(about["unit"]))),
            compared_with=(model.cohort.rows, date.fromisoformat(model.cohort.as_of)),
            held_back=(about.get("hold_back") or {}).get("share"),
            approved=Approved(
                approval.decided_by_role.replace("_", " "), approval.decided_at.date()
            ),
        )
    )
