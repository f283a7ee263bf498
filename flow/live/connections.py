"""The adapters of connected CRMs, as the flow of a live one uses them."""

from crm.opening import known_connection, open_adapter, own_fields_of

__all__ = ["known_connection", "open_adapter", "own_fields_of"]
