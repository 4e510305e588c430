"""Moving running cases to another version: what it would do to each, and doing it."""
