"""``python -m doudi`` is ``doudi``."""

from doudi.cli import main

if __name__ == "__main__":
    main()
