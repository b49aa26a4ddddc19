"""In which area each row's home lies, in a table of its own, joined for assessment only."""

import numpy as np
import pyarrow as pa

AREAS = "areas.parquet"


def area_table(rows: pa.Table, pairs: pa.Table) -> pa.Table:
    """Area of each row's home, null where none is known.

    Parameters
    ----------
    rows : Table
        `entity_id` and `as_of`.
    pairs : Table
        `row` and `key`, the place of a row and the code of its area, once a row at most.

    Returns
    -------
    Table
        The rows with a string column `area`.
    """
    place = np.full(len(rows), -1, dtype=np.int64)
    place[pairs["row"].to_numpy()] = np.arange(len(pairs))
    codes = pa.chunked_array(pairs["key"].cast(pa.string())).combine_chunks()
    return rows.append_column("area", codes.take(pa.array(place, mask=place < 0)))
