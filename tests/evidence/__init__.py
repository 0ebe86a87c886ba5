"""An independent check that what a synthetic county plants is visible in its files."""
