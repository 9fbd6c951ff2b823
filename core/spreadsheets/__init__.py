"""Reading and writing .xlsx: guarded, located, inert. Knows nothing of what the cells mean."""
