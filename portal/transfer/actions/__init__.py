"""Writing what an import has read: one transaction for each source record, found again by its external id."""
