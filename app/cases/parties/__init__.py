"""Who is in a case: joining and leaving, conflicts of interest, contacts outside. See decisions 13 and 14."""
