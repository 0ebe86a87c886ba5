"""What a county's rules say: dated parameters and the means ledger."""

if not __name__.startswith("doudi."):
    raise ImportError(f"import doudi.{__name__} instead of {__name__}")
