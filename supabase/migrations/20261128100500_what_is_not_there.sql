----------------------------------------------------------------------------------------------------
-- What is not there, or not for whoever asks: PT404. The Data API answers that with 404; the plpgsql
-- condition no_data_found (P0002) that these functions raised was a 500 to it, an alarm for nothing.
----------------------------------------------------------------------------------------------------

do $all$
declare
  telling record;
begin
  for telling in
    select pg_get_functiondef(function.oid) as definition
    from pg_proc as function
    join pg_namespace as home on home.oid = function.pronamespace
    where home.nspname in ('public', 'private')
      and function.prosrc ~ $re$errcode = 'no_data_found'$re$
  loop
    execute replace(telling.definition, $$errcode = 'no_data_found'$$, $$errcode = 'PT404'$$);
  end loop;
end
$all$;
