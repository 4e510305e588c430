"""What cases and looks have written, in a signed log outside of the database, and compared with it (XX-3)."""
