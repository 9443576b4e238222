"""`python -m collateral` is the command `collateral`."""

from collateral.cli import main

if __name__ == "__main__":
    main()
