-- The survey: answered once by whoever has the link, in time; read by admins.
begin;
set local search_path = public, extensions;

select plan(51);

select tests.populate();
select tests.subscribe('ks_member');

insert into public.engagement_email_sends (id, tenant_id, user_id, template_key, dedupe_key)
select
  ('00000000-0000-4000-8000-00000000000' || n)::uuid, tenant, tests.id_of(handle), 'nps_v1', 'nps:' || n
from (values
  (1, 'ks', 'ks_member'), (2, 'ks', 'ks_other_member'), (3, 'mk', 'mk_member'), (4, 'ks', 'ks_agent')
) as mail (n, tenant, handle);

-- Asking ----------------------------------------------------------------------------------------------

select tests.act_as_role('service_cron');
select lives_ok(
  $$
    insert into public.nps_survey_tokens (tenant_id, user_id, send_id, token_hash, expires_at)
    values
      ('ks', tests.id_of('ks_member'), '00000000-0000-4000-8000-000000000001', repeat('1', 64),
       now() + interval '30 days'),
      ('ks', tests.id_of('ks_other_member'), '00000000-0000-4000-8000-000000000002', repeat('2', 64),
       now()),
      ('mk', tests.id_of('mk_member'), '00000000-0000-4000-8000-000000000003', repeat('3', 64),
       now() + interval '1 second')
  $$,
  'a job sends surveys'
);
select lives_ok(
  $$
    insert into public.nps_survey_tokens (tenant_id, user_id, send_id, token_hash, expires_at)
    values
      ('ks', tests.id_of('ks_member'), '00000000-0000-4000-8000-000000000001', repeat('a', 64),
       now() + interval '30 days')
    on conflict (send_id) do update
    set token_hash = excluded.token_hash, expires_at = excluded.expires_at
  $$,
  'and makes one afresh whose mail did not leave'
);
select throws_ok(
  $$
    insert into public.nps_survey_tokens (tenant_id, user_id, send_id, token_hash, expires_at)
    values
      ('ks', tests.id_of('ks_agent'), '00000000-0000-4000-8000-000000000004', repeat('a', 64), now())
  $$,
  '23505', null, 'no two have the same code'
);
select throws_ok(
  $$
    insert into public.nps_survey_tokens (tenant_id, user_id, send_id, token_hash, expires_at)
    values
      ('mk', tests.id_of('mk_admin'), '00000000-0000-4000-8000-000000000004', repeat('4', 64), now())
  $$,
  '23503', null, 'a survey stays in its mail''s tenant'
);
select throws_ok(
  $$
    insert into public.nps_survey_tokens (tenant_id, user_id, send_id, token_hash, expires_at)
    values
      ('ks', tests.id_of('ks_agent'), '00000000-0000-4000-8000-000000000004', 'a-plain-token', now())
  $$,
  '23514', null, 'a code is not kept in plain'
);
select throws_ok(
  $$ update public.nps_survey_tokens set used_at = now() where true $$, '42501', null,
  'a job answers none'
);
select throws_ok(
  'delete from public.nps_survey_tokens where true', '42501', null, 'nor deletes one'
);
select throws_ok(
  'select score from public.nps_survey_responses', '42501', null, 'nor reads an answer'
);

-- Opening ---------------------------------------------------------------------------------------------

select tests.act_as_role('anon');
select results_eq(
  format('select * from private.nps_token_state(repeat(%L, 64))', code), expected,
  'a survey is ' || expected
)
from (values
  ('a', $$ values ('open', 'sq', 'ks') $$),
  ('2', $$ values ('expired', 'sq', 'ks') $$),
  ('3', $$ values ('open', 'mk', 'mk') $$),
  ('9', $$ values ('unknown', null::text, null::text) $$)
) as survey (code, expected);
select results_eq(
  'select * from private.nps_token_state(null)', $$ values ('unknown', null::text, null::text) $$,
  'none is unknown'
);
select results_eq(
  'select state from private.nps_token_state(repeat(''a'', 64))', array['open'],
  'opening it again changes nothing'
);
select throws_ok(
  format('select %s from public.nps_survey_tokens', wanted), '42501', null, 'a visitor reads no ' || wanted
)
from unnest(array['token_hash', 'user_id', 'used_at']) as wanted;
select throws_ok(
  'select comment from public.nps_survey_responses', '42501', null, 'nor an answer'
);
select throws_ok(
  $$
    insert into public.nps_survey_responses (tenant_id, user_id, token_id, score)
    values ('ks', tests.id_of('ks_member'), gen_random_uuid(), 10)
  $$,
  '42501', null, 'nor writes one past the survey'
);

-- Answering -------------------------------------------------------------------------------------------

select throws_ok(
  format('select * from private.answer_nps(repeat(''a'', 64), %s, %L)', score, comment), code, null,
  'no answer is ' || what
)
from (values
  ('11', null, '23514', 'eleven'), ('-1', null, '23514', 'less than nought'),
  ('null', null, '23502', 'nothing'), ('5', repeat('x', 1001), '23514', 'longer than 1000 characters')
) as answer (score, comment, code, what);
select results_eq(
  'select state from private.nps_token_state(repeat(''a'', 64))', array['open'],
  'one that is refused uses nothing up'
);
select results_eq(
  $$ select * from private.answer_nps(repeat('a', 64), 9, E' \n Quick\nhelp. \t\r\n') $$,
  $$ values ('thanks', 'sq', 'ks') $$, 'an answer is thanked for'
);
select results_eq(
  $$ select * from private.answer_nps(repeat('a', 64), 0, 'No.') $$,
  $$ values ('answered', 'sq', 'ks') $$, 'and counts once'
);
select results_eq(
  $$ select state from private.nps_token_state(repeat('a', 64)) $$, array['answered'], 'which is told'
);
select results_eq(
  $$ select * from private.answer_nps(repeat('2', 64), 9, null) $$,
  $$ values ('expired', 'sq', 'ks') $$, 'one that comes too late does not'
);
select results_eq(
  $$ select * from private.answer_nps(repeat('9', 64), 9, null) $$,
  $$ values ('unknown', null::text, null::text) $$, 'nor one to no survey'
);
select tests.act_as('ks_staff');
select results_eq(
  $$ select state from private.answer_nps(repeat('3', 64), 0, E' \n\t\r\n ') $$, array['thanks'],
  'whoever is signed in: the link counts'
);
select tests.act_as_role('service_cron');
select throws_ok(
  $$ select * from private.answer_nps(repeat('3', 64), 10, null) $$, '42501', null,
  'the jobs answer nothing'
);
select throws_ok(
  $$
    update public.nps_survey_tokens set token_hash = repeat('c', 64)
    where send_id = '00000000-0000-4000-8000-000000000001'
  $$,
  '23001', null, 'nor make one afresh that was answered'
);

-- What is kept ----------------------------------------------------------------------------------------

select tests.act_as_owner();
select results_eq(
  $$
    select tenant_id, user_id, subscription_id, score, comment
    from public.nps_survey_responses order by score
  $$,
  $$
    values
      ('mk', tests.id_of('mk_member'), null::uuid, 0, null::text),
      ('ks', tests.id_of('ks_member'), null, 9, E'Quick\nhelp.')
  $$,
  'an answer belongs to who was asked, and blank words are none'
);
select throws_ok(
  $$
    insert into public.nps_survey_responses (tenant_id, user_id, token_id, score, comment)
    select tenant_id, user_id, id, 5, E'\n' from public.nps_survey_tokens
    where token_hash = repeat('2', 64)
  $$,
  '23514', null, 'whoever writes them'
);
select throws_ok(
  $$ update public.nps_survey_responses set score = 10 where true $$, '23001', null,
  'nobody changes an answer'
);
select throws_ok(
  $$ update public.nps_survey_tokens set used_at = null where used_at is not null $$, '23001', null,
  'or opens a survey again'
);
select throws_ok(
  $$ update public.nps_survey_tokens set user_id = tests.id_of('ks_admin') where tenant_id = 'ks' $$,
  '23001', null, 'or gives it to somebody else'
);

-- Who reads -------------------------------------------------------------------------------------------

select is_empty(
  'select id from public.nps_survey_responses union all select id from public.nps_survey_tokens',
  who || ' reads none'
)
from unnest(array['ks_member', 'ks_agent', 'ks_staff', 'ks_manager']) as who,
  lateral tests.act_as(who);
select tests.act_as('ks_admin');
select results_eq(
  'select score from public.nps_survey_responses', array[9], 'a tenant admin reads the tenant''s'
);
select is(
  (select count(used_at) || ' of ' || count(*) from public.nps_survey_tokens), '1 of 2',
  'and how many were asked'
);
select throws_ok(
  'select token_hash from public.nps_survey_tokens', '42501', null, 'not even the hash of a code'
);
select throws_ok(
  format('%s where true', change), '42501', null, 'an admin cannot ' || change
)
from unnest(array[
  'update public.nps_survey_responses set score = 10',
  'delete from public.nps_survey_responses',
  'update public.nps_survey_tokens set expires_at = now()',
  'delete from public.nps_survey_tokens'
]) as change;
select tests.act_as('mk_admin');
select results_eq(
  'select score from public.nps_survey_responses', array[0], 'another tenant''s admin reads the own'
);
select tests.act_as('super');
select is(
  (select count(*) from public.nps_survey_responses), 2::bigint, 'a super admin reads all'
);
select tests.act_as_role('service_webhooks');
select throws_ok(
  'select id from public.nps_survey_tokens', '42501', null, 'webhooks have no business here'
);

select * from finish();
rollback;
