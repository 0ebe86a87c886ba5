"""What is true and how it hangs together: schema, fact tables, Neo4j, derived relations."""

if not __name__.startswith("doudi."):
    raise ImportError(f"import doudi.{__name__} instead of {__name__}")
