"""The stages of the model: scikit-learn only, no database, no files."""
