"""How candidates did: figures at capacity first, each with its interval."""
