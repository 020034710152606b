-- Rules that every table, policy and function keeps, those of later migrations included. Each check
-- lists the offenders, so its failure says what to mend.
begin;
set local search_path = public, extensions;

select plan(27);

create temporary view our_tables as
select c.oid, n.nspname as schema, c.relname as name, c.relrowsecurity, c.relforcerowsecurity
from pg_class as c
join pg_namespace as n on n.oid = c.relnamespace
where n.nspname in ('public', 'private') and c.relkind in ('r', 'p');

create temporary view tenant_tables as
select our_tables.oid, name
from our_tables
join pg_attribute as a on a.attrelid = our_tables.oid and a.attname = 'tenant_id'
where not a.attisdropped;

create temporary view our_functions as
select p.oid, p.oid::regprocedure::text as name, n.nspname as schema, p.prosecdef, p.proconfig, p.proacl
from pg_proc as p
join pg_namespace as n on n.oid = p.pronamespace
where n.nspname in ('public', 'private')
  and not exists (select from pg_depend where objid = p.oid and deptype = 'e');

create temporary view our_policies as
select
  p.oid, p.polname as name, c.relname as table_name, p.polroles, p.polpermissive, p.polcmd,
  concat_ws(
    ' ', pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)
  ) as expression
from pg_policy as p
join pg_class as c on c.oid = p.polrelid
where c.oid in (select oid from our_tables) or c.oid = 'storage.objects'::regclass;

select cmp_ok(
  (select count(*) from our_tables)::integer, '>', 5, 'there are tables to look at'
);

-- Row level security ------------------------------------------------------------------------------

select is_empty(
  $$ select schema, name from our_tables where not (relrowsecurity and relforcerowsecurity) $$,
  'every table has row level security enabled and forced'
);
select is_empty(
  $$
    select name from our_tables
    where schema = 'public' and oid not in (select polrelid from pg_policy)
  $$,
  'every public table has a policy'
);
select ok(
  (select relrowsecurity from pg_class where oid = 'storage.objects'::regclass),
  'so do the files in Storage'
);
select is_empty(
  $$
    select table_name, name from our_policies
    where table_name in (select name from our_tables where schema = 'private')
      and (polpermissive or polcmd <> '*')
  $$,
  'no policy opens a private table'
);
select is_empty(
  $$ select table_name, name from our_policies where 0 = any (polroles) $$,
  'every policy says to whom it applies'
);
select is_empty(
  $$
    select name from tenant_tables
    where not exists (
      select from our_policies
      where table_name = tenant_tables.name and not polpermissive and polcmd = '*'
        and 'authenticated'::regrole = any (polroles)
        and expression like '%tenant_id = ANY (ARRAY( SELECT private.my_tenant_ids()%'
    )
  $$,
  'a restrictive policy pins every tenant-owned table to the tenants of the person asking'
);
select is_empty(
  $$
    select table_name, name from our_policies
    where regexp_replace(expression, 'SELECT (auth\.uid|private\.my_\w+|private\.sign_in_counts)\(\)', '', 'g')
      ~ '(auth\.|private\.)\w+\('
  $$,
  'policies call functions once per statement, not once per row'
);
select is_empty(
  $$
    select table_name, name from our_policies
    where expression ~ 'metadata|jwt|current_setting'
      -- By a header it refuses to replace a file, and allows nothing.
      and name <> 'Uploaders put the file that they announced'
  $$,
  'no policy trusts what a token or its owner says'
);
select is_empty(
  $$
    select distinct c.relname, a.attname
    from pg_depend as d
    join our_policies on our_policies.oid = d.objid
    join pg_class as c on c.oid = d.refobjid
    join pg_attribute as a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
    where d.classid = 'pg_policy'::regclass and d.refclassid = 'pg_class'::regclass
      and d.refobjsubid > 0 and a.atttypid <> 'boolean'::regtype
      -- What a sub-select takes from another table is read, not searched for.
      and c.relname = our_policies.table_name and c.oid in (select oid from our_tables)
      and not exists (
        select from pg_index as i where i.indrelid = d.refobjid and i.indkey[0] = d.refobjsubid
      )
  $$,
  'every column that a policy asks for leads an index'
);

-- Tenants -----------------------------------------------------------------------------------------

select is_empty(
  $$
    select name from tenant_tables
    where not exists (
      select from pg_trigger as t
      where t.tgrelid = tenant_tables.oid and t.tgenabled <> 'D' and t.tgtype & 19 = 19
        and t.tgfoid in (
          'private.keep_tenant()'::regprocedure, 'private.refuse_audit_change()'::regprocedure,
          'private.refuse_change()'::regprocedure
        )
    )
  $$,
  'a trigger keeps the tenant of every tenant-owned row'
);
select is_empty(
  $$
    select k.conrelid::regclass, k.conname
    from pg_constraint as k
    where k.contype = 'f'
      and k.conrelid in (select oid from tenant_tables)
      and k.confrelid in (select oid from tenant_tables)
      and not exists (
        select
        from unnest(k.conkey, k.confkey) as pair (own, theirs)
        join pg_attribute as o on o.attrelid = k.conrelid and o.attnum = pair.own
        join pg_attribute as t on t.attrelid = k.confrelid and t.attnum = pair.theirs
        where o.attname = 'tenant_id' and t.attname = 'tenant_id'
      )
  $$,
  'foreign keys between tenant-owned tables carry the tenant'
);

-- Tables ------------------------------------------------------------------------------------------

select is_empty(
  $$
    select k.conrelid::regclass, k.conname
    from pg_constraint as k
    where k.contype = 'f' and k.conrelid in (select oid from our_tables)
      and not exists (
        select from pg_index as i
        where i.indrelid = k.conrelid and i.indpred is null
          and (i.indkey::smallint[])[0:cardinality(k.conkey) - 1] = k.conkey
      )
  $$,
  'every foreign key has an index'
);
select is_empty(
  $$
    select schema, name from our_tables
    where not exists (select from pg_index where indrelid = our_tables.oid and indisprimary)
  $$,
  'every table has a primary key'
);
select is_empty(
  $$
    select our_tables.name, a.attname
    from our_tables
    join pg_attribute as a on a.attrelid = our_tables.oid and a.attnum > 0 and not a.attisdropped
    where a.atttypid in ('timestamp'::regtype, 'money'::regtype, 'float4'::regtype, 'float8'::regtype)
      or (a.attname like '%\_cents' and a.atttypid not in ('integer'::regtype, 'bigint'::regtype))
  $$,
  'times know their zone, and money is counted in whole cents'
);
select is_empty(
  $$
    select our_tables.name
    from our_tables
    join pg_attribute as a on a.attrelid = our_tables.oid and a.attname = 'updated_at'
    where not exists (
      select from pg_trigger
      where tgrelid = our_tables.oid and tgfoid = 'private.touch_updated_at()'::regprocedure
    )
  $$,
  'updated_at is kept by a trigger'
);

-- Functions ---------------------------------------------------------------------------------------

select is_empty(
  $$
    select name from our_functions
    where 'search_path=""' <> all (coalesce(proconfig, '{}')) or proconfig is null
  $$,
  'every function has an empty search_path'
);
select is_empty(
  $$ select name from our_functions where prosecdef and schema <> 'private' $$,
  'functions with their owner''s rights are out of the Data API''s reach'
);
select is_empty(
  $$
    select name
    from our_functions
    left join lateral aclexplode(proacl) as acl on true
    where proacl is null or acl.grantee = 0
  $$,
  'no function may be run by just everyone'
);
select is_empty(
  $$
    select viewname from pg_views as v
    join pg_class as c on c.relname = v.viewname and c.relnamespace = 'public'::regnamespace
    where v.schemaname = 'public'
      and 'security_invoker=true' <> all (coalesce(c.reloptions, '{}'))
  $$,
  'public views show what the person asking may see'
);

-- Functions with their owner's rights look past every policy, so each asks who is calling; those that
-- do not are listed with what they ask for instead.
create temporary view asked_by_people as
select p.oid, p.proname as name, p.prosrc as body
from our_functions
join pg_proc as p on p.oid = our_functions.oid
where p.prosecdef
  and (
    has_function_privilege('anon', p.oid, 'execute')
    or has_function_privilege('authenticated', p.oid, 'execute')
  );

select is_empty(
  $$
    select name
    from asked_by_people
    where body !~ '(auth\.uid|private\.(my_id|my_role|my_tenant|my_tenant_ids|my_branch|my_members|my_grantable_roles|find_person|find_invitation|begin_inviting|must_administer|must_be_super|figure_tenants|find_lead|find_note|begin_note|decide_against))\('
      and name not in (
        select listed.name
        from (values
          ('active_flags', 'nothing: everyone obeys the switches'),
          ('add_request_minutes', 'nothing: it counts requests and tells none'),
          ('answer_nps', 'the key of the mail'),
          ('count_referral_click', 'nothing: it counts a visit and tells none'),
          ('note_refused_sign_in', 'nothing: it counts a try and tells none'),
          ('nps_token_state', 'the key of the mail'),
          ('open_share_pack', 'the key of the link, and its PIN'),
          ('resubscribe', 'the key of the mail'),
          ('take_rate_limit', 'nothing: it counts a try and tells none'),
          ('track_claim', 'the key of the link'),
          ('unsubscribe', 'the key of the mail'),
          ('unsubscribe_state', 'the key of the mail'),
          ('verify_card', 'the key of the card'),
          ('welcome_state', 'the key of the mail')
        ) as listed (name, asks_for)
      )
  $$,
  'what people may run with the owner''s rights asks who they are, or for a key'
);
select is_empty(
  $$
    select name from our_functions
    where prosecdef and not ('search_path=""' = any (coalesce(proconfig, '{}')))
  $$,
  'and finds nothing that the caller put in its way'
);
select is_empty(
  $$
    select t.tgrelid::regclass, t.tgname, p.proname
    from pg_trigger as t
    join pg_proc as p on p.oid = t.tgfoid
    where not t.tgisinternal and t.tgrelid in (select oid from our_tables)
      and p.pronamespace <> 'private'::regnamespace
  $$,
  'triggers run functions that nobody can call'
);
select is_empty(
  $$
    select p.oid::regprocedure
    from pg_proc as p
    cross join lateral aclexplode(p.proacl) as acl
    where p.pronamespace in ('public'::regnamespace, 'private'::regnamespace)
      and p.prorettype = 'trigger'::regtype and acl.grantee <> p.proowner
      and acl.grantee <> 'service_role'::regrole
  $$,
  'not even by name'
);

-- Words for staff ---------------------------------------------------------------------------------

select is_empty(
  $$
    select our_tables.name, a.attname
    from our_tables
    join pg_attribute as a on a.attrelid = our_tables.oid and a.attnum > 0 and not a.attisdropped
    where col_description(our_tables.oid, a.attnum) is null
    union all
    select name, null from our_tables where obj_description(oid, 'pg_class') is null
  $$,
  'every table and column says what it means'
);
select is_empty(
  $$ select name from our_functions where obj_description(oid, 'pg_proc') is null $$,
  'every function says what it does'
);

-- What the Data API answers ---------------------------------------------------------------------------

select is_empty(
  $$
    select p.oid::regprocedure
    from our_functions
    join pg_proc as p on p.oid = our_functions.oid
    where p.prosrc ~* 'no_data_found|P0002'
  $$,
  'what is not there is told as PT404, which is a 404; no_data_found would be a 500'
);

select * from finish();
rollback;
