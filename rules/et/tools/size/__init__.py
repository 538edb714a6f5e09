"""What takes how much of a program: read from the map that its linker wrote. Imports no torch."""
