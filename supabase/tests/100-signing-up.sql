-- A person signs up. Whatever they claim, they become a member.
begin;
set local search_path = public, extensions;

select plan(26);

-- An honest sign-up -------------------------------------------------------------------------------

select tests.sign_up('ana', 'mk', metadata => '{"full_name": "  Ana Markova ", "locale": "sr"}');

select results_eq(
  $$
    select tenant_id, role, email, full_name, locale, branch_id, agent_id, is_active,
      marketing_opt_out_at
    from public.profiles where id = tests.id_of('ana')
  $$,
  $$
    values (
      'mk', 'member', 'ana@example.test', 'Ana Markova', 'sr', null::uuid, null::uuid, true,
      null::timestamptz
    )
  $$,
  'a sign-up makes a profile in the tenant that was named, with the contact details given'
);
select matches(
  (select member_number from public.profiles where id = tests.id_of('ana')),
  to_char(now() at time zone 'UTC', '"^MEM-"YYYY"-[0-9]{6}$"'),
  'and a member number of this year'
);

-- Claims that do not count ------------------------------------------------------------------------

select tests.sign_up('mallory', 'ks', metadata => jsonb_build_object(
  'role', 'super_admin', 'tenant_id', 'mk', 'branch_id', tests.branch('KS-A'),
  'agent_id', tests.id_of('ana'), 'ref', 'AGENT123', 'member_number', 'MEM-2020-000001',
  'is_active', true, 'locale', 'xx', 'full_name', repeat('x', 500)
));

select results_eq(
  $$
    select tenant_id, role, branch_id, agent_id, referral_code, locale, char_length(full_name)
    from public.profiles where id = tests.id_of('mallory')
  $$,
  $$ values ('ks', 'member', null::uuid, null::uuid, null::text, 'sq', 120) $$,
  'role, branch, agent and number in the metadata count for nothing'
);
select isnt(
  (select member_number from public.profiles where id = tests.id_of('mallory')),
  'MEM-2020-000001',
  'a member number cannot be chosen'
);

-- Names that hide something -----------------------------------------------------------------------

select tests.sign_up('hidden', 'ks', metadata => jsonb_build_object(
  'full_name', E'\u200b\u202eAna\x01\u001b[31m \u200b\tMarkova\u2069\u061c'
));
select is(
  (select full_name from public.profiles where id = tests.id_of('hidden')),
  'Ana[31m Markova',
  'characters that cannot be seen do not get into a name'
);
select tests.sign_up('empty_to_the_eye', 'ks', metadata => jsonb_build_object(
  'full_name', E'\u200b \u2060\ufeff'
));
select is(
  (select full_name from public.profiles where id = tests.id_of('empty_to_the_eye')),
  '',
  'and a name of nothing else is none'
);
select tests.act_as('ana');
update public.profiles set full_name = E'Љубица\u202e Ана-Đorđe' where id = tests.id_of('ana');
select tests.act_as_owner();
select is(
  (select full_name from public.profiles where id = tests.id_of('ana')),
  'Љубица Ана-Đorđe',
  'nor do they later, and every script keeps its letters'
);

-- Tenants that cannot be had ----------------------------------------------------------------------

select tests.sign_up('unknown_tenant', 'atlantis');
select is(
  (select tenant_id from public.profiles where id = tests.id_of('unknown_tenant')),
  'ks',
  'an unknown tenant means the default one'
);

update public.tenants set is_active = false where id = 'mk';
select tests.sign_up('closed_tenant', 'mk');
select is(
  (select tenant_id from public.profiles where id = tests.id_of('closed_tenant')),
  'ks',
  'so does one that is closed'
);
update public.tenants set is_active = true where id = 'mk';

insert into auth.users (id, aud, role, email, raw_user_meta_data)
values
  ('00000000-0000-4000-8000-000000000001', 'authenticated', 'authenticated', 'bare@example.test', null),
  ('00000000-0000-4000-8000-000000000002', 'authenticated', 'authenticated', 'odd@example.test', '["tenant"]');
select results_eq(
  $$ select tenant_id, role, locale, full_name from public.profiles where email in ('bare@example.test', 'odd@example.test') $$,
  $$ values ('ks', 'member', 'sq', ''), ('ks', 'member', 'sq', '') $$,
  'metadata that is missing or makes no sense does no harm'
);

update public.tenants set is_default = false where id = 'ks';
select throws_ok(
  $$
    insert into auth.users (id, email) values (gen_random_uuid(), 'nowhere@example.test')
  $$,
  'no tenant takes sign-ups',
  'a sign-up without any home is refused'
);
update public.tenants set is_default = true where id = 'ks';
select throws_ok(
  $$ update public.tenants set is_default = true where id = 'mk' $$,
  '23505',
  null,
  'only one tenant can be the default'
);

-- Member numbers ----------------------------------------------------------------------------------

select is(
  (select count(distinct member_number) from public.profiles),
  (select count(*) from public.profiles),
  'no two people have the same member number'
);
select is(
  (
    select split_part(member_number, '-', 3)::integer from public.profiles
    where email = 'odd@example.test'
  ),
  (
    select last_number from private.member_counters
    where year = extract(year from now() at time zone 'UTC')
  ),
  'the counter stands at the number given last'
);
select is(
  private.next_member_number('2031-12-31 23:30:00+00'), 'MEM-2031-000001',
  'each year starts at one'
);
select is(
  private.next_member_number('2031-12-31 20:30:00-05'), 'MEM-2032-000001',
  'and years are told apart in UTC'
);
update private.member_counters set last_number = 999999 where year = 2031;
select is(
  private.next_member_number('2031-06-01 00:00:00+00'), 'MEM-2031-1000000',
  'the number grows longer rather than starting again'
);
select throws_ok(
  $$ update public.profiles set member_number = 'MEM-2020-000007' where id = tests.id_of('ana') $$,
  'member_number never changes',
  'not even the owner changes a member number'
);

-- Later changes in Auth ---------------------------------------------------------------------------

update auth.users set email = 'ana.new@example.test' where id = tests.id_of('ana');
select is(
  (select email from public.profiles where id = tests.id_of('ana')),
  'ana.new@example.test',
  'a changed e-mail address reaches the profile'
);
update auth.users
set raw_user_meta_data = '{"tenant": "ks", "role": "super_admin"}'
where id = tests.id_of('ana');
select results_eq(
  $$ select tenant_id, role from public.profiles where id = tests.id_of('ana') $$,
  $$ values ('mk', 'member') $$,
  'metadata changed later changes nothing'
);
delete from auth.users where id = tests.id_of('mallory');
select is_empty(
  $$ select id from public.profiles where id = tests.id_of('mallory') $$,
  'a person who never bought anything can be deleted in Auth'
);
select tests.subscribe('ana', 'canceled');
select throws_ok(
  $$ delete from auth.users where id = tests.id_of('ana') $$,
  '23503',
  null,
  'a person with a membership cannot: accounts stay whole'
);

-- Agents ------------------------------------------------------------------------------------------

select tests.sign_up('agent', 'ks', 'agent', 'KS-A');
select matches(
  (select referral_code from public.profiles where id = tests.id_of('agent')),
  '^[0-9A-F]{8}$',
  'who becomes an agent gets a referral code'
);
select throws_ok(
  $$ select tests.sign_up('ward_of_member', 'ks', agent => 'unknown_tenant') $$,
  'agent_id must be an agent of the same tenant',
  'only an agent can look after members'
);
select throws_ok(
  $$ select tests.sign_up('ward_across', 'mk', agent => 'agent') $$,
  'agent_id must be an agent of the same tenant',
  'and only members of the own tenant'
);
select throws_ok(
  $$ select tests.sign_up('branch_across', 'mk', branch => 'KS-A') $$,
  '23503',
  null,
  'a branch of another tenant is refused'
);

select * from finish();
rollback;
