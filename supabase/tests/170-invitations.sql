-- Invitations: who invites whom to what, and that only that person gets only that, once.
begin;
set local search_path = public, extensions;

select plan(103);

select tests.populate();
select tests.sign_up('ks_second_admin', 'ks', 'tenant_admin');
select tests.sign_up('ks_second_agent', 'ks', 'agent', 'KS-B');
insert into public.branches (tenant_id, code, name, is_active) values ('ks', 'KS-SHUT', 'Shut', false);

create temporary table made (name text primary key, id uuid not null);
create temporary table places as select code, id from public.branches;
grant select, insert, delete on made to public;
grant select on places to public;

create function pg_temp.hash(name text)
returns text
language sql
as $$
  select encode(sha256(convert_to(name, 'UTF8')), 'hex')
$$;
-- The name of an invitation is its key, and its address unless another one is given.
create function pg_temp.invite(
  name text,
  role text,
  branch text default null,
  email text default null,
  tenant text default null
)
returns uuid
language sql
as $$
  insert into made
  select invite.name, private.create_invitation(
    coalesce(invite.email, invite.name || '@example.test'), invite.role,
    (select id from places where code = invite.branch), 'Somebody New', 'sq', pg_temp.hash(invite.name),
    invite.tenant
  )
  returning id
$$;
create function pg_temp.id_of(name text)
returns uuid
language sql
as $$
  select id from made where made.name = $1
$$;
create function pg_temp.state_of(name text)
returns text
language sql
as $$
  select state from private.invitation_by_token(pg_temp.hash(name))
$$;
create function pg_temp.accept(name text)
returns text
language sql
as $$
  select private.accept_invitation(pg_temp.hash(name))
$$;
create function pg_temp.standing(handle text)
returns text
language sql
security definer
as $$
  select concat_ws(
    ' ', role, (select code from public.branches where id = branch_id),
    (select known.handle from tests.known_people as known where user_id = agent_id)
  )
  from public.profiles where id = tests.id_of($1)
$$;
grant execute on function
  pg_temp.hash(text), pg_temp.invite(text, text, text, text, text), pg_temp.id_of(text),
  pg_temp.state_of(text), pg_temp.accept(text), pg_temp.standing(text)
to public;

-- Inviting ------------------------------------------------------------------------------------------

select tests.act_as('ks_admin');
select lives_ok(
  format('select pg_temp.invite(%L, %L, %L)', 'new_' || role, role, branch),
  'an admin invites a ' || role
)
from (values
  ('member', null), ('agent', 'KS-A'), ('staff', null), ('branch_manager', 'KS-B'),
  ('tenant_admin', null)
) as wanted (role, branch);
select results_eq(
  $$
    select tenant_id, email, role, branch_id = tests.branch('KS-A'), agent_id, full_name, locale,
      invited_by = tests.id_of('ks_admin'), expires_at = now() + interval '7 days'
    from public.invitations where id = pg_temp.id_of('new_agent')
  $$,
  $$
    values (
      'ks', 'new_agent@example.test', 'agent', true, null::uuid, 'Somebody New', 'sq', true, true
    )
  $$,
  'for seven days, to what was said'
);
select throws_ok(
  $$ select token_hash from public.invitations $$, '42501', null, 'whose key nobody reads'
);
select lives_ok(
  $$ select pg_temp.invite('shouted', 'staff', email => '  Shouted@Example.TEST ') $$,
  'however the address is written'
);
select is(
  (select email from public.invitations where id = pg_temp.id_of('shouted')),
  'shouted@example.test', 'it is kept in small letters'
);
select throws_ok(
  format('select pg_temp.invite(%L, %L, email => %L)', 'again', 'member', ' SHOUTED@example.test'),
  '23505', 'an invitation is open', 'nobody is invited twice at a time'
);
select throws_ok(
  format('select pg_temp.invite(%L, %L, %L, %L)', 'bad', role, branch, email), state, null,
  format('not to be %s at %s with %s', role, branch, email)
)
from (values
  ('super_admin', null, null, '42501'), ('god', null, null, '42501'), (null, null, null, '42501'),
  ('agent', null, null, '23514'), ('branch_manager', null, null, '23514'),
  ('agent', 'KS-SHUT', null, '23514'), ('staff', 'MK-A', null, '23503'),
  ('staff', null, 'no address', '23514'), ('staff', null, 'a@b@c', '23514'),
  ('staff', null, '', '23514'), ('staff', null, 'ks_admin@example.test', '42501'),
  ('staff', null, repeat('x', 300) || '@example.test', '23514'),
  ('member', null, 'KS_Staff@example.test', '23505')
) as wrong (role, branch, email, state);
select throws_ok(
  $$ select pg_temp.invite('foreign', 'staff', tenant => 'mk') $$, '42501', null,
  'nor into another country'
);
select throws_ok(
  $$ select private.create_invitation('x@example.test', 'staff', null, '', 'sq', 'not a hash') $$,
  '23514', null, 'nor with a key that is none'
);
select throws_ok(
  $$ select private.create_invitation('x@example.test', 'staff', null, '', 'sq', pg_temp.hash('new_staff')) $$,
  '23505', null, 'nor with the key of another'
);
select throws_ok(change, '42501', null, 'nobody writes the table: ' || left(change, 40))
from unnest(array[
  'insert into public.invitations (tenant_id, email, role, locale, token_hash) values (''ks'', ''x@example.test'', ''super_admin'', ''sq'', ''x'')',
  'update public.invitations set role = ''super_admin'' where true',
  'update public.invitations set accepted_at = now() where true',
  'delete from public.invitations where true'
]) as change;

select throws_ok(
  $$ select pg_temp.invite('no', 'member') $$, '42501', null, who || ' invites nobody'
)
from unnest('{ks_member,ks_staff,ks_manager}'::text[]) as who, lateral tests.act_as(who);
select tests.act_as_role('anon');
select throws_ok($$ select pg_temp.invite('no', 'member') $$, '42501', null, 'nor does a visitor');

select tests.act_as('ks_agent');
select lives_ok(
  $$ select pg_temp.invite('by_agent', 'member', 'KS-B') $$, 'an agent invites members'
);
select results_eq(
  $$
    select branch_id = (select id from places where code = 'KS-A'), agent_id = tests.id_of('ks_agent')
    from public.invitations
  $$,
  $$ values (true, true) $$, 'to be theirs, of their own branch, and sees those alone'
);
select throws_ok(
  format('select pg_temp.invite(%L, %L, %L)', 'no', role, 'KS-A'), '42501', null, 'but no ' || role
)
from unnest('{agent,staff,tenant_admin}'::text[]) as role;
select lives_ok(
  $$ select pg_temp.invite('oracle', 'member', email => 'ks_staff@example.test') $$,
  'nor do they learn who has an account'
);
select tests.act_as('ks_second_agent');
select is_empty('select from public.invitations', 'another agent sees nothing of it');
select throws_ok(
  format('select private.revoke_invitation(%L)', pg_temp.id_of('by_agent')), 'PT404', null,
  'and ends nothing of it'
);
select throws_ok(
  format('select private.renew_invitation(%L, %L)', pg_temp.id_of('by_agent'), pg_temp.hash('mine now')),
  'PT404', null, 'nor takes it over'
);

select tests.act_as('super');
select lives_ok(
  $$ select pg_temp.invite('new_super', 'super_admin', tenant => 'mk') $$,
  'a super admin invites into every country, to every role'
);
select lives_ok(
  $$ select pg_temp.invite('mk_agent', 'agent', 'MK-A', tenant => 'mk') $$, 'in its branches'
);
select tests.act_as('mk_admin');
select results_eq(
  'select role from public.invitations order by role', array['agent', 'super_admin'],
  'whose admin sees that, and nothing of other countries'
);
select throws_ok(
  format('select private.revoke_invitation(%L)', pg_temp.id_of('new_super')), '42501', null,
  'but does not undo what only a super admin may do'
);
select throws_ok(
  format('select private.renew_invitation(%L, %L)', pg_temp.id_of('new_super'), pg_temp.hash('mine')),
  '42501', null, 'nor take its key'
);
select throws_ok(
  format('select private.renew_invitation(%L, %L)', pg_temp.id_of('new_staff'), pg_temp.hash('mine')),
  'PT404', null, 'and what is in other countries is not there'
);

-- Again, and back -------------------------------------------------------------------------------------

select tests.act_as_owner();
update public.invitations set expires_at = now() where email = 'new_member@example.test';
select tests.act_as('ks_second_admin');
select is(
  private.renew_invitation(pg_temp.id_of('new_member'), pg_temp.hash('new key')),
  now() + interval '7 days', 'one that is over may be sent again, by another admin too'
);
select is(pg_temp.state_of('new_member'), 'unknown', 'the old link is none any more');
select is(pg_temp.state_of('new key'), 'open', 'the new one is open');
select is(private.revoke_invitation(pg_temp.id_of('new_member')), true, 'or be taken back');
select is(private.revoke_invitation(pg_temp.id_of('new_member')), false, 'once');
select is(pg_temp.state_of('new key'), 'revoked', 'then its link says so');
select throws_ok(
  format('select private.renew_invitation(%L, %L)', pg_temp.id_of('new_member'), pg_temp.hash('newer')),
  '55000', 'the invitation is revoked', 'and it is not sent again'
);
select tests.act_as_owner();
update public.invitations set expires_at = now() where email = 'shouted@example.test';
select tests.act_as('ks_admin');
select lives_ok(
  $$ select pg_temp.invite('second_try', 'member', email => 'shouted@example.test') $$,
  'what is over makes room for another one'
);

-- Looking ---------------------------------------------------------------------------------------------

select tests.act_as_role('anon');
select results_eq(
  $$
    select state, tenant_id, role, email, full_name, locale, expires_at, is_mine
    from private.invitation_by_token(pg_temp.hash('new_agent'))
  $$,
  $$
    values (
      'open', 'ks', 'agent', 'new_agent@example.test', 'Somebody New', 'sq',
      now() + interval '7 days', null::boolean
    )
  $$,
  'whoever has the link sees what it offers'
);
select results_eq(
  $$
    select state, email, full_name from private.invitation_by_token(pg_temp.hash('new key'))
  $$,
  $$ values ('revoked', null, null) $$, 'and not whom it was for, once it is over'
);
select results_eq(
  format('select state, tenant_id, role, is_mine from private.invitation_by_token(%L)', token),
  $$ values ('unknown', null, null, null::boolean) $$, 'a key that is none leads nowhere'
)
from unnest(array[pg_temp.hash('guess'), '', null]) as token;
select throws_ok('select from public.invitations', '42501', null, 'a visitor reads no list');

-- Accepting -------------------------------------------------------------------------------------------

select tests.act_as_owner();
select tests.sign_up('new_agent', 'ks');
select tests.sign_up('new_staff', 'ks');
select tests.sign_up('new_tenant_admin', 'mk');
select tests.sign_up('by_agent', 'ks');
select tests.sign_up('second_try', 'ks');
update auth.users set email = 'Shouted@example.test' where id = tests.id_of('second_try');

select tests.act_as_role('anon');
select throws_ok($$ select pg_temp.accept('new_agent') $$, '42501', null, 'a visitor accepts nothing');
select tests.act_as('ks_member');
select throws_ok(
  $$ select pg_temp.accept('new_agent') $$, '42501', 'the invitation is for another address',
  'nor does anybody else'
);
select throws_ok(
  $$ select pg_temp.accept('guess') $$, 'PT404', 'invitation not found', 'nor with a guess'
);
select is(
  (select is_mine from private.invitation_by_token(pg_temp.hash('new_agent'))), false,
  'which they are told before'
);
select is(pg_temp.state_of('new_agent'), 'open', 'none of that used it up');
select tests.act_as('new_tenant_admin');
select throws_ok(
  $$ select pg_temp.accept('new_tenant_admin') $$, '42501', 'the invitation is for another country',
  'nor the right person in the wrong country'
);
select tests.act_as('new_agent');
select throws_ok(
  $$ update public.profiles set role = 'agent', branch_id = null where id = tests.id_of('new_agent') $$,
  '42501', null, 'an invitation that was not accepted gives nothing'
);
select is(pg_temp.accept('new_agent'), 'agent', 'the person who is meant accepts');
select is(pg_temp.standing('new_agent'), 'agent KS-A', 'and gets role and branch');
select throws_ok(
  format('update public.profiles set %s where id = tests.id_of(%L)', change, 'new_agent'), '42501',
  'nobody changes their own role, branch, agent or lock', 'and nothing beyond that: ' || change
)
from unnest(array[
  'role = ''tenant_admin''', 'branch_id = (select id from places where code = ''KS-B'')',
  'agent_id = tests.id_of(''ks_agent'')', 'is_active = false'
]) as change;
select is(pg_temp.accept('new_agent'), 'agent', 'accepting again says the same');
select is(pg_temp.state_of('new_agent'), 'accepted', 'the link is used up');
select is(
  (select is_mine from private.invitation_by_token(pg_temp.hash('new_agent'))), true,
  'by the one who looks'
);
select tests.act_as('ks_admin');
select throws_ok(
  format('select private.%s', act), '55000', 'the invitation is accepted', 'then it is over: ' || left(act, 6)
)
from unnest(array[
  format('renew_invitation(%L, %L)', pg_temp.id_of('new_agent'), pg_temp.hash('once more')),
  format('revoke_invitation(%L)', pg_temp.id_of('new_agent'))
]) as act;
select private.set_role(tests.id_of('new_agent'), 'member', null);
select tests.act_as('new_agent');
select is(pg_temp.accept('new_agent'), 'member', 'what was given and taken does not come back');
select is(pg_temp.standing('new_agent'), 'member', 'by the same link');
select tests.act_as('second_try');
select is(
  pg_temp.accept('second_try'), 'member', 'an address is the same in small letters and large'
);
select tests.act_as('by_agent');
select is(pg_temp.accept('by_agent'), 'member', 'a member accepts an agent''s invitation');
select is(pg_temp.standing('by_agent'), 'member KS-A ks_agent', 'and is theirs');

select tests.act_as_owner();
select results_eq(
  $$
    select action, actor_role, metadata - 'invited_by' - 'expires_at' - 'branch_id'
    from public.audit_log
    where entity_id in (pg_temp.id_of('new_agent')::text, tests.id_of('new_agent')::text)
      and action not like 'user.settings%'
    order by seq
  $$,
  format($$
    values
      ('invitation.created', 'tenant_admin', '{"role": "agent"}'::jsonb),
      ('invitation.accepted', 'member', '{"role": "agent", "accepted_by": "%s"}'),
      ('user.role_granted', 'agent', '{"before": "member", "after": "agent", "invitation_id": "%s"}'),
      ('user.role_revoked', 'tenant_admin', '{"before": "agent", "after": "member"}')
  $$, tests.id_of('new_agent'), pg_temp.id_of('new_agent')),
  'all of it is in the audit log, with what was before and after and by which invitation'
);
select is_empty(
  $$ select from public.audit_log where metadata::text like '%@%' or metadata::text like '%Somebody%' $$,
  'and nobody''s address or name'
);

-- Not instead of something else -----------------------------------------------------------------------

select tests.sign_up('becomes_staff', 'ks');
select tests.sign_up('has_agent', 'ks', 'member', 'KS-A', 'ks_agent');
select tests.sign_up('gets_locked', 'ks');
select tests.act_as('ks_second_agent');
select pg_temp.invite('has_agent', 'member');
select tests.act_as('ks_admin');
select pg_temp.invite('becomes_staff', 'agent', 'KS-A');
select pg_temp.invite('gets_locked', 'staff');
select private.set_role(tests.id_of('becomes_staff'), 'staff', null);
select private.set_active(tests.id_of('gets_locked'), false);
select tests.act_as('becomes_staff');
select throws_ok(
  $$ select pg_temp.accept('becomes_staff') $$, '23505', 'this person has a role',
  'nobody gives a role up by a link'
);
select tests.act_as('has_agent');
select throws_ok(
  $$ select pg_temp.accept('has_agent') $$, '23505', 'this person has an agent',
  'nor one agent for another'
);
select tests.act_as('gets_locked');
select throws_ok(
  $$ select pg_temp.accept('gets_locked') $$, '42501', 'the account is locked',
  'nor does a link open a lock'
);

-- Who may not give it any more ------------------------------------------------------------------------

select tests.act_as('ks_second_admin');
select pg_temp.invite('accomplice', 'tenant_admin');
select pg_temp.invite('friend', 'member');
select tests.act_as('ks_agent');
select pg_temp.invite('prospect', 'member');
select tests.act_as('ks_admin');
select private.set_active(tests.id_of('ks_second_admin'), false);
select private.set_role(tests.id_of('ks_agent'), 'staff', null);
select results_eq(
  $$ select name, pg_temp.state_of(name) from made where name in ('accomplice', 'friend', 'prospect') order by name $$,
  $$ values ('accomplice', 'revoked'), ('friend', 'revoked'), ('prospect', 'revoked') $$,
  'what somebody invited to ends with their right to'
);
select is(pg_temp.state_of('new_branch_manager'), 'open', 'what others invited to goes on');
select tests.act_as('ks_second_admin');
select throws_ok(
  $$ select pg_temp.invite('late', 'member') $$, '42501', null, 'who is locked invites nobody'
);

-- Too many --------------------------------------------------------------------------------------------

select tests.act_as('ks_second_agent');
select lives_ok(
  $$
    select pg_temp.invite('bulk_' || nr, 'member') from generate_series(1, 49) as nr
  $$,
  'an agent invites fifty people in a day'
);
select throws_ok(
  $$ select pg_temp.invite('bulk_50', 'member') $$, '54000', 'too many invitations', 'and no more'
);
select throws_ok(
  format('select private.renew_invitation(%L, %L)', pg_temp.id_of('bulk_1'), pg_temp.hash('more')),
  '54000', 'too many invitations', 'the same ones neither'
);

-- Whoever changes the table ---------------------------------------------------------------------------

select tests.act_as_owner();
select throws_ok(
  format('update public.invitations set %s where id = pg_temp.id_of(%L)', change, name), '23001', null,
  format('nobody sets %s of %s', change, name)
)
from (values
  ('new_staff', 'role = ''tenant_admin'''), ('new_staff', 'tenant_id = ''mk'''),
  ('new_staff', 'email = ''other@example.test'''), ('new_agent', 'accepted_at = null, accepted_by = null'),
  ('new_member', 'revoked_at = null')
) as attack (name, change);
select lives_ok(
  $$
    update public.invitations set email = 'erased@invalid', full_name = ''
    where id in (pg_temp.id_of('new_staff'), pg_temp.id_of('new_branch_manager'))
  $$,
  'what is personal can be erased'
);

select * from finish();
rollback;
