"""Live CRMs: read as they change, written into through an outbox."""
