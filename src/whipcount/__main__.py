"""`python -m whipcount` is `whipcount`."""

from whipcount.cli.main import main

main()
