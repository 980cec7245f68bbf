"""Carries bytes to FakeServer.handle: one module for each way in."""
