"""`make bench`: the portal against hand-written SQL and against an idiomatic server, on the same data in one run."""
