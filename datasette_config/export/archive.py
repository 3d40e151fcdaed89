"""Office files are zip archives: the same parts, always in the same order and of the same date."""

import io
import zipfile

#: The earliest moment an archive can name: no clock in a reproducible file.
ZIP_DATE = (1980, 1, 1, 0, 0, 0)


def without_clock(content: bytes) -> bytes:
    """Return an archive with the same members, compressed anew and bearing a fixed date."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as source,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive,
    ):
        for name in source.namelist():
            entry = zipfile.ZipInfo(name, ZIP_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, source.read(name))
    return target.getvalue()
