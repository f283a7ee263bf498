"""People and programs: review pages and the API."""
