"""The hub: schema, migrations and every question asked of the working database. Imports no room."""
