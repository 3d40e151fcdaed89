"""The review desk: a private site of its own on which people read texts and code what they find."""
