-- The audit log sealed: whatever an owner who switches the triggers off does to it is found and named.
begin;
set local search_path = public, extensions;

select plan(53);

select tests.populate();

create function pg_temp.write(label text, tenant text default 'ks')
returns void
language sql
as $$
  insert into public.audit_log (tenant_id, actor_role, action, entity_type, entity_id)
  values (tenant, 'service_webhooks', 'webhook.received', 'chain_test', label)
$$;
create function pg_temp.seq_of(label text)
returns bigint
language sql
as $$
  select seq from public.audit_log where entity_type = 'chain_test' and entity_id = label
$$;
create function pg_temp.verdict(heads jsonb default '[]')
returns text
language sql
as $$
  select coalesce(
    (
      select problem || coalesce(
        ' ' || (select entity_id from public.audit_log where seq = found.seq), ''
      )
      from private.verify_audit(heads) as found
    ),
    'whole'
  )
$$;
-- What is found after the owner has done this, which is taken back again.
create function pg_temp.found_after(tampering text, heads jsonb default '[]')
returns text
language plpgsql
as $$
declare
  outcome text;
begin
  begin
    alter table public.audit_log disable trigger all;
    alter table public.audit_chain disable trigger all;
    alter table public.audit_heads disable trigger all;
    execute tampering;
    outcome := pg_temp.verdict(heads);
    raise exception 'taken back' using errcode = 'P0099';
  exception
    when sqlstate 'P0099' then null;
  end;
  return outcome;
end
$$;

-- Sealing -----------------------------------------------------------------------------------------

select is(pg_temp.verdict(), 'whole', 'what is not sealed yet is whole');
select isnt_empty('select * from private.seal_audit(1000000)', 'what is there is sealed');
select is(
  (select count(*) from public.audit_chain), (select count(*) from public.audit_log),
  'every row has a seal'
);
select is(
  (select max(position) from public.audit_chain), (select count(*) from public.audit_chain),
  'places are counted without gaps'
);
select results_eq(
  'select sealed, position, chain_hash from private.seal_audit()',
  $$ select 0::bigint, position, encode(chain_hash, 'hex') from private.audit_sealing $$,
  'nothing new, and nothing is done'
);
select pg_temp.write('one');
select pg_temp.write('two');
select pg_temp.write('three');
select is((select sealed from private.seal_audit(2)), 2::bigint, 'as many as one go may take');
select is((select sealed from private.seal_audit(2)), 1::bigint, 'and the rest in the next');
select pg_temp.write('four');
select pg_temp.write('five');
select is((select sealed from private.seal_audit()), 2::bigint, 'then what came since');
select is(
  (select array_agg(is_complete order by position desc) from (
    select * from public.audit_heads order by position desc limit 3
  ) as newest),
  array[true, true, false], 'each sealing has a head that says whether it took in all there was'
);
select is(pg_temp.verdict(), 'whole', 'all of it is whole');

-- Late rows ---------------------------------------------------------------------------------------

-- A number is given to a transaction that is not over when a higher one is sealed.
create temporary table held as
select nextval(pg_get_serial_sequence('public.audit_log', 'seq')) as seq;
select pg_temp.write('six');
select is((select sealed from private.seal_audit()), 1::bigint, 'a gap holds nothing up');
select ok(
  exists (select from private.audit_gaps, held where seq between first_seq and last_seq),
  'and is noted'
);
insert into public.audit_log (seq, tenant_id, actor_role, action, entity_type, entity_id)
overriding system value
select seq, 'ks', 'service_webhooks', 'webhook.received', 'chain_test', 'late' from held;
select pg_temp.write('seven');
select is((select sealed from private.seal_audit()), 2::bigint, 'a row that comes late is sealed');
select ok(
  (select position from public.audit_chain where seq = pg_temp.seq_of('late'))
    > (select position from public.audit_chain where seq = pg_temp.seq_of('six')),
  'at the place where the chain is then'
);
select is(pg_temp.verdict(), 'whole', 'which is no tampering');
select is((select sealed from private.seal_audit()), 0::bigint, 'once');

-- Tampering ---------------------------------------------------------------------------------------

create temporary table head as
select jsonb_agg(jsonb_build_object('position', position, 'chain_hash', encode(chain_hash, 'hex')))
  as kept
from (select * from public.audit_heads order by position desc limit 1) as newest;

select is(
  pg_temp.found_after(
    $$ update public.audit_log set actor_role = 'nobody' where seq = pg_temp.seq_of('three') $$
  ),
  'edited three', 'a row that was edited is found'
);
select is(
  pg_temp.found_after(format(
    'update public.audit_log set %s where seq = pg_temp.seq_of(''two'')', change
  )),
  'edited two', 'whatever was edited: ' || change
)
from unnest(array[
  'tenant_id = null', 'tenant_id = ''mk''', 'actor_id = gen_random_uuid()',
  'action = ''webhook.failed''', 'entity_type = null',
  'metadata = ''{"a": 1}''', 'created_at = created_at + interval ''1 microsecond'''
]) as change;
select is(
  pg_temp.found_after($$ delete from public.audit_log where seq = pg_temp.seq_of('three') $$),
  'deleted', 'a row that was deleted is found'
);
select is(
  pg_temp.found_after($$ truncate public.audit_log $$), 'deleted', 'so is an emptied log'
);
select is(
  pg_temp.found_after($$ delete from public.audit_log where seq = pg_temp.seq_of('seven') $$),
  'deleted', 'also the last row'
);
select is(
  pg_temp.found_after(
    $$
      alter table public.audit_log drop constraint audit_log_seq_key;
      alter table public.audit_log alter seq drop identity;
      create temporary table was on commit drop as
        select pg_temp.seq_of('two') as two, pg_temp.seq_of('three') as three;
      update public.audit_log as log
      set seq = case log.entity_id when 'two' then was.three else was.two end
      from was
      where entity_type = 'chain_test' and entity_id in ('two', 'three')
    $$
  ),
  'reordered three', 'rows that changed places are found'
);
select is(
  pg_temp.found_after(
    $$
      insert into public.audit_log (seq, actor_role, action, entity_type, entity_id)
      overriding system value values (-7, 'staff', 'claim.assigned', 'chain_test', 'forged')
    $$
  ),
  'inserted forged', 'a row put in before all others is found'
);
select is(
  pg_temp.found_after(
    $$
      delete from private.audit_gaps where true;
      delete from public.audit_chain where seq = pg_temp.seq_of('late');
      update private.audit_sealing set position = position where true
    $$
  ),
  'chain_altered', 'a seal that was removed is found'
);
-- In a number that was left out, while it is still looked for.
insert into private.audit_gaps (first_seq, last_seq) values (-9, -9);
select is(
  pg_temp.found_after(
    $$
      insert into public.audit_log
        (seq, actor_role, action, entity_type, entity_id, created_at)
      overriding system value
      values (-9, 'staff', 'claim.assigned', 'chain_test', 'forged', clock_timestamp());
      select private.seal_audit()
    $$
  ),
  'inserted forged', 'a row put into a number that was left out is found, once it is sealed'
);
select is(
  pg_temp.found_after(
    $$
      insert into public.audit_log (actor_role, action, entity_type, entity_id, created_at)
      values ('staff', 'claim.assigned', 'chain_test', 'forged', now() - interval '3 days');
      select private.seal_audit()
    $$
  ),
  'inserted forged', 'a row that pretends to be old is found'
);
select is(
  pg_temp.found_after(
    $$ update public.audit_chain set row_hash = sha256('x') where seq = pg_temp.seq_of('four') $$
  ),
  'edited four', 'a seal that does not fit its row is found'
);
select is(
  pg_temp.found_after(
    $$
      update public.audit_log set actor_role = 'nobody' where seq = pg_temp.seq_of('four');
      update public.audit_chain set row_hash = (
        select private.audit_row_hash(log.*) from public.audit_log as log where log.seq = audit_chain.seq
      ) where seq = pg_temp.seq_of('four')
    $$
  ),
  'chain_altered four', 'a row edited together with its seal is found'
);
select is(
  pg_temp.found_after(
    $$
      delete from public.audit_chain where position > (
        select position from public.audit_chain where seq = pg_temp.seq_of('five')
      );
      delete from public.audit_log where seq > pg_temp.seq_of('five')
    $$
  ),
  'cut', 'a chain whose end was cut off is found by what is noted beside it'
);
select is(
  pg_temp.found_after(
    $$
      delete from public.audit_chain where position > (
        select position from public.audit_chain where seq = pg_temp.seq_of('five')
      );
      delete from public.audit_log where seq > pg_temp.seq_of('five');
      delete from public.audit_heads where position > (select max(position) from public.audit_chain);
      update private.audit_sealing set
        position = (select max(position) from public.audit_chain),
        floor_seq = (select max(seq) from public.audit_chain),
        chain_hash = (select chain_hash from public.audit_chain order by position desc limit 1)
      where true
    $$,
    (select kept from head)
  ),
  'cut', 'and if that was cut too, by a head that was copied out'
);

-- Made anew from the tampered row to the end, as the owner could with the job's own functions.
create function pg_temp.make_anew()
returns void
language plpgsql
as $$
begin
  delete from public.audit_chain where true;
  delete from public.audit_heads where true;
  delete from private.audit_gaps where true;
  update private.audit_sealing set floor_seq = 0, position = 0, chain_hash = '' where true;
  perform private.seal_audit(1000000);
end
$$;
select is(
  pg_temp.found_after(
    $$
      update public.audit_log set actor_role = 'nobody' where seq = pg_temp.seq_of('four');
      select pg_temp.make_anew()
    $$
  ),
  'whole', 'a chain made anew after an edit looks whole from inside'
);
select is(
  left(pg_temp.found_after(
    $$
      update public.audit_log set actor_role = 'nobody' where seq = pg_temp.seq_of('four');
      select pg_temp.make_anew()
    $$,
    (select kept from head)
  ), 9),
  'rewritten', 'and is found by a head that was copied out'
);
select is(pg_temp.verdict((select kept from head)), 'whole', 'all of which was taken back');

-- In parts ----------------------------------------------------------------------------------------

update private.audit_sealing set verified_position = position - 3 where true;
select is(
  (select verified_to from private.verify_next(2)),
  (select position - 1 from private.audit_sealing), 'the job looks at a part at a time'
);
select is(
  (select verified_to from private.verify_next(2)),
  (select position from private.audit_sealing), 'to the end'
);
select is((select verified_to from private.verify_next(2)), 2::bigint, 'and begins anew');
alter table public.audit_log disable trigger all;
update public.audit_log set actor_role = 'nobody' where seq = pg_temp.seq_of('two');
alter table public.audit_log enable trigger all;
alter table public.audit_log enable always trigger refuse_change;
alter table public.audit_log enable always trigger refuse_truncate;
select is((select problem from private.verify_next(1000000)), 'edited', 'what is wrong is said');
select is((select problem from private.verify_next(1000000)), 'edited', 'again and again');
select throws_ok('delete from public.audit_chain where true', 'audit_chain is append-only', 'seals stay');
select throws_ok('truncate public.audit_chain', 'audit_chain is append-only', 'all of them');
select throws_ok(
  $$ update public.audit_heads set chain_hash = sha256('x') where true $$,
  'audit_heads is append-only', 'heads stay as they are'
);
select tests.act_as('ks_admin');
select throws_ok(
  'select * from public.verify_audit_log()', '42501', null, 'a tenant admin does not verify'
);
select is_empty('select position from public.audit_chain', 'nor see seals');
select tests.act_as('super');
select results_eq(
  'select problem from public.verify_audit_log()', array['edited'], 'a super admin does'
);
select tests.act_as_role('service_cron');
select lives_ok('select * from private.seal_audit()', 'the job seals');
select throws_ok(
  $$ insert into public.audit_chain values (1, 1, gen_random_uuid(), sha256('x'), sha256('x'), now()) $$,
  '42501', null, 'and makes no seals of its own'
);
select tests.act_as_role('service_webhooks');
select throws_ok('select * from private.seal_audit()', '42501', null, 'nobody else seals');

select * from finish();
rollback;
