"""What a reader of a training must know of its rows: dates not tested, features that say nothing."""

from training.data.checks import constant_features, one_class, unseen_categories, untested
from training.findings import Finding, Training


def notes(training: Training) -> Finding | None:
    """What was left out of the tests, and what could not be learnt; None where there is nothing.

    A feature that never varies is named and not refused: it does no harm to a fit, and a feature
    of a rare event may vary again at the next extract.
    """
    left_out, alike = untested(training), one_class(training)
    constant = constant_features(training.examples, training.final.trained_on)
    splits = tuple(result.split for result in training.experiment.splits)
    unseen = unseen_categories(training.examples, splits)
    sentences = [
        *(f"{each.as_of} is not tested: {each.why}." for each in left_out),
        *(
            f"At {day} all {many:,} outcomes observed are of one class, so AUC and calibration "
            "cannot be told."
            for day, many in alike.items()
        ),
        *(
            f"At {day} {_counted(many)} of {name} that no row learnt from has."
            for day, counts in unseen.items()
            for name, many in counts.items()
        ),
    ]
    if constant:
        sentences.append(
            f"Never varying in the rows learnt from, and so of no use: {', '.join(constant)}. "
            "See that their source is whole, or remove them."
        )
    if not sentences:
        return None
    figures = {
        "untested": {each.as_of.isoformat(): each.why for each in left_out},
        "one_class": {day.isoformat(): many for day, many in alike.items()},
        "constant_features": list(constant),
        "unseen_categories": {day.isoformat(): counts for day, counts in unseen.items()},
    }
    tags = {"hearth.constant_features": ", ".join(constant)} if constant else {}
    return Finding("notes", figures, sentences=sentences, tags=tags)


def _counted(rows: int) -> str:
    return "1 row holds a category" if rows == 1 else f"{rows:,} rows hold a category"
