"""Whipcount reads the coverage of a political negotiation and keeps the count."""
