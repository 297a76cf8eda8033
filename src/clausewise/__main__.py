"""Lets `python -m clausewise` do what the command `clausewise` does."""

from clausewise.cli.main import main

if __name__ == "__main__":
    raise SystemExit(main())
