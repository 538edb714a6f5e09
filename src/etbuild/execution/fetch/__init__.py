"""How things come from outside: located by pip, npm or an address, checked by SHA-256, unpacked without running anything."""
