"""Reports, digests and alerts on their way to people: issued, sent once, tried again."""
