"""The drop-box: telephone systems upload recordings by SFTP, and can do nothing else here."""
