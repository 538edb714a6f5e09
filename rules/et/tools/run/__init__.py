"""Runs programs for people, and for tests on real input, on the official Python runtime."""
