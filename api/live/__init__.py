"""News to open pages while they are looked at."""
