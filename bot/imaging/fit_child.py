"""The sandbox's inside for finished pictures of unusual size: reads one from its input and writes a smaller file."""

import sys

from bot.imaging.confinement import confine
from bot.imaging.fitting import fitted


def main() -> None:
    limit_bytes, longest_px, room_bytes = map(int, sys.argv[1:])
    confine(room_bytes)
    sys.stdout.buffer.write(fitted([sys.stdin.buffer.read()], limit_bytes, longest_px=longest_px))


if __name__ == "__main__":
    main()
