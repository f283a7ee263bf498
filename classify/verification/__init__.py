"""Does the stage hold: requirements, evidence, coverage, promises and flags. Pure."""
