"""BottleCRM (Django CRM): an open-source CRM of one's own, read and written over its REST API."""
