"""Reads `.pte` programs with the standard library alone; imports no torch."""
