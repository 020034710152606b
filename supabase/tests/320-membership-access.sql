-- What a membership allows, state by state, and who may ask.
begin;
set local search_path = public, extensions;

select plan(33);

select tests.populate();

-- Each state alone ----------------------------------------------------------------------------------

create function tests.access_with(status text, details jsonb default '{}')
returns text
language plpgsql
as $$
declare
  access text;
begin
  delete from public.subscriptions where user_id = tests.id_of('ks_member');
  perform tests.subscribe('ks_member', status, details);
  access := public.membership_access(tests.id_of('ks_member'));
  return access;
end
$$;

select is(membership_access(tests.id_of('ks_member')), 'none', 'who bought nothing has no access');
select is(tests.access_with('trialing'), 'active', 'a trial gives access');
select is(tests.access_with('active'), 'active', 'a paid membership gives access');
select is(
  tests.access_with('active', '{"cancel_at_period_end": true}'), 'active',
  'so does one that will end'
);
select is(
  tests.access_with('canceled', jsonb_build_object('current_period_end', now() + interval '1 second')),
  'active', 'a canceled one until the end of the paid period'
);
select is(
  tests.access_with('canceled', jsonb_build_object('current_period_end', now())), 'none', 'and not beyond'
);
select is(tests.access_with('canceled'), 'none', 'without a paid period there is nothing left');
select is(
  tests.access_with('past_due', jsonb_build_object('grace_period_ends_at', now() + interval '1 second')),
  'grace', 'a failed payment leaves access during grace'
);
select is(
  tests.access_with('past_due', jsonb_build_object('grace_period_ends_at', now())),
  'suspended', 'and takes it at the end of grace, job or no job'
);
select is(
  tests.access_with('past_due', jsonb_build_object('current_period_end', now() + interval '1 month')),
  'grace', 'one that nobody gave an end of grace has one'
);
select is(
  tests.access_with('past_due', jsonb_build_object('past_due_at', now() - interval '14 days')),
  'suspended', 'counted from the first failed payment'
);
select is(
  tests.access_with('past_due', jsonb_build_object('past_due_at', now() - interval '335 hours')),
  'grace', 'for fourteen days of 24 hours'
);
select is(tests.access_with('paused'), 'none', 'a paused one gives none');
select is(
  tests.access_with('paused', jsonb_build_object('current_period_end', now() + interval '1 month')),
  'none', 'whatever was paid'
);
select is(tests.access_with('expired'), 'none', 'an expired one gives none');

-- The payment for the period went back ------------------------------------------------------------------

create function tests.access_revoked(status text, details jsonb default '{}')
returns text
language sql
as $$
  select tests.access_with(
    status, details || jsonb_build_object('access_revoked_at', now() - interval '1 second')
  )
$$;
select is(tests.access_revoked('active'), 'suspended', 'an active one is suspended');
select is(tests.access_revoked('trialing'), 'suspended', 'so is a trial');
select is(
  tests.access_revoked(
    'past_due', jsonb_build_object('grace_period_ends_at', now() + interval '1 day')
  ),
  'suspended', 'there is no grace'
);
select is(
  tests.access_revoked(
    'canceled', jsonb_build_object('current_period_end', now() + interval '1 month')
  ),
  'none', 'and a canceled one has no paid period left'
);
select tests.subscribe('ks_member', 'active');
select is(
  membership_access(tests.id_of('ks_member')), 'active', 'another one that is paid gives access'
);
select is(tests.access_with('active'), 'active', 'as it does once the money is back');

-- Several at once: the best counts ------------------------------------------------------------------

select is(tests.access_with('expired'), 'none', 'beside one that gives none');
select tests.subscribe('ks_member', 'past_due', jsonb_build_object('grace_period_ends_at', now()));
select is(membership_access(tests.id_of('ks_member')), 'suspended', 'suspended is better than none');
select tests.subscribe('ks_member', 'past_due', jsonb_build_object('grace_period_ends_at', now() + interval '1 day'));
select is(membership_access(tests.id_of('ks_member')), 'grace', 'grace is better than suspended');
select tests.subscribe('ks_member', 'active');
select is(membership_access(tests.id_of('ks_member')), 'active', 'active is better than all');

-- Who may ask -----------------------------------------------------------------------------------------

select tests.act_as('ks_member');
select is(membership_access(tests.id_of('ks_member')), 'active', 'a member asks about themselves');
select tests.act_as('ks_agent');
select is(membership_access(tests.id_of('ks_member')), 'active', 'their agent about them');
select tests.act_as('ks_staff');
select is(membership_access(tests.id_of('ks_member')), 'active', 'so do staff of the tenant');
select tests.act_as('ks_other_member');
select is(membership_access(tests.id_of('ks_member')), 'none', 'another member learns nothing');
select tests.act_as('mk_admin');
select is(membership_access(tests.id_of('ks_member')), 'none', 'nor does another tenant');
select tests.act_as_role('service_webhooks');
select is(membership_access(tests.id_of('ks_member')), 'active', 'webhooks may ask about anyone');
select tests.act_as_role('anon');
select throws_ok(
  $$ select public.membership_access(tests.id_of('ks_member')) $$, '42501', null, 'a visitor may not ask'
);
select tests.act_as_owner();
update public.profiles set is_active = false where id = tests.id_of('ks_member');
select tests.act_as('ks_member');
select is(membership_access(tests.id_of('ks_member')), 'none', 'who is locked has no access');

select * from finish();
rollback;
