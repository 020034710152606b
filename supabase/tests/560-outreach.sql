-- Which memberships the jobs look at, what they may change in them, and the mails that follow from a
-- change by itself.
begin;
set local search_path = public, extensions;

select plan(60);

select tests.populate();

create function pg_temp.pointers(handle text)
returns table (lifecycle timestamptz, dunning timestamptz)
language sql
security definer
as $$
  select lifecycle_due_at, dunning_due_at from public.subscriptions where user_id = tests.id_of(handle)
$$;
create function pg_temp.mails(handle text)
returns setof text
language sql
security definer
as $$
  select template_key from public.engagement_email_sends
  where user_id = tests.id_of(handle)
  order by created_at, template_key
$$;
create function pg_temp.subscription(handle text)
returns uuid
language sql
security definer
as $$
  select id from public.subscriptions where user_id = tests.id_of(handle)
$$;
grant execute on function
  pg_temp.pointers(text), pg_temp.mails(text), pg_temp.subscription(text)
to public;

-- When to look ----------------------------------------------------------------------------------------

select tests.subscribe('ks_member', 'active', '{"started_at": "2026-01-01T00:00:00Z"}');
select results_eq(
  $$ select * from pg_temp.pointers('ks_member') $$,
  $$ values (timestamptz '-infinity', null::timestamptz) $$,
  'a new membership is looked at by the next run, its payments are in order'
);
select tests.subscribe('ks_other_member', 'active');
select results_eq(
  $$ select * from pg_temp.pointers('ks_other_member') $$,
  $$ values (null::timestamptz, null::timestamptz) $$, 'one without a beginning has no stages'
);

select tests.act_as_role('service_cron');
select lives_ok(
  $$
    update public.subscriptions
    set lifecycle_due_at = '2026-01-15', dunning_due_at = '2026-02-01'
    where id = pg_temp.subscription('ks_member')
  $$,
  'a job says when to look again'
);
select results_eq(
  $$ select * from pg_temp.pointers('ks_member') $$,
  $$ values (timestamptz '2026-01-15', timestamptz '2026-02-01') $$, 'and that stays'
);
select tests.act_as_role('service_webhooks');
update public.subscriptions set current_period_end = '2027-01-01', last_event_at = now()
where id = pg_temp.subscription('ks_member');
select results_eq(
  $$ select * from pg_temp.pointers('ks_member') $$,
  $$ values (timestamptz '2026-01-15', timestamptz '2026-02-01') $$,
  'a change that no mail depends on moves nothing'
);

select tests.act_as_owner();
create function pg_temp.after(change text)
returns table (lifecycle timestamptz, dunning timestamptz)
language plpgsql
as $$
begin
  update public.subscriptions
  set lifecycle_due_at = '2026-01-15', dunning_due_at = '2026-02-01'
  where id = pg_temp.subscription('ks_member');
  execute format('update public.subscriptions set %s where id = pg_temp.subscription(%L)', change, 'ks_member');
  return query select * from pg_temp.pointers('ks_member');
end
$$;
grant execute on function pg_temp.after(text) to public;
select tests.act_as_role('service_webhooks');

select results_eq(
  $$ select * from pg_temp.after('started_at = ''2026-01-02''') $$,
  $$ values (timestamptz '-infinity', timestamptz '2026-02-01') $$,
  'a new beginning is looked at'
);
select results_eq(
  $$ select * from pg_temp.after('access_revoked_at = now()') $$,
  $$ values (timestamptz '-infinity', timestamptz '2026-02-01') $$, 'so is an access that was taken away'
);
select results_eq(
  $$
    select * from pg_temp.after(
      'status = ''past_due'', past_due_at = now(), grace_period_ends_at = now() + interval ''14 days'''
    )
  $$,
  $$ values (timestamptz '-infinity', timestamptz '-infinity') $$, 'a failed payment is, by both jobs'
);
select results_eq(
  $$ select * from pg_temp.after('grace_period_ends_at = now()') $$,
  $$ values (timestamptz '2026-01-15', timestamptz '-infinity') $$, 'another end of grace is, by dunning'
);
select results_eq(
  $$ select * from pg_temp.after('dunning_attempt_count = 2') $$,
  $$ values (timestamptz '2026-01-15', timestamptz '2026-02-01') $$, 'another failed attempt is not'
);
select results_eq(
  format($$ select * from pg_temp.after('status = ''%s''') $$, status),
  $$ values (timestamptz '-infinity', null::timestamptz) $$, 'dunning ends with ' || status
)
from unnest(array['paused', 'canceled', 'active']) as status;
select results_eq(
  $$ select * from pg_temp.after('status = ''past_due''') $$,
  $$ values (timestamptz '-infinity', timestamptz '-infinity') $$, 'and begins anew'
);
update public.subscriptions set past_due_at = '2026-02-01' where id = pg_temp.subscription('ks_member');
select results_eq(
  $$ select * from pg_temp.after('past_due_at = null, grace_period_ends_at = null') $$,
  $$ values (timestamptz '2026-01-15', timestamptz '-infinity') $$,
  'a failed payment whose dates are taken away counts from now'
);
select tests.act_as_owner();
select results_eq(
  $$ select * from pg_temp.after('started_at = null') $$,
  $$ values (null::timestamptz, timestamptz '2026-02-01') $$, 'staff in Studio count as everyone'
);

-- By hand -----------------------------------------------------------------------------------------------

create function pg_temp.dunning(handle text)
returns table (
  past_due timestamptz, grace_ends timestamptz, attempts integer, told timestamptz, suspended timestamptz
)
language sql
security definer
as $$
  select past_due_at, grace_period_ends_at, dunning_attempt_count, last_dunning_at, suspended_at
  from public.subscriptions where user_id = tests.id_of(handle)
$$;
create function pg_temp.set_by_hand(change text)
returns setof record
language plpgsql
as $$
begin
  execute format('update public.subscriptions set %s where id = pg_temp.subscription(%L)', change, 'ks_member');
  return query select * from pg_temp.dunning('ks_member');
end
$$;
update public.subscriptions set status = 'active' where id = pg_temp.subscription('ks_member');
select results_eq(
  format($$
    select past_due, grace_ends
    from pg_temp.set_by_hand(%L) as (
      past_due timestamptz, grace_ends timestamptz, attempts integer, told timestamptz,
      suspended timestamptz
    )
  $$, change),
  format('values (%s, %s)', past_due, grace_ends), what
)
from (values
  (
    'status = ''past_due''', 'now()', 'now() + interval ''336 hours''',
    'past_due by hand is owed from now, with grace'
  ),
  (
    'past_due_at = ''2026-02-01'', grace_period_ends_at = null',
    'timestamptz ''2026-02-01''', 'timestamptz ''2026-02-15''',
    'grace that is taken away is counted from when it is owed'
  ),
  (
    'past_due_at = null, grace_period_ends_at = ''2026-02-20''',
    'now()', 'timestamptz ''2026-02-20''', 'a given end of grace stays'
  ),
  (
    'past_due_at = ''2026-03-01'', grace_period_ends_at = ''2026-02-20''',
    'timestamptz ''2026-03-01''', 'timestamptz ''2026-02-20''', 'and so do given dates'
  ),
  (
    'past_due_at = ''2026-03-02''',
    'timestamptz ''2026-03-02''', 'timestamptz ''2026-02-20''',
    'grace that was given stays when it is owed from another day'
  ),
  (
    'grace_period_ends_at = null',
    'timestamptz ''2026-03-02''', 'timestamptz ''2026-03-16''', 'until it is taken away'
  ),
  (
    'past_due_at = ''2026-02-24''',
    'timestamptz ''2026-02-24''', 'timestamptz ''2026-03-10''', 'grace that nobody gave follows'
  ),
  (
    'past_due_at = null',
    'now()', 'now() + interval ''336 hours''', 'also when it counts from now'
  )
) as given (change, past_due, grace_ends, what);
update public.subscriptions
set dunning_attempt_count = 3, last_dunning_at = now(), suspended_at = now(),
  grace_period_ends_at = now()
where id = pg_temp.subscription('ks_member');
select results_eq(
  $$
    select suspended from pg_temp.set_by_hand('grace_period_ends_at = now() + interval ''1 day''') as (
      past_due timestamptz, grace_ends timestamptz, attempts integer, told timestamptz,
      suspended timestamptz
    )
  $$,
  $$ values (null::timestamptz) $$, 'whoever is given grace is not suspended'
);
select results_eq(
  $$
    select * from pg_temp.set_by_hand('status = ''active''') as (
      past_due timestamptz, grace_ends timestamptz, attempts integer, told timestamptz,
      suspended timestamptz
    )
  $$,
  $$ values (null::timestamptz, null::timestamptz, 0, null::timestamptz, null::timestamptz) $$,
  'active by hand owes nothing'
);

-- Suspending --------------------------------------------------------------------------------------------

update public.subscriptions
set status = 'past_due', past_due_at = '2026-03-01', grace_period_ends_at = '2026-03-15'
where id = pg_temp.subscription('ks_member');
select tests.act_as_role('service_cron');
select throws_ok(
  $$
    update public.subscriptions set suspended_at = '2026-03-14'
    where id = pg_temp.subscription('ks_member')
  $$,
  '42501', null, 'a job suspends nobody before grace is over'
);
select throws_ok(
  $$
    update public.subscriptions set suspended_at = '2026-03-16'
    where id = pg_temp.subscription('ks_other_member')
  $$,
  '42501', null, 'nor who owes nothing'
);
select lives_ok(
  $$
    update public.subscriptions set suspended_at = '2026-03-15', dunning_due_at = null
    where id = pg_temp.subscription('ks_member')
  $$,
  'at the end of grace it does'
);
select throws_ok(
  format(
    'update public.subscriptions set suspended_at = %s where id = pg_temp.subscription(%L)',
    suspended, 'ks_member'
  ),
  '42501', null, 'and does not set it to ' || suspended
)
from unnest(array['null', 'now()']) as suspended;
select results_eq(
  $$ select * from pg_temp.pointers('ks_member') $$,
  $$ values (null::timestamptz, null::timestamptz) $$, 'nothing more is to come'
);
select tests.act_as_role('service_webhooks');
select lives_ok(
  $$
    update public.subscriptions set suspended_at = null where id = pg_temp.subscription('ks_member')
  $$,
  'a payment takes it back'
);

-- Welcome -----------------------------------------------------------------------------------------------

select is_empty(
  $$ select pg_temp.mails('ks_member') $$, 'who began long ago is not welcomed'
);
select is_empty(
  $$ select pg_temp.mails('ks_other_member') $$, 'nor whose membership has no beginning'
);
update public.subscriptions set started_at = now() - interval '1 day'
where id = pg_temp.subscription('ks_other_member');
select tests.act_as_owner();
select results_eq(
  $$
    select template_key, dedupe_key, status, next_attempt_at, send_until, tenant_id
    from public.engagement_email_sends where user_id = tests.id_of('ks_other_member')
  $$,
  format(
    $$ values ('welcome', 'welcome:%s', 'pending', now(), now() + interval '6 days', 'ks') $$,
    pg_temp.subscription('ks_other_member')
  ),
  'once it has, they are'
);
select tests.act_as_role('service_webhooks');
update public.subscriptions set status = 'paused' where id = pg_temp.subscription('ks_other_member');
update public.subscriptions set status = 'active' where id = pg_temp.subscription('ks_other_member');
select results_eq(
  $$ select pg_temp.mails('ks_other_member') $$, array['welcome'], 'and only once'
);
select lives_ok(
  $$
    insert into public.subscriptions
      (tenant_id, user_id, provider_subscription_id, status, started_at)
    values ('mk', tests.id_of('mk_member'), 'sub_welcome', 'trialing', now())
  $$,
  'a membership that begins as a trial'
);
select results_eq($$ select pg_temp.mails('mk_member') $$, array['welcome'], 'is welcomed');
select lives_ok(
  $$
    insert into public.subscriptions
      (tenant_id, user_id, provider_subscription_id, status, started_at)
    values ('ks', tests.id_of('ks_agent'), 'sub_no_welcome', 'past_due', now())
  $$,
  'one whose first payment failed'
);
select is_empty($$ select pg_temp.mails('ks_agent') $$, 'is not');
update public.subscriptions set status = 'active' where id = pg_temp.subscription('ks_agent');
select results_eq($$ select pg_temp.mails('ks_agent') $$, array['welcome'], 'until it is paid');

-- Paid again --------------------------------------------------------------------------------------------

select tests.act_as_owner();
create function pg_temp.owe(past_due timestamptz)
returns void
language sql
as $$
  update public.subscriptions
  set status = 'past_due', past_due_at = past_due, grace_period_ends_at = past_due + interval '14 days'
  where id = pg_temp.subscription('mk_member')
$$;
create function pg_temp.pay(at timestamptz)
returns void
language sql
as $$
  update public.subscriptions
  set status = 'active', past_due_at = null, grace_period_ends_at = null, last_event_at = at
  where id = pg_temp.subscription('mk_member')
$$;
create function pg_temp.dunned(past_due timestamptz, stage text, status text)
returns void
language sql
security definer
as $$
  insert into public.engagement_email_sends
    (tenant_id, user_id, subscription_id, template_key, dedupe_key, status, sent_at)
  values (
    'mk', tests.id_of('mk_member'), pg_temp.subscription('mk_member'), 'dunning_day_0',
    format('dunning:%s:%s:%s', pg_temp.subscription('mk_member'), private.instant_text(past_due), stage),
    status, case when status = 'sent' then now() end
  )
$$;
grant execute on function
  pg_temp.owe(timestamptz), pg_temp.pay(timestamptz), pg_temp.dunned(timestamptz, text, text)
to public;

select is(
  private.instant_text('2026-03-01 13:00:00.5+01'), '2026-03-01T12:00:00.500000Z',
  'keys have times in UTC with microseconds'
);
select tests.act_as_role('service_webhooks');
select pg_temp.owe('2026-03-01');
select pg_temp.pay('2026-03-02');
select results_eq(
  $$ select pg_temp.mails('mk_member') $$, array['welcome'],
  'who was told nothing is not thanked for paying'
);
select pg_temp.owe('2026-04-01');
select pg_temp.dunned('2026-04-01', 'day_0', 'pending');
select pg_temp.pay('2026-04-01 00:01');
select results_eq(
  $$ select pg_temp.mails('mk_member') $$, array['dunning_day_0', 'welcome'],
  'nor who paid before the mail went out'
);
select pg_temp.owe('2026-05-01');
select pg_temp.dunned('2026-05-01', 'day_0', 'sent');
update public.subscriptions set status = 'canceled' where id = pg_temp.subscription('mk_member');
select is_empty(
  $$ select * from pg_temp.mails('mk_member') as mail where mail = 'dunning_recovered' $$,
  'nor who cancels instead'
);
select pg_temp.owe('2026-05-01');
select pg_temp.pay('2026-05-02');
select tests.act_as_owner();
select results_eq(
  $$
    select dedupe_key, send_until from public.engagement_email_sends
    where template_key = 'dunning_recovered'
  $$,
  format(
    $$ values ('dunning:%s:2026-05-01T00:00:00.000000Z:recovered', timestamptz '2026-05-09') $$,
    pg_temp.subscription('mk_member')
  ),
  'who was told is thanked'
);
select tests.act_as_role('service_webhooks');
select pg_temp.owe('2026-05-01');
select pg_temp.pay('2026-05-03');
select is(
  (select count(*) from pg_temp.mails('mk_member') as mail where mail = 'dunning_recovered'),
  1::bigint, 'once for each time'
);
select pg_temp.owe('2026-06-01');
select pg_temp.pay('2026-06-02');
select is(
  (select count(*) from pg_temp.mails('mk_member') as mail where mail = 'dunning_recovered'),
  1::bigint, 'the mail of an earlier time does not count'
);
select pg_temp.owe('2026-07-02');
select pg_temp.dunned('2026-07-02', 'day_0', 'sent');
select pg_temp.owe('2026-07-01');
select pg_temp.pay('2026-07-03');
select is(
  (select count(*) from pg_temp.mails('mk_member') as mail where mail = 'dunning_recovered'),
  2::bigint, 'one whose beginning was known too late does'
);
select tests.act_as_owner();
select pg_temp.owe('2026-09-01');
select pg_temp.dunned('2026-09-01', 'day_7', 'sent');
update public.subscriptions set status = 'active' where id = pg_temp.subscription('mk_member');
select is(
  (
    select send_until from public.engagement_email_sends
    where dedupe_key like '%:2026-09-01T00:00:00.000000Z:recovered'
  ),
  now() + interval '7 days', 'who is set to active by hand is thanked from now on'
);
select pg_temp.owe('2026-09-02');
select pg_temp.dunned('2026-09-02', 'day_7', 'sent');
update public.subscriptions set last_event_at = null where id = pg_temp.subscription('mk_member');
update public.subscriptions
set status = 'active', past_due_at = null, grace_period_ends_at = null
where id = pg_temp.subscription('mk_member');
select is(
  (
    select send_until from public.engagement_email_sends
    where dedupe_key like '%:2026-09-02T00:00:00.000000Z:recovered'
  ),
  now() + interval '7 days', 'also one of whom Paddle told nothing'
);
select tests.act_as_role('service_webhooks');
select throws_ok(
  $$
    insert into public.engagement_email_sends (tenant_id, user_id, template_key, dedupe_key)
    values ('mk', tests.id_of('mk_member'), 'welcome', 'welcome:forged')
  $$,
  '42501', null, 'webhooks cannot welcome or thank but by what happened'
);

-- Access at another time --------------------------------------------------------------------------------

select tests.act_as_owner();
update public.subscriptions
set status = 'past_due', past_due_at = '2026-03-01', grace_period_ends_at = '2026-03-15',
  access_revoked_at = null
where id = pg_temp.subscription('ks_member');
select is(
  private.membership_access_at(tests.id_of('ks_member'), at), access, 'access at ' || at || ' is ' || access
)
from (values
  (timestamptz '2026-03-14 23:59:59Z', 'grace'), (timestamptz '2026-03-15 00:00:00Z', 'suspended')
) as moment (at, access);
select tests.subscribe('ks_member', 'active', '{"access_revoked_at": "2026-01-01"}');
select tests.subscribe('ks_member', 'active');
select is(
  private.membership_access_at(tests.id_of('ks_member'), '2026-03-02'), 'active',
  'the best of several counts'
);
select results_eq(
  $$
    select private.membership_access_at(user_id, '2026-03-02', id)
    from public.subscriptions where user_id = tests.id_of('ks_member') order by 1
  $$,
  array['active', 'grace', 'suspended'], 'or each alone'
);
delete from public.subscriptions
where user_id = tests.id_of('ks_member') and status = 'active';
select tests.act_as_role('service_cron');
select is(
  private.membership_access_at(tests.id_of('ks_member'), '2026-03-02'), 'grace', 'jobs ask about anyone'
);
select tests.act_as('ks_other_member');
select is(
  private.membership_access_at(tests.id_of('ks_member'), '2026-03-02'), 'none', 'members about themselves'
);
select tests.act_as_role('anon');
select throws_ok(
  $$ select private.membership_access_at(tests.id_of('ks_member'), now()) $$, '42501', null,
  'visitors about nobody'
);

select * from finish();
rollback;
