"""What people say at any time: messages that a diagram waits for and offers to case roles (property `saidBy`).
Begin with `saying.py`."""
