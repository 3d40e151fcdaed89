"""One spider per platform; a source is never a spider."""
