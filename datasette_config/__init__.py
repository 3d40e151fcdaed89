"""The publication: built by ``publish``, read through Datasette with the hooks exported here."""

from datasette_config.plugins.errors import forbidden, handle_exception
from datasette_config.plugins.routes import register_routes
from datasette_config.plugins.security import asgi_wrapper
from datasette_config.plugins.template_vars import extra_template_vars, render_cell
from datasette_config.plugins.turns import take_turns

__all__ = [
    "asgi_wrapper",
    "extra_template_vars",
    "forbidden",
    "handle_exception",
    "register_routes",
    "render_cell",
    "take_turns",
]
