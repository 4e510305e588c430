"""Pages that must stay true: what they cite exists, and what they count adds up."""
