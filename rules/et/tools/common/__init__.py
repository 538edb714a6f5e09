"""What every program of the family shares: diagnostics, progress, a user's functions, a quiet start."""
