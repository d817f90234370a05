"""${message}."""

from alembic import op
import sqlalchemy as sa
import bot.storage.table
${imports if imports else ""}
revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Migrate; going back is restoring the backup."""
    ${upgrades if upgrades else "pass"}
