----------------------------------------------------------------------------------------------------
-- How requests went, counted by minute: enough to say whether we keep our word, and nothing of who
-- asked for what. Site and functions hand in what they counted every few seconds.
----------------------------------------------------------------------------------------------------

create table private.request_minutes (
  minute timestamptz not null check (minute = date_trunc('minute', minute, 'UTC')),
  part text not null check (part in ('site', 'functions')),
  route text not null check (char_length(route) between 1 and 120),
  status_class smallint not null check (status_class between 1 and 5),
  requests bigint not null check (requests > 0),
  buckets bigint[] not null check (cardinality(buckets) = 15),
  primary key (minute, part, route, status_class)
);

create index request_minutes_route_idx on private.request_minutes (part, route, minute);

comment on table private.request_minutes is
  'How many requests a route had in a minute, how they ended and how long they took. Kept for 35 days.';
comment on column private.request_minutes.minute is 'The minute in which they were answered.';
comment on column private.request_minutes.part is 'site or functions.';
comment on column private.request_minutes.route is
  'Pattern of the address, for example /api/documents/:id/download; never an address itself.';
comment on column private.request_minutes.status_class is
  '2 answered, 3 led elsewhere, 4 refused, 5 failed.';
comment on column private.request_minutes.requests is 'How many.';
comment on column private.request_minutes.buckets is
  'How many took up to 5, 10, 25, 50, 100, 200, 300, 400, 500, 750, 1000, 2500, 5000, 10000 milliseconds, and longer; each is counted in one.';

alter table private.request_minutes enable row level security;
alter table private.request_minutes force row level security;

create function private.add_request_minutes(counted jsonb)
returns void
language sql
security definer
set search_path = ''
as $$
  insert into private.request_minutes as known
    (minute, part, route, status_class, requests, buckets)
  select given.minute, given.part, given.route, given.status_class, given.requests, given.buckets
  from jsonb_to_recordset(counted) as given (
    minute timestamptz, part text, route text, status_class smallint, requests bigint,
    buckets bigint[]
  )
  -- Nobody writes history, or fills the table with routes that there are not.
  where given.minute between now() - interval '15 minutes' and now() + interval '2 minutes'
  order by given.minute, given.part, given.route, given.status_class
  limit 500
  on conflict (minute, part, route, status_class) do update
  set
    requests = known.requests + excluded.requests,
    buckets = array(
      select mine + more
      from unnest(known.buckets, excluded.buckets) with ordinality as pair (mine, more, place)
      order by place
    )
$$;
comment on function private.add_request_minutes(jsonb) is
  'Adds to the counts of requests by minute, for the site and the functions.';

create function private.prune_request_minutes()
returns bigint
language sql
security definer
set search_path = ''
as $$
  with gone as (
    delete from private.request_minutes where minute < now() - interval '35 days' returning 1
  )
  select count(*) from gone
$$;
comment on function private.prune_request_minutes() is
  'Deletes counts of requests that are older than 35 days; returns how many rows.';

revoke all on function private.add_request_minutes(jsonb), private.prune_request_minutes()
from public;
grant execute on function private.add_request_minutes(jsonb) to anon, service_cron;
grant execute on function private.prune_request_minutes() to service_cron;

----------------------------------------------------------------------------------------------------
-- What we promise (docs/SLOS.md), and whether we keep it
----------------------------------------------------------------------------------------------------

create function private.slo_targets()
returns table (slo text, target numeric, over interval)
language sql
immutable
set search_path = ''
as $$
  values
    ('webhooks', 0.995, interval '30 days'),
    ('documents', 0.999, interval '30 days'),
    ('claims', 0.95, interval '7 days')
$$;
comment on function private.slo_targets() is
  'Our promises: events of Paddle applied at once, downloads that work, lists of claims within half a second (19 of 20), each over so long.';

create function private.slo_counts(slo text, since timestamptz, until timestamptz)
returns table (good bigint, total bigint)
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  if slo = 'webhooks' then
    -- Answered with 2xx at once, which is: applied at the first attempt. What arrived just now is not
    -- judged yet.
    return query
    select
      count(*) filter (where event.processing_result in ('ok', 'ignored') and event.attempts <= 1),
      count(*)
    from public.webhook_events as event
    where event.received_at > since and event.received_at <= until
      and event.signature_valid
      and (
        event.processing_result is not null or event.received_at < until - interval '5 minutes'
      );
  else
    -- What was refused (4xx) says nothing of us.
    return query
    select
      coalesce(
        sum(
          case
            when counted.status_class = 5 then 0
            when slo = 'claims' then (select sum(bucket) from unnest(counted.buckets[1:9]) as bucket)
            else counted.requests
          end
        ), 0
      )::bigint,
      coalesce(sum(counted.requests), 0)::bigint
    from private.request_minutes as counted
    where counted.part = 'site'
      and counted.route = any (
        case slo
          when 'documents' then
            array['/api/documents/:id/download', '/api/documents/share/:token/:number']
          when 'claims' then array['/api/claims']
        end
      )
      and counted.minute > since - interval '1 minute' and counted.minute <= until
      and counted.status_class <> 4;
  end if;
end
$$;
comment on function private.slo_counts(text, timestamptz, timestamptz) is
  'Of a promise, between two times: how often it was kept, and how often it could have been.';

create function private.request_p95(wanted_route text, since timestamptz, until timestamptz)
returns numeric
language sql
stable
security definer
set search_path = ''
as $$
  with summed as (
    select place, sum(bucket) as n
    from private.request_minutes as counted
    cross join lateral unnest(counted.buckets) with ordinality as held (bucket, place)
    where counted.part = 'site' and counted.route = wanted_route and counted.status_class <> 4
      and counted.minute > since - interval '1 minute' and counted.minute <= until
    group by place
  ), running as (
    select place, n, sum(n) over (order by place) as upto, sum(n) over () as total from summed
  ), hit as (
    select place, n, upto, total from running
    where upto >= 0.95 * total and total > 0
    order by place
    limit 1
  ), bounds as (
    select '{0,5,10,25,50,100,200,300,400,500,750,1000,2500,5000,10000,30000}'::numeric[] as ms
  )
  select round(ms[place] + (ms[place + 1] - ms[place]) * (0.95 * total - (upto - n)) / n, 1)
  from hit, bounds
$$;
comment on function private.request_p95(text, timestamptz, timestamptz) is
  'Time in milliseconds within which 95 of 100 requests of a route of the site were answered; exact to the bucket that it falls into.';

create function private.slo_figures(over interval default null, at timestamptz default now())
returns table (
  slo text, target numeric, measured_over interval, good bigint, total bigint, success numeric,
  burn numeric, p95_ms numeric
)
language sql
stable
security definer
set search_path = ''
as $$
  select
    promise.slo, promise.target, coalesce($1, promise.over), counts.good, counts.total,
    round(counts.good::numeric / nullif(counts.total, 0), 6),
    round((1 - counts.good::numeric / nullif(counts.total, 0)) / (1 - promise.target), 3),
    case
      when promise.slo = 'claims'
      then private.request_p95('/api/claims', $2 - coalesce($1, promise.over), $2)
    end
  from private.slo_targets() as promise
  cross join lateral private.slo_counts(promise.slo, $2 - coalesce($1, promise.over), $2) as counts
$$;
comment on function private.slo_figures(interval, timestamptz) is
  'How well each promise was kept over a time (its own if none is given). burn is how fast it uses up what may fail: at 1 exactly all of it.';

create function private.slo_burn(at timestamptz default now())
returns table (
  slo text, burn_5m numeric, burn_1h numeric, burn_6h numeric, burn_3d numeric, alert text
)
language sql
stable
security definer
set search_path = ''
as $$
  select
    rates.slo, rates.m5, rates.h1, rates.h6, rates.d3,
    -- Both windows: the long one so that it matters, the short one so that it is so still.
    case
      when rates.m5 > 14.4 and rates.h1 > 14.4 then 'fast'
      when rates.h6 > 1 and rates.d3 > 1 then 'slow'
    end
  from (
    select
      promise.slo,
      max(figures.burn) filter (where looked.name = '5m') as m5,
      max(figures.burn) filter (where looked.name = '1h') as h1,
      max(figures.burn) filter (where looked.name = '6h') as h6,
      max(figures.burn) filter (where looked.name = '3d') as d3
    from private.slo_targets() as promise
    cross join (
      values ('5m', interval '5 minutes'), ('1h', interval '1 hour'), ('6h', interval '6 hours'),
        ('3d', interval '3 days')
    ) as looked (name, long)
    join lateral private.slo_figures(looked.long, $1) as figures on figures.slo = promise.slo
    group by promise.slo
  ) as rates
$$;
comment on function private.slo_burn(timestamptz) is
  'How fast each promise uses up what may fail, over four windows, and whether that calls for somebody now (fast) or today (slow).';

revoke all on function
  private.slo_targets(), private.slo_counts(text, timestamptz, timestamptz),
  private.request_p95(text, timestamptz, timestamptz),
  private.slo_figures(interval, timestamptz), private.slo_burn(timestamptz)
from public;
grant execute on function
  private.slo_figures(interval, timestamptz), private.slo_burn(timestamptz)
to service_cron;
