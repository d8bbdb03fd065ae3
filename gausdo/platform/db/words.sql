-- The words that stand in `search` of a module's tables, each once, whoever they are shown to: what
-- is one slip of the keyboard away from a word is looked for among them first. `{schema}` is the
-- module's name, `{had}` whether a row has the word `quoted`.
--
-- A word that one forgets while another is about to use it is missing until the next night: see
-- `platform/words.py`.

create function {schema}.words_of(search tsvector) returns setof text
language sql immutable parallel safe as $$
    select word from unnest(tsvector_to_array(search)) word
    where length(word) between 3 and 21 and word ~ '^[a-zа-я]+$'
$$;

create function {schema}.learn_words() returns trigger language plpgsql as $$
begin
    insert into {schema}.word
    select distinct told from came, {schema}.words_of(search) told
    where not exists (select from {schema}.word where word = told)
    order by told
    on conflict do nothing;
    return null;
end
$$;

create function {schema}.forget_unused(words text[]) returns void language plpgsql as $$
declare
    one text;
    quoted text;
begin
    foreach one in array words loop
        quoted := quote_literal(one);
        if not ({had}) then
            delete from {schema}.word where word = one;
        end if;
    end loop;
end
$$;

create function {schema}.forget_words() returns trigger language plpgsql as $$
begin
    perform {schema}.forget_unused(array(
        select distinct told from went, {schema}.words_of(search) told order by told
    ));
    return null;
end
$$;

create function {schema}.change_words() returns trigger language plpgsql as $$
begin
    insert into {schema}.word
    select told from {schema}.words_of(new.search) told
    where not exists (select from {schema}.word where word = told)
    order by told
    on conflict do nothing;
    perform {schema}.forget_unused(array(
        select told from {schema}.words_of(old.search) told
        except select told from {schema}.words_of(new.search) told
        order by 1
    ));
    return null;
end
$$;
