"""Pacing in simulated time: how many images a key carries, and how soon a finished one is noticed."""
