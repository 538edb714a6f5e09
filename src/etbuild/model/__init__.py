"""Values that the stages hand to each other. No I/O, no clock, no environment, no torch."""
