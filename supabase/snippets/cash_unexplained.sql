-- Cash that nothing explains
--
-- Payments by hand that were approved and made no membership, memberships by hand without an approved
-- payment, payments that wait for longer than three days, and two that have the same receipt number or
-- the same proof.
--
-- What to do: /admin/leads has each payment with its proof. One that waits: decide it. The same receipt
-- or proof twice: ask the agent before anybody approves; one that was approved already is an incident.
with attempts as (
  select attempt.*, proof.sha256 as proof_hash
  from public.lead_payment_attempts as attempt
  left join public.payment_proofs as proof on proof.id = attempt.proof_id
  where attempt.method = 'cash'
)
select
  found.tenant_id as country,
  found.what,
  found.receipt_number as receipt,
  found.amount_cents / 100.0 as amount,
  found.currency,
  found.at,
  coalesce(agent.full_name, '-') as agent
from (
  select tenant_id, lead_id, receipt_number, amount_cents, currency, verified_at as at,
    'approved, and no membership came of it' as what
  from attempts
  where status = 'succeeded'
    and not exists (
      select from public.subscriptions as membership
      where membership.provider = 'cash'
        and membership.provider_subscription_id = 'cash_' || attempts.id
    )
  union all
  select membership.tenant_id, null, null, null, null, membership.started_at,
    'a membership by hand without an approved payment'
  from public.subscriptions as membership
  where membership.provider = 'cash'
    and not exists (
      select from attempts
      where attempts.status = 'succeeded'
        and membership.provider_subscription_id = 'cash_' || attempts.id
    )
  union all
  select tenant_id, lead_id, receipt_number, amount_cents, currency, created_at,
    'has waited for a decision for more than three days'
  from attempts
  where status = 'pending' and coalesce(resubmitted_at, created_at) < now() - interval '3 days'
  union all
  select one.tenant_id, one.lead_id, one.receipt_number, one.amount_cents, one.currency,
    one.created_at,
    case
      when one.receipt_number = other.receipt_number then 'the receipt of another payment'
      else 'the proof of another payment'
    end
  from attempts as one
  join attempts as other
    on other.tenant_id = one.tenant_id
    and (other.created_at, other.id) < (one.created_at, one.id)
    and other.status in ('pending', 'needs_info', 'succeeded')
    and (other.receipt_number = one.receipt_number or other.proof_hash = one.proof_hash)
  where one.status in ('pending', 'needs_info', 'succeeded')
) as found
left join public.member_leads as lead on lead.id = found.lead_id
left join public.profiles as agent on agent.id = lead.agent_id
order by found.tenant_id, found.at;
