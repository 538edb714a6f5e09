"""Devices: images run on them, and what they give, side by side. Imports no torch."""
