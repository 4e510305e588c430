"""Who is in a case: joining and leaving, conflicts of interest, contacts outside. See decision 12."""
