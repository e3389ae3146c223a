"""Signing people in: the identity providers of organizations, and how somebody who was sent there comes back."""
