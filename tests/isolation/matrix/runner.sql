-- Tries statements in somebody's name, each in a subtransaction that is undone, and tells what came
-- of them. `trials` is [{"role", "sub", "statements": […]}, …]; the answer holds one text a statement:
-- the number of rows, or "SQLSTATE message".
create function pg_temp.try_all(trials jsonb)
returns jsonb
language plpgsql
as $$
declare
  trial jsonb;
  statement text;
  touched bigint;
  outcomes jsonb := '[]';
  told text[];
begin
  for trial in select * from jsonb_array_elements(trials) loop
    told := '{}';
    perform
      set_config('role', trial ->> 'role', true),
      set_config('request.jwt.claim.sub', trial ->> 'sub', true),
      set_config('request.jwt.claim.role', trial ->> 'role', true),
      set_config('request.jwt.claims', trial ->> 'claims', true);
    for statement in select * from jsonb_array_elements_text(trial -> 'statements') loop
      begin
        execute statement;
        get diagnostics touched = row_count;
        raise exception using errcode = 'MTRIX', message = touched;
      exception
        when sqlstate 'MTRIX' then told := told || sqlerrm;
        when others then told := told || (sqlstate || ' ' || sqlerrm);
      end;
    end loop;
    perform set_config('role', 'none', true);
    outcomes := outcomes || jsonb_build_array(to_jsonb(told));
  end loop;
  return outcomes;
end
$$;
