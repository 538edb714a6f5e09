"""From declared weights and code to an exported program; knows nothing of backends."""
