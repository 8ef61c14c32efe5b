"""Easel: a Discord bot that makes and edits pictures with GPT Image 1 through RunBase."""

__version__ = "0.1.0"
