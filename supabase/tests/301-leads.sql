-- Leads: whose they are, which way they go, and that nobody else touches them.
begin;
set local search_path = public, extensions;

select plan(44);

select tests.populate();
select tests.sign_up('ks_second_agent', 'ks', 'agent', 'KS-B');
select tests.sign_up('ks_second_manager', 'ks', 'branch_manager', 'KS-B');
select tests.sign_up('mk_agent', 'mk', 'agent', 'MK-A');

create temporary table made (name text primary key, id uuid not null);
create temporary table plans as select tenant_id, tier, id from public.membership_plans;
grant select, insert on made to public;
grant select on plans to public;

create function pg_temp.plan(tier text, tenant text default 'ks')
returns uuid
language sql
as $$
  select id from plans where plans.tier = $1 and tenant_id = tenant
$$;
create function pg_temp.lead(name text, email text default null)
returns uuid
language sql
as $$
  insert into made
  select lead.name, private.create_lead(
    'Arta', 'Berisha', coalesce(lead.email, lead.name || '@lead.test'), '+383 44 111 222', 'sq',
    pg_temp.plan('standard'), 'Met at the fair'
  )
  returning id
$$;
create function pg_temp.id_of(name text)
returns uuid
language sql
as $$
  select id from made where made.name = $1
$$;
create function pg_temp.status_of(name text)
returns text
language sql
security definer
as $$
  select status from public.member_leads where id = (select id from made where made.name = $1)
$$;

grant execute on all functions in schema pg_temp to public;

-- Writing down --------------------------------------------------------------------------------------

select tests.act_as('ks_agent');
select lives_ok($$ select pg_temp.lead('one', ' One@Lead.TEST ') $$, 'an agent writes a lead down');
select results_eq(
  $$
    select email, status, agent_id, branch_id, created_by, note,
      expires_at between now() + interval '29 days' and now() + interval '31 days'
    from public.member_leads where id = pg_temp.id_of('one')
  $$,
  $$ values ('one@lead.test', 'new', tests.id_of('ks_agent'), tests.branch('KS-A'),
      tests.id_of('ks_agent'), 'Met at the fair', true) $$,
  'it is theirs and of their branch, for thirty days'
);
select throws_like(
  $$ select pg_temp.lead('again', 'one@lead.test') $$, 'an open lead has this address',
  'of an address there is one open lead'
);
select tests.act_as('ks_second_agent');
select throws_like(
  $$ select pg_temp.lead('again', 'ONE@lead.test') $$, 'an open lead has this address',
  'another agent has none of it either'
);
select throws_ok(
  format(
    $$ select private.create_lead('A', 'B', 'x@lead.test', null, 'sq', %L, null) $$,
    pg_temp.plan('standard', 'mk')
  ),
  '23503', null, 'the plan is one of the country'
);
select throws_ok(
  $$ select private.create_lead(' ', 'B', 'x@lead.test', null, 'sq', null, null) $$,
  '23514', null, 'a lead has a name'
);
select throws_ok(
  $$ select private.create_lead('A', 'B', 'no address', null, 'sq', null, null) $$,
  '23514', null, 'and an address'
);
select private.create_lead(
  e'  Mi\u202elot\u0007 ', 'B', 'hidden@lead.test', null, 'sq', null, e'a\nb\u202e'
);
select is(
  (select first_name || '/' || note from public.member_leads where email = 'hidden@lead.test'),
  e'Milot/a\nb', 'what cannot be seen is left out of names and notes'
);
select tests.act_as('mk_agent');
select lives_ok(
  $$ select private.create_lead('A', 'B', 'one@lead.test', null, 'mk', null, null) $$,
  'another country may talk to the same address'
);

select tests.act_as('ks_member');
select throws_ok($$ select pg_temp.lead('member') $$, '42501', null, 'members write none down');
select tests.act_as('ks_staff');
select throws_ok($$ select pg_temp.lead('staff') $$, '42501', null, 'nor do staff');
select tests.act_as('ks_admin');
select throws_ok($$ select pg_temp.lead('admin') $$, '42501', null, 'nor administrators');
select tests.act_as_role('anon');
select throws_ok(
  $$ select private.create_lead('A', 'B', 'x@lead.test', null, 'sq', null, null) $$,
  '42501', null, 'visitors may not even ask'
);

-- Seeing --------------------------------------------------------------------------------------------

select tests.act_as_owner();
create function pg_temp.seen()
returns bigint
language sql
as $$
  select count(*) from public.member_leads where email = 'one@lead.test'
$$;
grant execute on function pg_temp.seen() to public;

select tests.act_as('ks_agent');
select is(pg_temp.seen(), 1::bigint, 'its agent sees it');
select tests.act_as('ks_second_agent');
select is(pg_temp.seen(), 0::bigint, 'another agent does not');
select tests.act_as('ks_manager');
select is(pg_temp.seen(), 1::bigint, 'the manager of the branch does');
select tests.act_as('ks_second_manager');
select is(pg_temp.seen(), 0::bigint, 'that of another branch does not');
select tests.act_as('ks_staff');
select is(pg_temp.seen(), 0::bigint, 'staff do not');
select tests.act_as('ks_member');
select is(pg_temp.seen(), 0::bigint, 'members do not');
select tests.act_as('ks_admin');
select is(pg_temp.seen(), 1::bigint, 'the administrator sees that of the own country');
select tests.act_as('super');
select is(pg_temp.seen(), 2::bigint, 'a super admin both');

-- Changing ------------------------------------------------------------------------------------------

select tests.act_as('ks_agent');
select throws_ok(
  $$ update public.member_leads set status = 'converted' where true $$, '42501', null,
  'nobody writes to the table'
);
select throws_ok(
  $$ insert into public.member_leads (tenant_id) values ('ks') $$, '42501', null, 'nor adds to it'
);
select tests.act_as('ks_second_agent');
select throws_ok(
  $$ select private.move_lead(pg_temp.id_of('one'), 'contacted', null) $$, 'PT404', null,
  'a lead of another agent is not there'
);
select throws_ok(
  $$ select private.edit_lead(pg_temp.id_of('one'), 'X', 'Y', 'x@y.test', null, 'sq', null, null) $$,
  'PT404', null, 'for changes neither'
);
select tests.act_as('ks_manager');
select throws_ok(
  $$ select private.move_lead(pg_temp.id_of('one'), 'lost', 'no') $$, 'PT404', null,
  'managers read'
);
select tests.act_as('mk_admin');
select throws_ok(
  $$ select private.move_lead(pg_temp.id_of('one'), 'lost', 'no') $$, 'PT404', null,
  'administrators of another country see none of it'
);
select tests.act_as('ks_agent');
select throws_ok(
  $$ select private.move_lead(pg_temp.id_of('one'), 'converted', null) $$, '23001', null,
  'nobody says by hand that somebody is a member'
);
select throws_ok(
  $$ select private.move_lead(pg_temp.id_of('one'), 'payment_pending', null) $$, '23001', null,
  'nor that a payment waits'
);
select throws_like(
  $$ select private.move_lead(pg_temp.id_of('one'), 'lost', ' ') $$, '%needs a reason',
  'losing one needs a reason'
);
select private.move_lead(pg_temp.id_of('one'), 'contacted', null);
select private.move_lead(pg_temp.id_of('one'), 'contacted', null);
select private.move_lead(pg_temp.id_of('one'), 'lost', 'Bought elsewhere');
select is(pg_temp.status_of('one'), 'lost', 'it goes on its way');
select throws_ok(
  $$ select private.move_lead(pg_temp.id_of('one'), 'disqualified', 'x') $$, '23001', null,
  'and no other'
);
select private.move_lead(pg_temp.id_of('one'), 'contacted', null);
select is(pg_temp.status_of('one'), 'contacted', 'a lost one is taken up again');
select tests.act_as_owner();
select throws_ok(
  $$ update public.member_leads set status = 'new' where id = pg_temp.id_of('one') $$,
  '23001', null, 'the way holds for the owner too'
);
select throws_ok(
  $$ update public.member_leads set tenant_id = 'mk' where id = pg_temp.id_of('one') $$,
  '23001', null, 'and so does the country'
);
select results_eq(
  $$
    select action, count(*), bool_or(metadata::text ~ 'lead.test|Arta|elsewhere')
    from public.audit_log where entity_id = pg_temp.id_of('one')::text
    group by action order by action
  $$,
  $$ values ('lead.created', 1::bigint, false), ('lead.status_changed', 3, false) $$,
  'each step is on the log once, without a name or a word'
);

-- Giving to another agent -----------------------------------------------------------------------------

select tests.act_as('ks_agent');
select throws_ok(
  $$ select private.reassign_lead(pg_temp.id_of('one'), tests.id_of('ks_second_agent')) $$,
  '42501', null, 'agents give none away'
);
select tests.act_as('ks_admin');
select throws_like(
  $$ select private.reassign_lead(pg_temp.id_of('one'), tests.id_of('mk_agent')) $$,
  'not an active agent%', 'not to another country'
);
select private.reassign_lead(pg_temp.id_of('one'), tests.id_of('ks_second_agent'));
select is(
  (select branch_id from public.member_leads where id = pg_temp.id_of('one')),
  tests.branch('KS-B'), 'an administrator gives it to another agent and their branch'
);

-- Expiring ------------------------------------------------------------------------------------------

select tests.act_as_owner();
update public.member_leads set expires_at = now() - interval '1 minute'
where id = pg_temp.id_of('one');
select tests.act_as('ks_second_agent');
select lives_ok(
  $$ select pg_temp.lead('fresh', 'one@lead.test') $$, 'one that is over makes room'
);
select is(pg_temp.status_of('one'), 'expired', 'and is marked so');
select throws_like(
  $$ select private.move_lead(pg_temp.id_of('one'), 'contacted', null) $$,
  'an open lead has this address', 'it is not taken up beside the new one'
);
select tests.act_as_owner();
update public.member_leads set expires_at = now() - interval '1 minute'
where id = pg_temp.id_of('fresh');
select is((select leads from private.sweep_sales()), 1::bigint, 'the job marks what is over');
update public.member_leads set last_act_at = now() - interval '181 days'
where id = pg_temp.id_of('fresh');
select private.sweep_sales();
select results_eq(
  $$ select first_name, email, phone, note from public.member_leads where id = pg_temp.id_of('fresh') $$,
  $$ values ('', 'erased@invalid', null::text, null::text) $$,
  'half a year later it does not know who that was'
);

select * from finish();
rollback;
