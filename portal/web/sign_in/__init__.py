"""Signing in and out in a browser: over identity providers, with passwords, by links that were sent."""
