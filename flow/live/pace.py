"""The pace of a CRM, as the flow of a live one uses it."""

from crm.pace import SharedPace, pace_of

__all__ = ["SharedPace", "pace_of"]
