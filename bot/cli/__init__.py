"""What stands behind each command of `python -m bot`, one file a command."""
