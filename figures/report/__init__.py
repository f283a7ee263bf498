"""The weekly report: one document of plain data, and the files it is written to."""
