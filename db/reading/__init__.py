"""What pages ask of a publication: one function per question, over a plain SQLite connection."""
