"""`python -m ops` is `spectron-ops`."""

from ops.cli import main

main()
