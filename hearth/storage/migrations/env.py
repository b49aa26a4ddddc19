"""Alembic's way in: migrations run on the connection, and in the transaction, of the caller."""

from alembic import context

from hearth.storage import schema

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=schema.api_keys.metadata,
    transactional_ddl=True,  # SQLite's too: a migration is there in full or not at all
)
context.run_migrations()
