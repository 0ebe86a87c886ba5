"""Records linked that have no number in common; knows nothing of sources or homes."""

if not __name__.startswith("doudi."):
    raise ImportError(f"import doudi.{__name__} instead of {__name__}")
