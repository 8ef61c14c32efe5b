"""Load on real sockets: a hundred members ask for five hundred pictures within five seconds."""
