"""Signs that office files cannot hold, or that change how the text around them is read."""

_CONTROLS = (
    *range(0x00, 0x09), 0x0B, 0x0C, *range(0x0E, 0x20), *range(0x7F, 0xA0), 0x061C, 0x200E, 0x200F,
    *range(0x202A, 0x202F), *range(0x2066, 0x206A), *range(0xD800, 0xE000), 0xFFFE, 0xFFFF,
)  # fmt: skip
_MARKED = dict.fromkeys(_CONTROLS, "\N{REPLACEMENT CHARACTER}")


def writable(text: str) -> str:
    """Return a text with a visible mark for every control and direction mark (XML 1.0, section 2.2)."""
    return text.translate(_MARKED)
