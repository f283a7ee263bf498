"""The pages of reviewers: made on the server, in Russian and English."""
