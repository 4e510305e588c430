"""The authorisation matrix: every address asked as every role about every kind of case, and written down."""
