-- What people agreed to, the copy of their data, and the wish to be forgotten: asked for by
-- themselves, and by nobody else.
begin;
set local search_path = public, extensions;

select plan(46);

select tests.populate();

create function pg_temp.actions(like_this text)
returns text[]
language sql
security definer
as $$
  select coalesce(array_agg(action order by seq), '{}') from public.audit_log
  where action like like_this and entity_type = 'privacy_request'
$$;
grant execute on function pg_temp.actions(text) to public;

-- Consents ------------------------------------------------------------------------------------------

select tests.act_as('ks_member');
select throws_ok(
  $$ insert into public.consents (tenant_id, user_id, kind, version, given)
    values ('ks', auth.uid(), 'terms', '1', true) $$,
  '42501', null, 'nobody writes consents directly'
);
select lives_ok($$ select public.record_consent('terms', '2026-11', true) $$, 'a person agrees');
select public.record_consent('marketing', '1', false);
select public.record_consent('marketing', '1', false);
select public.record_consent('marketing', '1', true);
select results_eq(
  $$ select kind, version, given from public.consents where kind = 'marketing' order by at, given $$,
  $$ values ('marketing', '1', false), ('marketing', '1', true) $$, 'each change once'
);
select is(
  (select marketing_opt_out_at from public.profiles where id = auth.uid()), null,
  'and the preference follows'
);
update public.profiles set marketing_opt_out_at = now() where id = auth.uid();
select is(
  (select count(*) from public.consents where kind = 'marketing'), 3::bigint,
  'a preference that is set elsewhere is noted too'
);
select throws_ok(
  $$ select public.record_consent('everything', '1', true) $$, '23514', null,
  'of what there is to agree to'
);
select tests.act_as('ks_other_member');
select is_empty('select * from public.consents', 'others see none of it');
select tests.act_as('mk_admin');
select is_empty('select * from public.consents', 'nor does another country');
select tests.act_as('ks_admin');
select isnt_empty('select * from public.consents', 'an administrator can show it');
select tests.act_as_owner();
select throws_ok(
  'update public.consents set given = true where true', 'consents is append-only', 'it stays'
);
select tests.sign_up(
  'reader', 'ks', metadata => '{"terms_version": "2026-11", "privacy_version": "; drop"}'
);
select results_eq(
  $$ select kind, version from public.consents where user_id = tests.id_of('reader') $$,
  $$ values ('terms', '2026-11') $$, 'what the form of the sign-up says is noted, if it is a version'
);

-- Export ----------------------------------------------------------------------------------------------

select tests.act_as('ks_member');
select is(private.open_export(), null, 'nothing is handed out that was not asked for');
select throws_ok(
  'select private.export_my_data()', '42501', null, 'nor past the request'
);
select lives_ok('select public.request_export()', 'a member asks');
select is(
  public.request_export(), (select id from public.privacy_requests where kind = 'export'),
  'twice is once'
);
select results_eq(
  $$ select status, expires_at - requested_at from public.privacy_requests $$,
  $$ values ('ready', interval '7 days') $$, 'it is ready at once, for seven days'
);
select throws_ok(
  $$ update public.privacy_requests set expires_at = now() + interval '1 year' where true $$,
  '42501', null, 'and no longer'
);
select tests.act_as_owner();
select results_eq(
  $$ select template_key, params ? 'expiresAt' from public.engagement_email_sends
    where user_id = tests.id_of('ks_member') and template_key = 'export_ready' $$,
  $$ values ('export_ready', true) $$, 'a mail tells the person, whoever asked in their name'
);
select tests.act_as('ks_member');
select results_eq(
  $$ select export_id is not null, last_downloaded_at is null, may_request_deletion, renews
    from public.my_privacy() $$,
  $$ values (true, true, true, false) $$, 'the page knows'
);
select is(private.open_export() -> 'profiles' -> 0 ->> 'id', auth.uid()::text, 'it is handed out');
select is(
  jsonb_array_length(private.open_export() -> 'consents'), 4, 'with what they agreed to'
);
select is(
  pg_temp.actions('privacy.export%'),
  array['privacy.export_requested', 'privacy.export_downloaded', 'privacy.export_downloaded'],
  'which is on the audit log'
);
select isnt_empty('select from public.my_privacy() where last_downloaded_at is not null', 'and shown');
select tests.act_as('ks_other_member');
select is(private.open_export(), null, 'nobody else gets it');
select is_empty('select * from public.privacy_requests', 'or sees that it was asked for');
select tests.act_as_owner();
select is(private.expire_exports(now() + interval '6 days'), 0::bigint, 'it stays open');
select is(private.expire_exports(now() + interval '7 days'), 1::bigint, 'until it is over');
select tests.act_as('ks_member');
select is(private.open_export(), null, 'then it is closed');
select isnt(
  public.request_export(), null, 'and may be asked for again'
);
select tests.act_as('ks_staff');
select lives_ok('select public.request_export()', 'staff have data too');

-- Deletion ----------------------------------------------------------------------------------------------

select throws_ok(
  'select public.request_deletion()', 'only members ask for deletion here',
  'staff do not leave through this door'
);
select tests.act_as_owner();
select tests.subscribe('ks_member', 'active', '{"current_period_end": "2040-01-01"}');
select tests.act_as('ks_member');
select throws_ok(
  'select public.request_deletion()', 'a membership still renews',
  'nobody is charged who cannot sign in any more'
);
select is((select renews from public.my_privacy()), true, 'the page says so before');
select tests.act_as_owner();
update public.subscriptions set cancel_at_period_end = true
where user_id = tests.id_of('ks_member');
select tests.act_as('ks_member');
select lives_ok(
  $$ select public.request_deletion('  I move abroad  ') $$, 'a member whose membership ends asks'
);
select throws_ok(
  'select public.request_deletion()', 'deletion is already requested', 'once'
);
select results_eq(
  $$ select status, due_at - requested_at, note from public.privacy_requests where kind = 'deletion' $$,
  $$ values ('pending', interval '30 days', 'I move abroad') $$, 'for in thirty days'
);
select results_eq(
  $$ select deletion_due_at > now(), membership_ends_at > now() from public.my_privacy() $$,
  $$ values (true, true) $$, 'the page shows the day, and what is still paid for'
);
select tests.act_as('ks_other_member');
select is(public.cancel_deletion(), false, 'nobody else takes it back');
select tests.act_as('ks_member');
select is(public.cancel_deletion(), true, 'the member does');
select is(public.cancel_deletion(), false, 'once');
select lives_ok('select public.request_deletion()', 'and may ask again');
select is(
  pg_temp.actions('privacy.data%'),
  array[
    'privacy.data_deletion_requested', 'privacy.data_deletion_cancelled',
    'privacy.data_deletion_requested'
  ],
  'all of it is on the audit log'
);
select is_empty(
  $$ select from public.audit_log where metadata::text ~ 'abroad' $$, 'but not why'
);
select throws_ok(
  'select private.carry_out_deletion((select id from public.privacy_requests limit 1), now())',
  '42501', null, 'nobody carries it out but the job'
);
select tests.act_as_role('anon');
select throws_ok('select public.request_export()', '42501', null, 'visitors ask for nothing');
select tests.act_as_owner();
update public.profiles set is_active = false where id = tests.id_of('ks_member');
select tests.act_as('ks_member');
select throws_ok('select public.request_export()', '42501', null, 'nor do those who are locked');

select * from finish();
rollback;
