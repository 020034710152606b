-- Payment without access
--
-- People whose money is with us for a period that is running, and who are not let in. Paused
-- memberships are left out: their owners asked for it.
--
-- Rows here: somebody paid and cannot file a claim. The most urgent list of all.
-- What to do: open the member at /admin/members; their events say what is missing. An event that
-- failed: mend the cause and replay it at /admin/webhooks. No event at all: `deno task
-- paddle:reconcile` fetches what Paddle has and we have not.
select
  invoice.tenant_id as country,
  profile.member_number,
  invoice.provider_transaction_id as transaction,
  invoice.billed_at,
  invoice.period_end as paid_until,
  (invoice.amount_cents - invoice.refunded_cents) / 100.0 as money_with_us,
  invoice.currency,
  case
    when subscription.id is null then 'no membership belongs to this payment'
    when subscription.access_revoked_at is not null then 'access was taken away'
    when subscription.status = 'past_due' then 'past due, and grace is over'
    else 'the membership is ' || subscription.status
  end as why
from public.billing_invoices as invoice
join public.profiles as profile on profile.id = invoice.user_id
left join public.subscriptions as subscription on subscription.id = invoice.subscription_id
where invoice.amount_cents > invoice.refunded_cents
  and invoice.period_end > now()
  and public.membership_access(invoice.user_id) not in ('active', 'grace')
  and subscription.status is distinct from 'paused'
  -- A failed payment takes away no more than the period that it was for.
  and profile.erased_at is null
order by invoice.billed_at;
