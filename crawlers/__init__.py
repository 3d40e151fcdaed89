"""HTTP, HTML and robots: fetches pages, keeps evidence, hands over documents. Knows nothing of narratives."""
