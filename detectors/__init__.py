"""What contradicts what: one Cypher file a detector, clearing, receipts, leads."""

if not __name__.startswith("doudi."):
    raise ImportError(f"import doudi.{__name__} instead of {__name__}")
