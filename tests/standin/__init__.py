"""Stand-ins for the services the bot talks to, over real sockets on the loopback interface."""
