"""Institutions: positions to verdicts, by rules that compose over members valid by date."""
