"""`python -m bot`: the command line of `bot.cli.commands`, which takes a second to load."""

try:
    from bot.cli.commands import cli
except KeyboardInterrupt:
    raise SystemExit(130) from None  # as shells tell of Ctrl+C

if __name__ == "__main__":
    cli()
