"""Text and labels: passages, narratives, voice, copies. Knows nothing of HTTP."""
