"""Whom to visit with help: features as of a date, models, lists. Never suspicion."""

if not __name__.startswith("doudi."):
    raise ImportError(f"import doudi.{__name__} instead of {__name__}")
