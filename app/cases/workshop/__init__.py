"""The workshop: process owners of a provider change processes, and put them in force. Nothing here knows a case."""
