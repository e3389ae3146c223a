"""`python -m portal.cli`: the `portal` command where it is not installed."""

from portal.cli.main import main

main()
