"""Every promise of the portal, as sentences that pass or fail."""
