-- Access without payment
--
-- Memberships that let somebody in although no money explains it: nothing was paid for the running
-- period, all of it went back, or the period was made longer by hand than what was paid for.
--
-- Rows here: somebody gets help for which nobody has paid.
-- What to do: look for the payment in Paddle by `paddle_id`. It is there: have its event sent again
-- (RUNBOOK.md, Webhooks). It is not: cancel the subscription in Paddle, never here, so that Paddle
-- tells us. A period that was set by hand is on the audit log (changed_by_hand.sql says by whom).
with money as (
  select
    invoice.subscription_id,
    max(invoice.billed_at) as last_billed_at,
    max(invoice.period_end) as paid_until
  from public.billing_invoices as invoice
  where invoice.amount_cents > invoice.refunded_cents
  group by invoice.subscription_id
),
living as (
  select subscription.*
  from public.subscriptions as subscription
  where subscription.access_revoked_at is null
    and (
      subscription.status = 'active'
      or (subscription.status = 'canceled' and subscription.current_period_end > now())
      or (subscription.status = 'past_due' and subscription.grace_period_ends_at > now())
    )
)
select
  living.tenant_id as country,
  profile.member_number,
  living.provider_subscription_id as paddle_id,
  living.status,
  living.current_period_end as access_until,
  case
    when money.subscription_id is null then 'no payment at all, or all of it went back'
    when living.status <> 'past_due'
      and money.last_billed_at < living.current_period_start - interval '2 days'
      and coalesce(money.paid_until, '-infinity') < living.current_period_end - interval '2 days'
      then 'nothing was paid for the running period'
    else 'the period is longer than what was paid for'
  end as why
from living
join public.profiles as profile on profile.id = living.user_id
left join money on money.subscription_id = living.id
where money.subscription_id is null
  or (
    living.status <> 'past_due'
    and coalesce(
      money.paid_until,
      case when money.last_billed_at >= living.current_period_start - interval '2 days'
        then living.current_period_end
        else '-infinity'
      end
    ) < living.current_period_end - interval '2 days'
  )
order by country, member_number;
