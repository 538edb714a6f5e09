"""How things come from outside: located, checked by SHA-256, unpacked without running anything."""
