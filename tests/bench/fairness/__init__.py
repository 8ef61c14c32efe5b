"""Fairness in simulated time: what one member's long list costs all others."""
