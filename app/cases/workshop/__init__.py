"""The workshop of process owners: drafts, what they may refer to, deploying, and trying them out."""
