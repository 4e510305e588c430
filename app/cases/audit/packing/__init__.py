"""A pack: one case to take away, as far as its auditor may know it, with what proves it. `app/verify.py` checks it and
says in its docstring what lies in it."""
