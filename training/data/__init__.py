"""The rows that are learnt from and judged by: read in batches, and looked at before anything is fitted."""
