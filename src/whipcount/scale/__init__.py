"""The same reading over many processes or a cluster, and its result as Parquet."""
