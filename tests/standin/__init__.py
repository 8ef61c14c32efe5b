"""Stand-ins for the services the bot talks to, over real sockets on the loopback interface."""

import warnings

with warnings.catch_warnings():
    # discord.py 2.7.1 imports audioop, deprecated since Python 3.11; tests run with warnings as errors.
    warnings.filterwarnings("ignore", "'audioop' is deprecated", DeprecationWarning)
    import discord as discord
