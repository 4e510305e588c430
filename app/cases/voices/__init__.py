"""Anonymous feedback about how a policy works (NW-13). What is sent has no person, no time and no case: there is no
place to write them down."""
