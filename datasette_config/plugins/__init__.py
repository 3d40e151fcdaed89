"""Datasette hooks, one concern per module; ``datasette_config`` exports them to Datasette."""
