"""Deadlines that were met and missed, by rule, version and step: counts, small ones held back, never a case."""
