"""Documents: parsed, measured and validated once, kept, and published."""
