"""Files on their way into a case: uploaded, kept while a form is filled in, sent with it, or cleared away."""
