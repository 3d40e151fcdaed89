"""The public pages: one module per page, each a view that asks ``db.reading`` and fills a template."""
