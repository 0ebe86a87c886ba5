"""How records get in: one TOML a source, reading, cleaning, identity, receipts."""

if not __name__.startswith("doudi."):
    raise ImportError(f"import doudi.{__name__} instead of {__name__}")
