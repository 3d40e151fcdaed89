"""Item pipelines, one verb per file."""
