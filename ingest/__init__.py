"""A file becomes a Call."""
