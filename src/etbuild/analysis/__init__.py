"""Target graph and platform to action graph. Touches no disk."""
