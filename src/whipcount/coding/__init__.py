"""Coding: Attribution -> Statement with option, stance and conditions, for any codebook."""
