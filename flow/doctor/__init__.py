"""`stagecheck doctor`: files, rows and settings held against each other."""
