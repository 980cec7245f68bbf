"""Processes that code under test starts: how they find the world of their parent, and how that hears of them."""
