"""Reads are events: who was shown what of a case, on what ground, without the data (XX-1, XX-3, UN-8)."""
