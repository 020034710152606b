-- Whoever may act in every country leaves a trace of each act, in the log of the country concerned.
begin;
set local search_path = public, extensions;

select plan(18);

select tests.populate();
select tests.sign_up('mk_agent', 'mk', 'agent', 'MK-A');
select tests.subscribe('mk_member');
select tests.send(1, 'mk_member');
select tests.attach(1, 1, 'mk_member');
update public.profiles
set email_undeliverable_at = now(), email_undeliverable_reason = 'bounced'
where id = tests.id_of('mk_member');
insert into public.engagement_email_sends (id, tenant_id, user_id, template_key, dedupe_key, status, error)
values (
  'e0000000-0000-4000-8000-000000000001', 'mk', tests.id_of('mk_member'), 'welcome', 'w', 'error', 'refused'
);
insert into public.webhook_events
  (id, tenant_id, provider, dedupe_key, event_type, signature_valid, payload, payload_hash, processing_result, error, processed_at)
values (
  'f0000000-0000-4000-8000-000000000001', 'mk', 'paddle', 'k', 'transaction.completed', true, '{}',
  repeat('0', 64), 'error', 'failed', now()
);

-- The acts, one after the other, each as its name says. -----------------------------------------------

create function pg_temp.traces()
returns text[]
language sql
security definer
as $$
  select array_agg(action order by seq) from public.audit_log
  where actor_id = tests.id_of('super') and actor_role = 'super_admin' and tenant_id = 'mk'
    and seq > coalesce(nullif(current_setting('tests.seen', true), ''), '0')::bigint
$$;
create function pg_temp.see_all()
returns void
language sql
security definer
as $$
  select set_config('tests.seen', (select max(seq) from public.audit_log)::text, true)
$$;
grant execute on function pg_temp.traces(), pg_temp.see_all() to public;

create function pg_temp.trace_of(act text)
returns text[]
language plpgsql
as $$
begin
  perform pg_temp.see_all();
  execute act;
  return pg_temp.traces();
end
$$;
grant execute on function pg_temp.trace_of(text) to public;

select tests.act_as('super');
select is(pg_temp.trace_of(act), trace, array_to_string(trace, ', '))
from (values
  (1, format('select public.claim_assign(%L, %L)', tests.claim(1), tests.id_of('mk_staff')), '{claim.assigned}'::text[]),
  (2, format('select public.move_claim(%L, %L)', tests.claim(1), 'verification'), '{claim.status_changed}'),
  (3, format('insert into public.claim_messages (claim_id, body) values (%L, %L)', tests.claim(1), 'Hello'), '{claim.message_sent}'),
  (4, format('select public.create_tracking_link(%L, %L)', tests.claim(1), repeat('ab', 32)), '{tracking_link.created}'),
  (5, format('select public.revoke_tracking_link(%L)', tests.claim(1)), '{tracking_link.revoked}'),
  (6, format(
    'select public.create_share_pack(%L, %L, %L, now() + interval %L)',
    tests.claim(1), array[tests.document(1)], repeat('cd', 32), '1 day'
  ), '{share_pack.created}'),
  (7, format('select public.delete_document(%L, %L)', tests.document(1), 'A duplicate'), '{document.deleted}'),
  (8, 'update public.tenant_service_times set triage_hours = 5 where tenant_id = ''mk''', '{settings.updated}'),
  (9, format('select public.trust_address(%L)', tests.id_of('mk_member')), '{user.settings_updated}'),
  (10, 'select public.retry_mail(''e0000000-0000-4000-8000-000000000001'')', '{email.retried}'),
  (11, format('select private.set_role(%L, %L)', tests.id_of('mk_staff'), 'tenant_admin'), '{user.role_granted}'),
  (12, format('update public.profiles set agent_id = %L where id = %L', tests.id_of('mk_agent'), tests.id_of('mk_member')), '{user.agent_updated}'),
  (13, format('select private.set_active(%L, false)', tests.id_of('mk_staff')), '{user.settings_updated,claim.unassigned}'),
  (14, format(
    'select private.create_invitation(%L, %L, null, %L, %L, %L, %L)',
    'x@example.test', 'staff', 'Somebody', 'mk', repeat('ef', 32), 'mk'
  ), '{invitation.created}'),
  (15, 'select private.revoke_invitation((select id from public.invitations where tenant_id = ''mk''))', '{invitation.revoked}'),
  (16, 'select public.replay_webhook_events(array[''f0000000-0000-4000-8000-000000000001'']::uuid[])', '{webhook.replayed}')
) as act (nr, act, trace)
order by nr;

-- What else may be written by people who are signed in ------------------------------------------------

select tests.act_as_owner();
select set_eq(
  $$
    select distinct c.relname::text
    from pg_class as c
    left join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0
    cross join lateral (
      select * from aclexplode(c.relacl) union all select * from aclexplode(a.attacl)
    ) as acl
    where c.relnamespace = 'public'::regnamespace and acl.grantee = 'authenticated'::regrole
      and acl.privilege_type in ('INSERT', 'UPDATE', 'DELETE')
      and not exists (
        select from pg_trigger as t
        join pg_proc as p on p.oid = t.tgfoid
        where t.tgrelid = c.oid and p.prosrc ~ 'record_audit'
          and p.oid <> coalesce(to_regprocedure('private.audit_by_hand()'), 0::oid)
      )
  $$,
  array['billing_checkouts', 'notification_preferences', 'notifications', 'share_pack_documents'],
  'whatever else people write without a trace is their own, or part of what has one'
);
select is_empty(
  $$
    select table_name, name from (
      select c.relname as table_name, p.polname as name,
        concat_ws(' ', pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)) as says
      from pg_policy as p
      join pg_class as c on c.oid = p.polrelid
      where c.relname in ('billing_checkouts', 'notification_preferences', 'notifications')
        and p.polcmd in ('a', 'w', 'd') and p.polpermissive
        and 'authenticated'::regrole = any (p.polroles)
    ) as policy
    where says !~ 'user_id = \( SELECT auth.uid\(\)'
  $$,
  'whose it is, the policies say'
);

select * from finish();
rollback;
