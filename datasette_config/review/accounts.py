"""Signing in and out, and the password."""

from datasette.utils.asgi import Response

from datasette_config.review.session import new_session
from datasette_config.review.visit import Visit
from db.coders import MIN_PASSWORD, coder_of, set_password, sign_in


async def sign_in_page(visit: Visit) -> Response:
    """Ask for name and password; wrong ones cost time, and more time when they come often."""
    if visit.coder is not None:
        return visit.redirect()
    if not visit.posted:
        return await visit.page("sign_in.html", error=None, name="")
    name, password = visit.value("name").strip(), visit.value("password")
    if visit.desk.patience.is_exhausted(name):
        return await visit.page("sign_in.html", status=429, error="error_patience", name=name)
    coder = await visit.desk.ask(lambda db: sign_in(db, name, password))
    if coder is None:
        visit.desk.patience.failed(name)
        return await visit.page("sign_in.html", status=403, error="error_sign_in", name=name)
    visit.desk.patience.succeeded(name)
    return visit.redirect(session=new_session(coder.coder, coder.stamp))


async def sign_out_page(visit: Visit) -> Response:
    """End the session."""
    return visit.redirect("sign-in", session=new_session()) if visit.posted else visit.redirect()


async def password_page(visit: Visit) -> Response:
    """Change the password; a password made by the command line has to be changed at once."""
    error = None
    if visit.posted:
        old, new, again = (visit.value(field) for field in ("old", "new", "again"))
        if visit.desk.patience.is_exhausted(visit.name):
            error = "error_patience"
        elif await visit.desk.ask(lambda db: sign_in(db, visit.name, old)) is None:
            visit.desk.patience.failed(visit.name)
            error = "error_old_password"
        elif len(new) < MIN_PASSWORD:
            error = "error_short_password"
        elif new != again:
            error = "error_passwords_differ"
        elif new == old:
            error = "error_same_password"
        else:
            await visit.desk.write(lambda db: set_password(db, visit.name, new))
            coder = await visit.desk.ask(lambda db: coder_of(db, visit.name))
            return visit.redirect(session=new_session(visit.name, coder.stamp if coder else None))
    return await visit.page("password.html", status=400 if error else 200, error=error, shortest=MIN_PASSWORD)
