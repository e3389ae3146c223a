"""What can be read of candidates, a module per noun; `portal.candidates.reads` has them all together."""
