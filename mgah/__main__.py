"""``python -m mgah``, the same as the command ``mgah``."""

from mgah.commands import main

if __name__ == "__main__":
    main()
