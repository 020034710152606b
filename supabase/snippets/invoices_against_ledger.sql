-- Invoices against the ledger
--
-- Invoices whose ledger does not add up to what they say is left, whose parts do not come to their
-- total, or that have no entry at all.
--
-- What to do: this cannot come about through the application; the database refuses it. Somebody
-- switched triggers off. Raise an incident (RUNBOOK.md, Incident response), and compare with Paddle.
select
  invoice.tenant_id as country,
  invoice.provider_transaction_id as transaction,
  invoice.amount_cents,
  invoice.refunded_cents,
  coalesce(ledger.total, 0) as ledger_cents,
  case
    when ledger.entries is null then 'no entry in the ledger'
    when invoice.amount_cents - invoice.refunded_cents <> ledger.total
      then 'the ledger does not add up'
    when invoice.tax_cents > invoice.amount_cents then 'more tax than money'
    else 'the state does not fit what went back'
  end as why
from public.billing_invoices as invoice
left join (
  select invoice_id, count(*) as entries, sum(amount_cents) as total
  from public.billing_ledger_entries
  group by invoice_id
) as ledger on ledger.invoice_id = invoice.id
where ledger.entries is null
  or invoice.amount_cents - invoice.refunded_cents <> ledger.total
  or invoice.tax_cents > invoice.amount_cents
  or (invoice.status = 'paid' and invoice.refunded_cents > 0)
  or (invoice.status = 'refunded' and invoice.refunded_cents < invoice.amount_cents)
order by invoice.billed_at;
