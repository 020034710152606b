-- Notes about members, and what comes of an agent's link.
begin;
set local search_path = public, extensions;

select plan(33);

select tests.populate();
select tests.sign_up('ks_second_agent', 'ks', 'agent', 'KS-B');
select tests.sign_up('ks_second_manager', 'ks', 'branch_manager', 'KS-B');
create temporary table made (name text primary key, id uuid not null);
grant select, insert on made to public;
create function pg_temp.note(name text, member text default 'ks_member')
returns void
language sql
as $$
  insert into made
  select note.name, private.add_member_note(tests.id_of(member), 'call', e' Called\u202e ', null)
$$;
create function pg_temp.id_of(name text)
returns uuid
language sql
as $$
  select id from made where made.name = $1
$$;
create function pg_temp.seen()
returns bigint
language sql
as $$
  select count(*) from public.member_notes
$$;
grant execute on all functions in schema pg_temp to public;

-- Notes ---------------------------------------------------------------------------------------------

select tests.act_as('ks_agent');
select lives_ok($$ select pg_temp.note('agent') $$, 'an agent notes about a member of theirs');
select is(
  (select body from public.member_notes where id = pg_temp.id_of('agent')), 'Called', 'in plain text'
);
select throws_ok(
  $$ select pg_temp.note('x', 'ks_other_member') $$, 'PT404', null, 'not about others'
);
select throws_ok(
  $$ select private.add_member_note(tests.id_of('ks_member'), 'call', ' ', null) $$, '23502', null,
  'a note says something'
);
select throws_ok(
  $$ insert into public.member_notes (tenant_id) values ('ks') $$, '42501', null,
  'nobody writes to the table'
);
select tests.act_as('ks_staff');
select lives_ok($$ select pg_temp.note('staff') $$, 'staff note too');
select is(pg_temp.seen(), 2::bigint, 'and see all notes');
select throws_ok(
  $$ select private.edit_member_note(pg_temp.id_of('agent'), 'call', 'x', null) $$, 'PT404', null,
  'nobody changes what another wrote'
);
select tests.act_as('ks_agent');
select is(pg_temp.seen(), 1::bigint, 'an agent sees their own');
select tests.act_as('ks_second_agent');
select is(pg_temp.seen(), 0::bigint, 'another agent none');
select throws_ok($$ select pg_temp.note('x') $$, 'PT404', null, 'and writes none');
select tests.act_as('ks_manager');
select is(pg_temp.seen(), 2::bigint, 'the manager of the branch sees them');
select tests.act_as('ks_second_manager');
select is(pg_temp.seen(), 0::bigint, 'that of another does not');
select tests.act_as('ks_member');
select is(pg_temp.seen(), 0::bigint, 'members never do');
select throws_ok($$ select pg_temp.note('x') $$, 'PT404', null, 'nor write any');
select tests.act_as('mk_admin');
select is(pg_temp.seen(), 0::bigint, 'another country neither');
select throws_ok(
  $$ select private.delete_member_note(pg_temp.id_of('agent')) $$, 'PT404', null, 'nor deletes them'
);

select tests.act_as('ks_agent');
select private.edit_member_note(pg_temp.id_of('agent'), 'follow_up', 'Call again', now());
select private.finish_member_note(pg_temp.id_of('agent'), true);
select private.finish_member_note(pg_temp.id_of('agent'), true);
select private.pin_member_note(pg_temp.id_of('agent'), true);
select private.pin_member_note(pg_temp.id_of('agent'), true);
select results_eq(
  $$ select type, body, is_pinned, done_at is not null from public.member_notes $$,
  $$ values ('follow_up', 'Call again', true, true) $$, 'the author changes it'
);
select private.edit_member_note(pg_temp.id_of('agent'), 'follow_up', 'Call again', now() + interval '1 day');
select is(
  (select done_at from public.member_notes), null, 'another day is another task'
);
select tests.act_as_owner();
update public.profiles set agent_id = tests.id_of('ks_second_agent')
where id = tests.id_of('ks_member');
select tests.act_as('ks_agent');
select is(pg_temp.seen(), 0::bigint, 'a member who is given away takes the notes along');
select throws_ok(
  $$ select private.delete_member_note(pg_temp.id_of('agent')) $$, 'PT404', null,
  'which the former agent does not delete'
);
select tests.act_as('ks_admin');
select private.delete_member_note(pg_temp.id_of('agent'));
select tests.act_as_owner();
select results_eq(
  $$
    select action, count(*), bool_or(metadata::text ~ 'Call')
    from public.audit_log where entity_id = pg_temp.id_of('agent')::text group by 1 order by 1
  $$,
  $$ values ('member_note.created', 1::bigint, false), ('member_note.deleted', 1, false),
      ('member_note.pin_toggled', 1, false), ('member_note.updated', 3, false) $$,
  'each change is on the log once, without words'
);

-- Activities ------------------------------------------------------------------------------------------

select tests.act_as('ks_second_agent');
select lives_ok(
  $$ select private.add_member_activity(tests.id_of('ks_member'), 'meeting', now(), 'Met') $$,
  'the new agent writes down what was done'
);
select throws_ok(
  $$ select private.add_member_activity(tests.id_of('ks_member'), 'meeting', now() + interval '1 day', 'x') $$,
  '23514', null, 'nothing that is to come'
);
select tests.act_as_owner();
select throws_ok(
  $$ update public.member_activities set summary = 'x' where true $$, '23001', null, 'it stays so'
);

-- Links ---------------------------------------------------------------------------------------------

update public.profiles set referral_code = 'AGENT1' where id = tests.id_of('ks_second_agent');
select tests.act_as_role('anon');
select private.count_referral_click(' agent1 ');
select private.count_referral_click('AGENT1');
select private.count_referral_click('NOBODY');
select throws_ok('select * from public.referral_clicks', '42501', null, 'visitors see no counts');
select tests.act_as('ks_second_agent');
select is((select clicks from public.referral_clicks), 2, 'visits are counted');
select results_eq(
  $$ select * from private.referral_figures(tests.id_of('ks_second_agent')) $$,
  $$ values (2::bigint, 1::bigint, 0::bigint) $$, 'one came, and is no member yet'
);
select is_empty(
  $$ select * from private.referral_figures(tests.id_of('ks_agent')) $$, 'nobody else''s figures'
);
select tests.act_as('ks_member');
select is_empty($$ select * from public.referral_clicks $$, 'members see none');
select tests.act_as('ks_second_manager');
select is(
  (select clicks from private.referral_figures(tests.id_of('ks_second_agent'))), 2::bigint,
  'the manager of the branch does'
);
select tests.act_as_owner();
select tests.subscribe('ks_member', 'active');
update public.profiles set is_active = false where id = tests.id_of('ks_second_agent');
select private.count_referral_click('AGENT1');
select is((select sum(clicks) from public.referral_clicks), 2::bigint, 'a link of somebody who left leads nowhere');
select tests.act_as('ks_admin');
select results_eq(
  $$ select clicks, members from private.referral_figures(tests.id_of('ks_second_agent')) $$,
  $$ values (2::bigint, 1::bigint) $$, 'who became a member is counted as one'
);

select * from finish();
rollback;
