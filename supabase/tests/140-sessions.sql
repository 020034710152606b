-- A sign-in counts until its session is ended, however long its token is valid.
begin;
set local search_path = public, extensions;

select plan(10);

select tests.populate();

create temporary table sessions (handle text primary key, id uuid not null default gen_random_uuid());
insert into sessions (handle) values ('ks_member'), ('ks_other_member');
insert into auth.sessions (id, user_id) select id, tests.id_of(handle) from sessions;
grant select on sessions to public;

create function pg_temp.lives(handle text)
returns boolean
language sql
as $$
  select private.session_lives((select id from sessions where sessions.handle = $1))
$$;
grant execute on function pg_temp.lives(text) to public;

select tests.act_as('ks_member');
select ok(pg_temp.lives('ks_member'), 'a session lives');
select ok(not pg_temp.lives('ks_other_member'), 'somebody else''s is nobody''s business');
select ok(not private.session_lives(gen_random_uuid()), 'one that never was does not live');
select ok(not private.session_lives(null), 'a token that names no session has none');

select tests.act_as_owner();
update auth.sessions set not_after = now() + interval '1 minute';
select tests.act_as('ks_member');
select ok(pg_temp.lives('ks_member'), 'a session lives until its own end');
select tests.act_as_owner();
update auth.sessions set not_after = now();
select tests.act_as('ks_member');
select ok(not pg_temp.lives('ks_member'), 'and no longer');

select tests.act_as_owner();
update auth.sessions set not_after = null;
update auth.users set banned_until = now() + interval '1 day' where id = tests.id_of('ks_member');
select tests.act_as('ks_member');
select ok(not pg_temp.lives('ks_member'), 'a ban ends it at once');
select tests.act_as_owner();
update auth.users set banned_until = now() where id = tests.id_of('ks_member');
select tests.act_as('ks_member');
select ok(pg_temp.lives('ks_member'), 'until it is over');

select tests.act_as_owner();
delete from auth.sessions where id = (select id from sessions where handle = 'ks_member');
select tests.act_as('ks_member');
select ok(not pg_temp.lives('ks_member'), 'a logout ends it at once');

select tests.act_as_role('anon');
select throws_ok(
  'select private.session_lives(gen_random_uuid())', '42501', null, 'a visitor has no session'
);

select * from finish();
rollback;
