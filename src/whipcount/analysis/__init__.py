"""What the statements add up to: positions, changes, sourcing, networks."""
