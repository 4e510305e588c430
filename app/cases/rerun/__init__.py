"""Running a recorded case again: its commands, over the versions that it was pinned to, must meet every event and every
state that its history tells of. Begin with `fold.py`."""
