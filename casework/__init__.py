"""What people decided: the ledger, lead states, the access log."""

if not __name__.startswith("doudi."):
    raise ImportError(f"import doudi.{__name__} instead of {__name__}")
