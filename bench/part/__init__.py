"""The parts of the benchmark, one file each: ``run`` measures and returns lines of the table."""
