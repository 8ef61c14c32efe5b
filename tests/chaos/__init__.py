"""A bot as a process, members who ask it for pictures, kills and faults by seed, and a checker of what came of it."""
