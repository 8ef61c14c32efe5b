"""Thumbnails on Discord: the cards on a server's board, their buttons and forms, and the answers to `/thumbnail`."""
