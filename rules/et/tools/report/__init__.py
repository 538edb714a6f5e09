"""Programs that word what others found, for a build's end."""
