"""Applications: a candidate's way through an opening's pipeline, up to a filled seat."""
