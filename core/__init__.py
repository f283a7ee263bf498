"""Settings, logs and the clock: what every part may use and none may own."""
