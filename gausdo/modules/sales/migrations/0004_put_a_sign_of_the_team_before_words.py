"""Put a sign of the team before words

Kind: expand
"""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        create or replace function sales.of_team(words tsvector, team uuid) returns tsvector
        language sql immutable strict parallel safe
        return array_to_tsvector(array(
            select right(cast(team as text), 6) || word from unnest(tsvector_to_array(words)) word
        ))
        """
    )
    op.execute(
        # In its text every word of a question stands between quotes, those within it doubled.
        r"""
        create or replace function sales.of_team(question tsquery, team uuid) returns tsquery
        language sql immutable strict parallel safe
        return cast(regexp_replace(
            cast(question as text), '''(([^'']|'''')+)''',
            '''' || right(cast(team as text), 6) || '\1''', 'g'
        ) as tsquery)
        """
    )


def downgrade() -> None:
    raise NotImplementedError("A release goes forward; the release before runs on this schema.")
