"""Tell the parts of words

Kind: expand
"""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # A loop, and not a query: it is made for every record that is saved.
    op.execute(
        """
        create or replace function sales.parts(words tsvector) returns integer[]
        language plpgsql immutable strict parallel safe
        as $$
        declare
            word text;
            told integer[] := '{}';
        begin
            foreach word in array tsvector_to_array(words) loop
                for place in 1 .. length(word) - 2 loop
                    told := told || hashtext(substr(word, place, 3));
                end loop;
            end loop;
            return told;
        end
        $$
        """
    )


def downgrade() -> None:
    raise NotImplementedError("A release goes forward; the release before runs on this schema.")
