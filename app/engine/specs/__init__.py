"""Our own kinds of element, each a subclass of the package's where it runs them wrongly or not at all."""
