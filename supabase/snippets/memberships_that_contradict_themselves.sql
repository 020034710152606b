-- Memberships that contradict themselves
--
-- What the rules of billing rule out: active though the period ended days ago (an event is missing),
-- past due without a day on which grace ends, grace that ended without anybody being told, and two
-- memberships that run at the same time for one person.
--
-- What to do: `deno task paddle:reconcile` takes in what Paddle has and we have not; it is safe to
-- repeat. Two memberships: ask the member, cancel one in Paddle, refund it there.
select
  subscription.tenant_id as country,
  profile.member_number,
  subscription.provider_subscription_id as paddle_id,
  subscription.status,
  subscription.current_period_end,
  fault.what
from public.subscriptions as subscription
join public.profiles as profile on profile.id = subscription.user_id
cross join lateral (
  select 'active, and its period ended more than three days ago' as what
  where subscription.status in ('active', 'trialing')
    and subscription.current_period_end < now() - interval '3 days'
  union all
  select 'past due without a day on which grace ends'
  where subscription.status = 'past_due' and subscription.grace_period_ends_at is null
  union all
  select 'grace ended more than a day ago, and nobody was told'
  where subscription.status = 'past_due' and subscription.suspended_at is null
    and subscription.grace_period_ends_at < now() - interval '1 day'
  union all
  select 'another membership of the same person runs too'
  where subscription.status in ('active', 'trialing', 'past_due')
    and exists (
      select
      from public.subscriptions as other
      where other.user_id = subscription.user_id and other.id <> subscription.id
        and other.status in ('active', 'trialing', 'past_due')
        and (other.started_at, other.id) < (subscription.started_at, subscription.id)
    )
) as fault
order by country, member_number, what;
