"""What an oversight group sees of how policies work: counts from history alone, small ones held back (NW-13)."""
