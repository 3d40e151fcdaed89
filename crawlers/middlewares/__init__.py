"""Downloader middlewares, one verb per file."""
