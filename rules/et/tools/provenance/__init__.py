"""Says where a program came from."""
