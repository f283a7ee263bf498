"""The long-running service: looks for calls, keeps work as rows, has workers do it."""
