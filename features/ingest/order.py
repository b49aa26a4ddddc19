"""The order in which a source's rows are kept, however they came."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from features.conditions import meets
from hearth.source_contract import SourceContract

_WITHDRAWN = "@withdrawn"


def in_order(contract: SourceContract, table: pa.Table, rows: npt.NDArray[np.int64]) -> pa.Table:
    """Some rows of a table in the source's own order: by dates, row key, then all else.

    Of two rows with the same dates, this order says which is the later; of versions of one record
    with the same dates, a withdrawal is the last.

    Parameters
    ----------
    contract, table
        The contract, and rows in its types.
    rows
        Positions of the rows wanted.
    """
    first = (contract.event_date, contract.starts_on, contract.knowledge_date, contract.row_key)
    names = [name for name in first if name is not None]
    sorted_by = table.select(list(dict.fromkeys(names)))
    if contract.withdrawn is not None:
        withdrawn = pc.cast(meets(table, contract.withdrawn), pa.int8())
        sorted_by = sorted_by.append_column(_WITHDRAWN, withdrawn)
    if contract.row_key is None or contract.has_versions:
        for name in table.column_names:
            if name not in names:
                sorted_by = sorted_by.append_column(name, table[name])
    keys = [(name, "ascending") for name in sorted_by.column_names]
    places = np.asarray(pc.sort_indices(sorted_by, sort_keys=keys))
    wanted = np.zeros(len(table), dtype=bool)
    wanted[rows] = True
    return table.take(pa.array(places[wanted[places]]))
