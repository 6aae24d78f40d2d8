"""The local web application and the report: they show what the record holds and change nothing in it."""
