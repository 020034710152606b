-- Forgetting a person: no word of theirs is left anywhere, what was paid and done stays.
begin;
set local search_path = public, extensions;

select plan(38);

select tests.populate();

-- The list of where personal data is, against the catalogue ---------------------------------------------

create temporary view columns as
select
  n.nspname || '.' || c.relname as table_name, a.attname::text as name, a.atttypid,
  a.attgenerated <> '' as is_generated,
  (
    a.atttypid = 'uuid'::regtype
    and (
      a.attname ~ '(^|_)(user|member|agent|actor|sender|person|owner|author|creator|staff|profile)_id$'
      or a.attname ~ '(_by|assigned_to|assigned_from)$'
      or exists (
        select from pg_constraint as k
        where k.conrelid = c.oid and k.contype = 'f' and k.conkey[1] = a.attnum
          and k.confrelid in ('public.profiles'::regclass, 'auth.users'::regclass)
      )
    )
  ) as is_person
from pg_class as c
join pg_namespace as n on n.oid = c.relnamespace
join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
where n.nspname in ('public', 'private') and c.relkind in ('r', 'p');

select is_empty(
  $$
    select distinct table_name from columns
    where (
        is_person
        or (
          atttypid in ('text'::regtype, 'inet'::regtype, 'character varying'::regtype)
          and name ~ '(e_?mail|phone|full_name|sender_name|address|user_agent|recipient|^ip$)'
        )
      )
      and table_name not in (select table_name from private.personal_data)
      -- What the country tells everybody.
      and table_name <> 'public.tenants'
  $$,
  'every table that knows people says how they are exported and forgotten'
);
select is_empty(
  $$
    (
      select table_name, name from columns
      where is_person and table_name in (select table_name from private.personal_data)
      except
      select table_name, unnest(person_columns) from private.personal_data
    )
    union all
    (
      select table_name, unnest(person_columns) from private.personal_data
      except
      select table_name, name from columns where is_person
    )
  $$,
  'and which of its columns say whom'
);
select is_empty(
  $$
    select columns.table_name, columns.name
    from columns
    join private.personal_data as listed using (table_name)
    where columns.atttypid in (
        'text'::regtype, 'jsonb'::regtype, 'json'::regtype, 'inet'::regtype, 'bytea'::regtype,
        'character varying'::regtype
      )
      and columns.name <> 'tenant_id'
      and (columns.name = any (listed.erased)) = (columns.name = any (listed.kept))
  $$,
  'every text in them is either erased or kept, and not both'
);
select is_empty(
  $$
    select table_name, unnest(hidden || erased || kept) from private.personal_data
    except
    select table_name, name from columns
  $$,
  'no column is listed that there is not'
);
select is_empty(
  $$ select table_name from private.personal_data
    where exported_where is null and char_length(why) < 30 $$,
  'what is not exported has a reason'
);

-- A person who left words everywhere --------------------------------------------------------------------

select tests.sign_up('zzyzx', 'ks', 'member', 'KS-A', 'ks_agent', '{"full_name": "Zzyzx Name"}');
create temporary table person as select tests.id_of('zzyzx') as id;
grant select on person to public;
update public.profiles
set phone = '+383 zzyzx', email_undeliverable_at = now(), email_undeliverable_reason = 'zzyzx bounced'
where id = (select id from person);
select tests.subscribe(
  'zzyzx', 'active',
  '{"cancel_at_period_end": true, "current_period_end": "2040-01-01", "provider_customer_id": "ctm_z"}'
);
insert into auth.identities (id, provider_id, user_id, identity_data, provider)
select gen_random_uuid(), 'zzyzx', id, '{"email": "zzyzx@example.test"}', 'email' from person;
insert into auth.sessions (id, user_id, user_agent) select gen_random_uuid(), id, 'zzyzx' from person;
insert into private.session_devices (session_id, user_agent, address)
select auth.sessions.id, 'Zzyzx browser', '10.1.2.3' from auth.sessions, person
where user_id = person.id;
insert into public.billing_customers (provider_customer_id, user_id, tenant_id, email)
select 'ctm_z', id, 'ks', 'zzyzx@example.test' from person;
insert into public.billing_invoices
  (tenant_id, user_id, provider_transaction_id, currency, subtotal_cents, discount_cents, tax_cents,
   amount_cents, billed_at)
select 'ks', id, 'txn_z', 'EUR', 2000, 0, 0, 2000, now() from person;
insert into public.webhook_events
  (tenant_id, dedupe_key, event_id, event_type, occurred_at, signature_valid, payload, payload_hash,
   processing_result, processed_at, member_id)
select
  'ks', 'evt_z', 'evt_z', 'customer.updated', now(), true,
  '{"event_id": "evt_z", "data": {"id": "ctm_z", "email": "zzyzx@example.test"}}', repeat('0', 64),
  'ok', now(), id
from person;

select tests.draft(1, 'zzyzx');
select tests.draft(2, 'zzyzx');
update public.claims
set title = 'Zzyzx title', company = 'Zzyzx Air', description = 'Zzyzx was nine hours late.',
  incident_date = '2026-01-01'
where member_id = (select id from person);
select tests.act_as('zzyzx');
select public.submit_claim(tests.claim(1));
select public.record_consent('terms', '2026-11', true);
insert into public.notification_preferences (email_messages) values (true);
insert into public.claim_messages (claim_id, body) values (tests.claim(1), 'zzyzx speaking');
select tests.act_as_owner();
select tests.act_as('ks_staff');
insert into public.claim_messages (claim_id, body, is_internal)
values (tests.claim(1), 'a note on zzyzx', true);
select public.move_claim(
  tests.claim(1), 'verification', reason => 'zzyzx reason', internal_note => 'zzyzx note'
);
select tests.act_as_owner();
select tests.attach(1, 1, 'zzyzx');
insert into public.claim_documents (id, claim_id, name, file_type, file_size, uploaded_by)
values (tests.document(2), tests.claim(1), 'zzyzx.pdf', 'application/pdf', 10, (select id from person));
update public.claim_documents set deleted_at = now(), delete_reason = 'zzyzx asked'
where id = tests.document(2);
insert into public.share_packs
  (claim_id, created_by, recipient, token_hash, expires_at, tenant_id, member_id)
select tests.claim(1), id, 'Zzyzx''s lawyer', repeat('1', 64), now() + interval '1 day', 'ks', id
from person;
insert into public.claim_tracking_tokens (claim_id, token_hash, created_by, tenant_id, member_id)
select tests.claim(1), repeat('2', 64), id, 'ks', id from person;
-- Somebody else's claim, on which the person once wrote.
select tests.subscribe('ks_member');
select tests.send(3, 'ks_member');
insert into public.claim_messages (claim_id, sender_id, body) values (tests.claim(3), (select id from person), 'As a friend');
insert into public.engagement_email_sends
  (tenant_id, user_id, template_key, dedupe_key, status, params, facts, sent_at)
select 'ks', id, 'welcome', 'zzz', 'sent', '{"a": "zzyzx"}', '{"to": "zzyzx@example.test"}', now()
from person;
insert into public.mail_events (id, tenant_id, send_id, type, occurred_at, detail)
select 'me_z', 'ks', id, 'email.bounced', now(), '{"why": "zzyzx@example.test is unknown"}'
from public.engagement_email_sends where dedupe_key = 'zzz';
insert into public.nps_survey_tokens (tenant_id, user_id, send_id, token_hash, expires_at)
select 'ks', user_id, id, repeat('3', 64), now() from public.engagement_email_sends where dedupe_key = 'zzz';
insert into public.nps_survey_responses (tenant_id, user_id, token_id, score, comment)
select 'ks', user_id, id, 9, 'zzyzx likes it' from public.nps_survey_tokens where token_hash = repeat('3', 64);
insert into public.invitations (tenant_id, email, role, full_name, locale, token_hash)
values ('ks', 'zzyzx@example.test', 'member', 'Zzyzx Name', 'sq', repeat('4', 64));
-- What came before the membership, and what is noted about them.
insert into public.member_leads
  (id, tenant_id, agent_id, created_by, first_name, last_name, email, phone, locale, note, status,
   lost_reason, converted_user_id, converted_at)
select
  lead.id, 'ks', tests.id_of('ks_agent'), tests.id_of('ks_agent'), 'Zzyzx', 'Name',
  'zzyzx@example.test', '+383 zzyzx', 'sq', 'zzyzx was at the fair', lead.status, lead.lost_reason,
  case lead.status when 'converted' then person.id end, case lead.status when 'converted' then now() end
from person
cross join (values
  (tests.claim(81), 'converted', null), (tests.claim(82), 'lost', 'zzyzx was away')
) as lead (id, status, lost_reason);
insert into public.lead_payment_attempts
  (id, tenant_id, lead_id, method, status, plan_id, receipt_number, received_at, note,
   verification_note, subscription_id, created_by)
select
  tests.claim(83), 'ks', tests.claim(81), 'cash', 'succeeded',
  (select id from public.membership_plans where tenant_id = 'ks' and tier = 'standard'), 'R-1', now(),
  'zzyzx paid', 'who is zzyzx', subscription.id, tests.id_of('ks_agent')
from public.subscriptions as subscription, person
where subscription.user_id = person.id;
insert into public.payment_proofs
  (id, tenant_id, lead_id, attempt_id, uploaded_by, file_path, file_name, file_type, file_size, sha256,
   confirmed_at)
values (
  tests.claim(84), 'ks', tests.claim(81), tests.claim(83), tests.id_of('ks_agent'),
  format('tenants/ks/leads/%s/%s', tests.claim(81), tests.claim(84)), 'zzyzx.jpg', 'image/jpeg', 10,
  repeat('5', 64), now()
);
insert into public.welcome_tokens (tenant_id, user_id, send_id, token_hash, expires_at)
select 'ks', user_id, id, repeat('6', 64), now()
from public.engagement_email_sends where dedupe_key = 'zzz';
insert into public.member_notes (tenant_id, member_id, author_id, author_name, type, body)
select 'ks', id, tests.id_of('ks_agent'), 'Agent', 'call', 'zzyzx is in a hurry' from person;
insert into public.member_activities
  (tenant_id, member_id, author_id, author_name, kind, happened_at, summary)
select 'ks', id, tests.id_of('ks_agent'), 'Agent', 'call', now(), 'called zzyzx' from person;
select tests.act_as('zzyzx');
select public.request_export();
select public.request_deletion('zzyzx had enough');

-- Words of the person, wherever they are.
select tests.act_as_owner();
create function pg_temp.words(only_tables text[] default null)
returns table (place text, hits bigint)
language plpgsql
as $$
begin
  for place in
    select format('%I.%I', n.nspname, c.relname)
    from pg_class as c join pg_namespace as n on n.oid = c.relnamespace
    where n.nspname in ('public', 'private', 'auth', 'storage') and c.relkind in ('r', 'p')
      and (only_tables is null or n.nspname || '.' || c.relname = any (only_tables))
    order by 1
  loop
    execute format('select count(*) from %s as t where t::text ~* ''zzyzx|10\.1\.2\.3''', place) into hits;
    if hits > 0 then
      return next;
    end if;
  end loop;
end
$$;
create temporary table unfilled (table_name text, name text);
do $$
declare
  listed record;
  filled bigint;
begin
  for listed in
    select table_name, unnest(erased) as name from private.personal_data
  loop
    execute format(
      'select count(*) from %s as t where to_jsonb(t) ->> %L is not null', listed.table_name, listed.name
    ) into filled;
    if filled = 0 then
      insert into unfilled values (listed.table_name, listed.name);
    end if;
  end loop;
end
$$;
select is_empty('select * from unfilled', 'the story has something in every column that is erased');
select cmp_ok(
  (select count(*) from pg_temp.words())::integer, '>', 15, 'the person is all over the place'
);

-- The copy ------------------------------------------------------------------------------------------------

select tests.act_as('zzyzx');
create temporary table copy as select private.open_export() as data;
select tests.act_as_owner();
select is_empty(
  $$
    select split_part(table_name, '.', 2) from private.personal_data where exported_where is not null
    except
    select key from copy, jsonb_each(data)
  $$,
  'every table is in the copy'
);
select is_empty(
  $$
    select columns.table_name, columns.name
    from columns
    join private.personal_data as listed using (table_name)
    cross join copy
    where listed.exported_where is not null
      and columns.name <> all (listed.hidden)
      and jsonb_array_length(data -> split_part(table_name, '.', 2)) > 0
      and not (data -> split_part(table_name, '.', 2) -> 0) ? columns.name
  $$,
  'with every column that is not left out for a reason'
);
select set_eq(
  $$
    select key from copy, jsonb_each(data)
    where jsonb_typeof(value) = 'array' and jsonb_array_length(value) = 0
  $$,
  array['agent_commissions', 'billing_checkouts', 'invitations', 'referral_clicks'],
  'and something in all of them that apply to a member'
);
select is(
  (select data -> 'claims' -> 0 ->> 'title' from copy), 'Zzyzx title', 'their words are in it'
);
select is(
  (select data::text ~ 'a note on|zzyzx note' from copy), false, 'what staff note among themselves is not'
);
select is(
  (select data::text ~ '(1{64}|2{64}|3{64}|4{64})' from copy), false, 'nor are keys'
);
select is(
  (select data -> 'sign_ins' -> 0 ->> 'user_agent' from copy), 'Zzyzx browser',
  'from where they signed in is'
);

-- The day -----------------------------------------------------------------------------------------------

create temporary table request as
select id, due_at from public.privacy_requests where kind = 'deletion';
grant select on request to public;
create temporary table log_before as select * from public.audit_log;
create temporary table books_before as
select to_jsonb(i) as row from public.billing_invoices as i
union all select to_jsonb(l) from public.billing_ledger_entries as l
union all select to_jsonb(s) - '{updated_at}'::text[] from public.subscriptions as s;

select tests.act_as_role('service_cron');
select is_empty(
  $$ select private.due_deletions((select due_at from request) - interval '1 second') $$,
  'nothing is done before the day'
);
select is(
  private.carry_out_deletion((select id from request), now()), false, 'not even if it is tried'
);
select tests.act_as_owner();
update public.subscriptions set cancel_at_period_end = false where user_id = (select id from person);
select is_empty(
  $$ select private.due_deletions((select due_at from request)) $$,
  'nor to somebody who took the membership up again'
);
update public.subscriptions set cancel_at_period_end = true where user_id = (select id from person);
insert into public.mail_batches (id, next_attempt_at)
values ('00000000-0000-4000-8000-00000000000b', now());
update public.engagement_email_sends set batch_id = '00000000-0000-4000-8000-00000000000b', batch_position = 0
where user_id = (select id from person) and template_key = 'export_ready';
select is_empty(
  $$ select private.due_deletions((select due_at from request)) $$, 'nor while a mail is on its way'
);
update public.engagement_email_sends set batch_id = null, batch_position = null
where user_id = (select id from person) and template_key = 'export_ready';
select tests.act_as_role('service_cron');
select results_eq(
  $$ select private.due_deletions((select due_at from request)) $$, 'select id from request',
  'then it is due'
);
select is(
  private.carry_out_deletion((select id from request), (select due_at from request)), true,
  'and carried out'
);
select is(
  private.carry_out_deletion((select id from request), (select due_at from request)), false, 'once'
);
select tests.act_as_owner();
select is_empty('select * from pg_temp.words()', 'no word of the person is left anywhere');
select is(
  (select (email ~ '^erased-' and full_name = '' and phone is null and not is_active
    and member_number is not null and erased_at is not null)
    from public.profiles where id = (select id from person)),
  true, 'the number stays, and nobody behind it'
);
select is(
  (select banned_until > now() + interval '50 years' and encrypted_password = ''
    from auth.users where id = (select id from person)),
  true, 'nobody signs in as them any more'
);
select is_empty(
  $$ select from auth.sessions where user_id = (select id from person) $$, 'or is still signed in'
);
select results_eq(
  $$ select status from public.claims where member_id = (select id from person) order by status $$,
  array['draft', 'rejected'], 'an open claim is closed'
);
select is(
  (select count(*) from public.claim_documents
    where member_id = (select id from person) and not is_deleted), 0::bigint,
  'documents are deleted, so that the sweep removes their files'
);
select isnt_empty(
  $$ select from private.document_orphans(now()) where file_path ~ tests.document(1)::text $$,
  'which finds them'
);
select results_eq(
  $$ select body, sender_name from public.claim_messages where claim_id = tests.claim(3) $$,
  $$ values ('As a friend', '') $$, 'what they wrote to others stays with those, unsigned'
);
select is_empty(
  $$ select from public.engagement_email_sends
    where user_id = (select id from person) and status = 'pending' $$,
  'no mail is sent to them any more'
);
select is_empty(
  $$
    select row from books_before
    except
    select * from (
      select to_jsonb(i) as row from public.billing_invoices as i
      union all select to_jsonb(l) from public.billing_ledger_entries as l
      union all select to_jsonb(s) - '{updated_at}'::text[] from public.subscriptions as s
    ) as now
  $$,
  'what was bought and paid is as it was'
);
select is_empty('select * from log_before except select * from public.audit_log', 'so is the audit log');
select set_eq(
  $$ select metadata ->> 'step' from public.audit_log where action = 'privacy.data_erased' $$,
  array[
    'claims', 'messages', 'documents', 'links', 'notifications', 'mails', 'invitations', 'survey',
    'payment messages', 'leads', 'notes', 'activities', 'cards', 'sessions', 'account'
  ],
  'each step is on it'
);
select results_eq(
  $$ select actor_role from public.audit_log where action = 'privacy.data_deletion_completed' $$,
  array['service_cron'], 'and that it was done, by the job'
);

-- Forgotten for good -------------------------------------------------------------------------------------

select throws_ok(
  format('update public.profiles set %s where erased_at is not null', change),
  'a person who was forgotten stays so', 'not again: ' || change
)
from unnest(array['is_active = true', 'full_name = ''Zzyzx''', 'erased_at = null']) as change;
update public.billing_customers set email = 'zzyzx@example.test' where provider_customer_id = 'ctm_z';
select is(
  (select email from public.billing_customers where provider_customer_id = 'ctm_z'), null,
  'an address that Paddle tells later is not taken in'
);

select * from finish();
rollback;
