"""Measures a program against its graph, and judges the figures."""
