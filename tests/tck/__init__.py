"""`make tck`: the official DMN test cases (Technology Compatibility Kit) judge app.decisions and app.expressions.

The cases are not part of this repository; `source.py` says where they come from."""
