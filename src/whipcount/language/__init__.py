"""Documents to attributions with resolved speakers: windows, the reader, names, actors, voice."""
