-- Commissions that nothing explains
--
-- Commissions whose amount is not the share of what was paid, whose rate is not the rate of their kind,
-- that no invoice stands behind, that were earned on oneself or by somebody who was no agent, and those
-- that are to be paid although all of the money went back.
--
-- What to do: pay none of these. What was earned never changes; make the row void at
-- /admin/commissions with the reason, and enter what is right there.
select
  commission.tenant_id as country,
  agent.full_name as agent,
  commission.type,
  commission.status,
  commission.amount_cents / 100.0 as amount,
  commission.currency,
  commission.source_transaction_id as transaction,
  fault.what
from public.agent_commissions as commission
join public.profiles as agent on agent.id = commission.agent_id
left join public.billing_invoices as invoice
  on invoice.tenant_id = commission.tenant_id
  and invoice.provider_transaction_id = commission.source_transaction_id
cross join lateral (
  select 'no invoice stands behind it' as what
  where invoice.id is null
  union all
  select 'the invoice is somebody else''s'
  where invoice.user_id <> commission.member_id
  union all
  select 'the amount is not its share of what was paid'
  where commission.clawback_of is null
    and commission.amount_cents
      <> floor(commission.base_cents * commission.rate_percent / 100 + 0.5)
  union all
  select 'its share is of more than was paid'
  where commission.clawback_of is null
    and commission.base_cents > invoice.subtotal_cents - invoice.discount_cents
  union all
  select 'the rate is not the one of its kind'
  where commission.rate_percent <> case commission.type
    when 'new_membership' then 20
    when 'renewal' then 10
    when 'upgrade' then 15
    when 'b2b' then 25
  end
  union all
  select 'earned on oneself'
  where commission.agent_id = commission.member_id
  union all
  select 'the earner is no agent'
  where agent.role = 'member' and agent.referral_code is null
  union all
  select 'all of the money went back'
  where commission.clawback_of is null
    and commission.status in ('pending', 'approved')
    and invoice.amount_cents > 0
    and invoice.status = 'refunded'
) as fault
order by country, agent, transaction, what;
