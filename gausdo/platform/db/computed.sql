-- Fields that are worked out of others by formulas: each is a tree in `custom_field.computed`, as
-- `kernel/formulas.py` makes it, which `custom_value` works out of the values of a record that were
-- added (`custom`) and of its row (`own`). `{schema}` is the module's name.
--
-- Nothing here fails, whatever stands in a record: it runs with every writing of one.

create function {schema}.custom_value(node jsonb, custom jsonb, own jsonb) returns jsonb
language plpgsql stable parallel safe as $$
declare
    op constant text := node->>'op';
    kind constant text := node->>'as';
    parts constant jsonb := node->'of';
    a jsonb;
    b jsonb;
    one jsonb;
    x numeric;
    y numeric;
    day date;
    told text := '';
begin
    if parts is null then
        if op = 'is' then
            return case kind when 'number' then to_jsonb((node->>'value')::numeric)
                else node->'value' end;
        elsif op = 'custom' then
            a := custom->(node->>'key');
            return case kind when 'number' then to_jsonb((a#>>'{{}}')::numeric) else a end;
        elsif op = 'own' then
            return nullif(own->(node->>'column'), 'null');
        elsif op = 'sum' and own->>'amount' is not null then
            return jsonb_build_object('amount', own->'amount', 'currency', own->'currency');
        end if;
        return null;
    end if;

    -- a part of what follows is not worked out, or may be empty
    if op = 'if' then
        if {schema}.custom_value(parts->0, custom, own) = 'true' then
            return {schema}.custom_value(parts->1, custom, own);
        end if;
        return {schema}.custom_value(parts->2, custom, own);
    elsif op in ('first', 'min', 'max', 'concat') then
        for one in select jsonb_array_elements(parts) loop
            b := {schema}.custom_value(one, custom, own);
            if op = 'concat' then
                told := left(told || coalesce(b#>>'{{}}', ''), 20000);
            elsif b is null then
                continue;
            elsif op = 'first' then
                return b;
            elsif a is null then
                a := b;
            elsif kind = 'number' then
                x := a::numeric;
                y := b::numeric;
                a := to_jsonb(case op when 'min' then least(x, y) else greatest(x, y) end);
            elsif kind = 'money' then
                if a->>'currency' <> b->>'currency' then
                    return null;
                end if;
                if ((b->>'amount')::numeric < (a->>'amount')::numeric) = (op = 'min') then
                    a := b;
                end if;
            elsif ((b#>>'{{}}')::date < (a#>>'{{}}')::date) = (op = 'min') then
                a := b;
            end if;
        end loop;
        return case op when 'concat' then to_jsonb(told) else a end;
    end if;

    a := {schema}.custom_value(parts->0, custom, own);
    if op = 'and' and a is distinct from 'true' then
        return to_jsonb(false);
    elsif op = 'or' and a = 'true' then
        return to_jsonb(true);
    elsif op = 'not' then
        return to_jsonb(a is distinct from 'true');
    elsif op = 'empty' then
        return to_jsonb(coalesce(a in ('""', '[]'), true));
    end if;
    if jsonb_array_length(parts) > 1 then
        b := {schema}.custom_value(parts->1, custom, own);
        if op in ('and', 'or') then
            return to_jsonb(b is not distinct from 'true');
        elsif op = 'has' then
            return to_jsonb(coalesce(a @> b, false));
        elsif op in ('eq', 'ne', 'lt', 'le', 'gt', 'ge') then
            if a is null or b is null or a->>'currency' <> b->>'currency' then
                return to_jsonb(op = 'ne');
            end if;
            x := case kind
                when 'number' then sign(a::numeric - b::numeric)
                when 'money' then sign((a->>'amount')::numeric - (b->>'amount')::numeric)
                when 'time' then sign(extract(epoch from
                    (a#>>'{{}}')::timestamptz - (b#>>'{{}}')::timestamptz))
                else case when a#>>'{{}}' = b#>>'{{}}' then 0
                    when (a#>>'{{}}') collate "C" < (b#>>'{{}}') collate "C" then -1 else 1 end
                end;
            return to_jsonb(case op when 'eq' then x = 0 when 'ne' then x <> 0
                when 'lt' then x < 0 when 'le' then x <= 0
                when 'gt' then x > 0 else x >= 0 end);
        end if;
        if b is null then
            return null;
        end if;
    end if;
    if a is null then
        return null;
    end if;

    case op
    when 'add', 'take' then
        if kind = 'number' then
            return to_jsonb(a::numeric + case op when 'add' then b::numeric else -b::numeric end);
        elsif a->>'currency' <> b->>'currency' then
            return null;
        end if;
        x := (a->>'amount')::numeric;
        y := (b->>'amount')::numeric;
        return jsonb_set(a, '{{amount}}', to_jsonb(x + case op when 'add' then y else -y end));
    when 'times' then
        return to_jsonb(a::numeric * b::numeric);
    when 'by' then
        return to_jsonb(a::numeric / nullif(b::numeric, 0));
    when 'times_money' then
        return jsonb_set(a, '{{amount}}', to_jsonb((a->>'amount')::numeric * b::numeric));
    when 'money_by' then
        y := nullif(b::numeric, 0);
        return case when y is not null then
            jsonb_set(a, '{{amount}}', to_jsonb((a->>'amount')::numeric / y)) end;
    when 'ratio' then
        return case when a->>'currency' = b->>'currency' then
            to_jsonb((a->>'amount')::numeric / nullif((b->>'amount')::numeric, 0)) end;
    when 'round', 'floor', 'ceil', 'abs' then
        x := case kind when 'money' then (a->>'amount')::numeric else a::numeric end;
        x := case op when 'round' then round(x, greatest(0, least(6, b::numeric))::int)
            when 'floor' then floor(x) when 'ceil' then ceil(x) else abs(x) end;
        return case kind when 'money' then jsonb_set(a, '{{amount}}', to_jsonb(x))
            else to_jsonb(x) end;
    when 'later', 'earlier', 'months' then
        x := trunc(b::numeric) * case op when 'earlier' then -1 else 1 end;
        if abs(x) > (case op when 'months' then 3600 else 110000 end) then
            return null;
        end if;
        day := (a#>>'{{}}')::date;
        day := case op when 'months' then day + make_interval(months => x::int)
            else day + x::int end;
        return case when day between '1901-01-01' and '2199-12-31' then to_jsonb(day) end;
    when 'days' then
        return to_jsonb((b#>>'{{}}')::date - (a#>>'{{}}')::date);
    when 'year', 'month', 'day' then
        return to_jsonb(date_part(op, (a#>>'{{}}')::date)::int);
    when 'day_of' then
        return to_jsonb(((a#>>'{{}}')::timestamptz at time zone (node->>'zone'))::date);
    when 'label' then
        return coalesce(node->'names'->(a#>>'{{}}'), a);
    when 'words' then
        return to_jsonb(case kind
            when 'number' then trim_scale(a::numeric)::text
            when 'money' then round((a->>'amount')::numeric, 2) || ' ' || (a->>'currency')
            else a#>>'{{}}' end);
    when 'upper' then
        return to_jsonb(upper(a#>>'{{}}'));
    when 'lower' then
        return to_jsonb(lower(a#>>'{{}}'));
    when 'trim' then
        return to_jsonb(btrim(a#>>'{{}}'));
    when 'length' then
        return to_jsonb(length(a#>>'{{}}'));
    when 'contains' then
        return to_jsonb(strpos(lower(a#>>'{{}}'), lower(b#>>'{{}}')) > 0);
    when 'amount' then
        return to_jsonb((a->>'amount')::numeric);
    when 'currency' then
        return a->'currency';
    when 'money' then
        return case when b#>>'{{}}' ~ '^[A-Z]{{3}}$' then
            jsonb_build_object('amount', a, 'currency', b) end;
    else
        return null;
    end case;
end
$$;

create function {schema}.custom_stored(told jsonb, kind text) returns jsonb
language plpgsql stable parallel safe as $$
declare
    x numeric;
begin
    if told is null then
        return null;
    elsif kind = 'number' then
        x := round(told::numeric, 6);
        return case when abs(x) < 1e16 then to_jsonb(trim_scale(x)::text) end;
    elsif kind = 'money' then
        x := round((told->>'amount')::numeric, 2);
        return case when abs(x) < 1e16 then
            jsonb_build_object('amount', x::text, 'currency', told->'currency') end;
    end if;
    return nullif(told, '""');
end
$$;

create function {schema}.custom_computed(kind text, custom jsonb, own jsonb) returns jsonb
language plpgsql stable as $$
declare
    field record;
    told jsonb;
begin
    for field in
        select key, type, computed->'tree' as tree, pipeline_ids
        from {schema}.custom_field
        where "of" = kind and computed is not null
        order by (computed->>'rank')::int
    loop
        told := null;
        if field.pipeline_ids = '[]' or field.pipeline_ids ? (own->>'pipeline_id') then
            told := {schema}.custom_stored(
                {schema}.custom_value(field.tree, custom, own), field.type);
        end if;
        custom := custom - field.key;
        if told is not null then
            custom := custom || jsonb_build_object(field.key, told);
        end if;
    end loop;
    return custom;
end
$$;

create function {schema}.compute_custom() returns trigger language plpgsql as $$
begin
    if exists (
        select from {schema}.custom_field where "of" = tg_table_name and computed is not null
    ) then
        new.custom := {schema}.custom_computed(tg_table_name, new.custom, to_jsonb(new));
    end if;
    return new;
end
$$;

create function {schema}.custom_hidden(kind text, hidden text[]) returns text[]
language sql stable parallel safe return hidden || array(
    select 'custom.' || key from {schema}.custom_field
    where "of" = kind and computed is not null and uses ?| hidden
);

create function {schema}.custom_shown(kind text, custom jsonb, hidden text[]) returns jsonb
language sql stable parallel safe return custom - array(
    select substr(name, 8) from unnest({schema}.custom_hidden(kind, hidden)) as name
    where starts_with(name, 'custom.')
);
