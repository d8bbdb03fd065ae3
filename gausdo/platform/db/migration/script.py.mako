"""${message}

Kind: ${kind}
% if kind == "contract":
Unused since: the release that was the first to do without it
% endif
"""

import sqlalchemy as sa
from alembic import op
${imports if imports else ""}
% if not down_revision:
from gausdo.platform.db.migrate import append_only, backbone

% endif
revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}
% if not down_revision:
    backbone(op, ${repr(module)})
    append_only(op, ${repr(module)})
% endif


def downgrade() -> None:
    raise NotImplementedError("A release goes forward; the release before runs on this schema.")
