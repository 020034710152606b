-- What was changed by hand
--
-- A look, not a check: every change of the last fourteen days that was made in Studio or by SQL and not
-- by the application, the newest first. What people wrote (names, messages) is never told, only that it
-- changed.
select
  entry.created_at,
  entry.actor_role as where_from,
  coalesce(entry.metadata ->> 'database_role', '') as login,
  entry.action,
  entry.entity_type as in_table,
  entry.entity_id as row,
  entry.metadata -> 'changed' as columns,
  entry.metadata -> 'before' as before,
  entry.metadata -> 'after' as after
from public.audit_log as entry
where entry.action like 'row.%' and entry.created_at > now() - interval '14 days'
order by entry.seq desc
limit 200;
