"""From the bytes of a bundle to specs that the package can run. Everything is read once, when a definition is
loaded."""
