-- Which country a web address belongs to.
begin;
set local search_path = public, extensions;

select plan(10);

select tests.act_as_owner();
select lives_ok(
  $$ update public.tenants set hosts = '{ks.example.org,www.ks.example.org,localhost,127.0.0.1}' where id = 'ks' $$,
  'a country has addresses'
);
select lives_ok(
  $$ update public.tenants set hosts = hosts where id = 'ks' $$, 'and may keep them'
);
select throws_ok(
  $$ update public.tenants set hosts = '{mk.example.org,ks.example.org}' where id = 'mk' $$, '23505',
  'a host belongs to ks already', 'another one does not get the same'
);
select throws_ok(
  $$
    insert into public.tenants (id, name, legal_name, country_code, support_email, support_phone, hosts)
    values ('xx', 'X', 'X', 'XX', 'x@example.test', '1', '{localhost}')
  $$,
  '23505', null, 'not even a new one'
);
select throws_ok(
  format('update public.tenants set hosts = array[%L] where id = %L', host, 'mk'), '23514', null,
  'nor is this an address: ' || host
)
from unnest(array[
  'https://mk.example.org', 'MK.example.org', 'mk.example.org:8000', 'mk.example.org/', ' mk.example.org', ''
]) as host;

select * from finish();
rollback;
