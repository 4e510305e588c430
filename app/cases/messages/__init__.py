"""Messages from case to case: sent and waited for with the step that does so, delivered afterwards, each in a
transaction of its own. Begin with `delivering.py`."""
