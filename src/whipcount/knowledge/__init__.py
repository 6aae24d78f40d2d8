"""What ships as data: actors, institutions, the example, model weights with their cards."""
