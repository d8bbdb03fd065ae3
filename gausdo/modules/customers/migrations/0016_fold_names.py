"""Fold names

Kind: expand
"""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # As `names.words_of` does, but for short forms of names; in the order of the alphabet.
    op.execute(
        r"""
        create or replace function customers.name_words(name text) returns text[]
        language plpgsql immutable strict parallel safe cost 500 as $$
        declare
            told text := replace(lower(name), 'ё', 'е');
            bare text := regexp_replace(
                told,
                '\m(ооо|зао|оао|ао|пао|нко|ано|гк|тд|ип|чп|фгуп|муп'
                '|llc|llp|ltd|limited|inc|gmbh|ag|corp|plc|company|co'
                '|общество с ограниченной ответственностью|публичное акционерное общество'
                '|закрытое акционерное общество|открытое акционерное общество'
                '|акционерное общество|индивидуальный предприниматель)\M',
                ' ', 'g'
            );
        begin
            if bare ~ '[[:alnum:]]' then
                told := bare;
            end if;
            told := translate(
                told, 'абвгдезийклмнопрстуфхыэцчшщжюяъь''’', 'abvgdeziiklmnoprstufhieTCSSZua'
            );
            told := replace(replace(replace(told, 'shch', 'S'), 'sch', 'S'), 'kh', 'h');
            told := replace(replace(replace(told, 'tz', 'T'), 'ph', 'f'), 'ck', 'k');
            told := replace(replace(replace(told, 'yu', 'u'), 'iu', 'u'), 'ju', 'u');
            told := replace(replace(replace(told, 'ya', 'a'), 'ia', 'a'), 'ja', 'a');
            told := replace(replace(replace(told, 'ye', 'e'), 'yo', 'e'), 'jo', 'e');
            told := replace(replace(replace(told, 'je', 'e'), 'x', 'ks'), 'zh', 'Z');
            told := replace(replace(replace(told, 'ts', 'T'), 'ch', 'C'), 'sh', 'S');
            told := regexp_replace(translate(told, 'yjwq', 'iivk'), '([^0-9])\1+', '\1', 'g');
            return array(
                select word collate "C"
                from regexp_split_to_table(told, '[^[:alnum:]]+') word
                where word <> '' order by 1
            );
        end $$
        """
    )
    # The whole name first. Then what is left of it by one slip in either word.
    op.execute(
        r"""
        create or replace function customers.person_keys(name text) returns text[]
        language plpgsql immutable strict parallel safe cost 1000 as $$
        declare
            words text[] := customers.name_words(name);
            names text[] := array(
                select word from unnest(words) with ordinality as told(word, place)
                where word !~ '.{2}(viC|vna|iCna)$' order by place
            );
            keys text[];
        begin
            if cardinality(names) = 0 then
                names := words;
            end if;
            if cardinality(names) = 0 then
                return null;
            end if;
            keys := array[array_to_string(names, '')];
            if cardinality(names) = 2 then
                keys := keys || (names[1] || '_' || left(names[2], 4))
                    || (left(names[1], 4) || '_' || names[2]);
            end if;
            for i in 1..least(cardinality(names), 4) loop
                exit when cardinality(names) < 3;
                for j in i + 1..least(cardinality(names), 4) loop
                    keys := keys || (names[i] || names[j]);
                end loop;
            end loop;
            return keys;
        end $$
        """
    )
    # The whole name first. Then what is left of a short one by one slip, of a long one by pairs.
    op.execute(
        r"""
        create or replace function customers.company_keys(name text) returns text[]
        language plpgsql immutable strict parallel safe cost 1000 as $$
        declare
            words text[] := customers.name_words(name);
            whole text := left(array_to_string(words, ''), 12);
            keys text[] := array[whole];
        begin
            if whole = '' then
                return null;
            end if;
            if length(whole) > 3 then
                for i in 1..length(whole) loop
                    keys := keys || overlay(whole placing '' from i for 1);
                end loop;
            end if;
            for i in 1..least(cardinality(words), 5) loop
                exit when cardinality(words) < 3;
                for j in i + 1..least(cardinality(words), 5) loop
                    keys := keys || left(words[i] || words[j], 12);
                end loop;
            end loop;
            return keys;
        end $$
        """
    )


def downgrade() -> None:
    raise NotImplementedError("A release goes forward; the release before runs on this schema.")
