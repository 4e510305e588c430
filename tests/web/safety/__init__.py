"""Attacks on confidentiality, rights and forms, over the whole web application."""
