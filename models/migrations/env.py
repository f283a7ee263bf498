"""Runs the migrations on the connection that `models.session.migrate` hands over."""

from typing import Any, Literal

from alembic import context

from models.tables import Row
from models.tables.base import AwareDateTime


def _render_item(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Writes our own column types as the database sees them: migrations stand alone."""
    if kind == "type" and isinstance(item, AwareDateTime):
        return "sa.DateTime(timezone=True)"
    return False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Row.metadata,
    render_as_batch=True,
    transactional_ddl=True,
    compare_type=True,
    render_item=_render_item,
)
with context.begin_transaction():
    context.run_migrations()
