----------------------------------------------------------------------------------------------------
-- Search, narrowed before it is cut: of a word that is in thousands of claims the newest count, and
-- they have to be the newest of those that the list is about and that the person sees.
----------------------------------------------------------------------------------------------------

drop function public.search_claims(text, integer);
drop function private.search_claims(text, integer);

-- Planned for each word and each narrowing: a rare word is looked up, a common one is read off the
-- newest claims, and few claims are read instead of many.
create function private.search_claims(term text, max_rows integer, narrowed jsonb)
returns setof uuid
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  acting_role text := private.my_role();
  conditions text := '';
  fact record;
begin
  if char_length(trim(term)) not between 2 and 100 or coalesce(acting_role = 'member', true) then
    return;
  end if;
  for fact in
    select wanted.key, wanted.value, column_types.name as type
    from jsonb_each_text(narrowed) as wanted
    left join (
      values
        ('status', 'text'), ('category', 'text'), ('branch_id', 'uuid'), ('member_id', 'uuid'),
        ('assigned_to', 'uuid'), ('is_open', 'boolean')
    ) as column_types (key, name) on column_types.key = wanted.key
  loop
    if fact.type is null then
      raise exception 'claims are not searched by %', fact.key
        using errcode = 'invalid_parameter_value';
    end if;
    conditions := conditions || case
      when fact.value is null then format(' and claim.%I is null', fact.key)
      else format(' and claim.%I = %L::%s', fact.key, fact.value, fact.type)
    end;
  end loop;
  -- The policies of `claims` say so again: here it is what the cut is made after.
  if acting_role = 'agent' then
    conditions := conditions || ' and claim.member_id = any (array(select private.my_members()))';
  elsif acting_role = 'branch_manager' then
    conditions := conditions || format(' and claim.branch_id = %L::uuid', private.my_branch());
  end if;
  return query execute
    'select found.claim_id
    from unnest($1) as tenant
    cross join lateral (
      select words.claim_id, words.submitted_at
      from private.claim_search as words'
    || case
      when conditions <> ''
      then ' join public.claims as claim
        on claim.id = words.claim_id and claim.tenant_id = words.tenant_id'
      else ''
    end
    || ' where words.tenant_id = tenant and words.words like $2' || conditions
    || ' order by words.submitted_at desc
      limit $3
    ) as found
    order by found.submitted_at desc, found.claim_id
    limit $3'
  using
    array(select private.my_tenant_ids()),
    '%' || regexp_replace(private.fold(trim(term)), '([\\%_])', '\\\1', 'g') || '%',
    greatest(least(max_rows, 1000), 0);
end
$$;
comment on function private.search_claims(text, integer, jsonb) is
  'Ids of the claims that a person sees, that a word is found in and that are as they are wanted, newest first.';

-- What a caller may not see is taken out here, by the policies of `claims`.
create function public.search_claims(
  term text,
  max_rows integer default 500,
  narrowed jsonb default '{}'
)
returns setof uuid
language sql
stable
set search_path = ''
as $$
  select id from public.claims
  where id = any (array(select private.search_claims(term, max_rows, narrowed)))
$$;
comment on function public.search_claims(text, integer, jsonb) is
  'Ids of claims that were sent and whose number, title, company, member''s name or number, or description has this word (2 to 100 letters), the newest at most 1000. Narrow by status, category, branch_id, member_id, assigned_to or is_open, null for none: {"status": "court", "assigned_to": null}. For agents, staff and administrators, each within what they see.';

revoke all on function
  private.search_claims(text, integer, jsonb), public.search_claims(text, integer, jsonb)
from public;
grant execute on function
  private.search_claims(text, integer, jsonb), public.search_claims(text, integer, jsonb)
to authenticated;
