-- After 90 days a message is taken down to what accounting needs; forgeries of that age are deleted.
begin;
set local search_path = public, extensions;

select plan(18);

select tests.populate();

create temporary table paid as
select $${
  "event_id": "evt_1", "event_type": "transaction.completed", "occurred_at": "2026-01-02T03:04:05.678901Z",
  "notification_id": "ntf_1",
  "data": {
    "id": "txn_1", "status": "completed", "customer_id": "ctm_1", "subscription_id": "sub_1",
    "invoice_number": "325-1", "origin": "web", "currency_code": "EUR",
    "billing_period": {"starts_at": "2026-01-02T00:00:00Z", "ends_at": "2027-01-02T00:00:00Z"},
    "custom_data": {"user_id": "u", "tenant_id": "ks", "ref_code": "AGENT1", "note": "call my wife"},
    "items": [
      {
        "quantity": 1, "proration": null,
        "price": {
          "id": "pri_1", "name": "A year", "description": "x",
          "unit_price": {"amount": "2000", "currency_code": "EUR"}
        }
      }
    ],
    "details": {
      "totals": {"subtotal": "1695", "discount": "0", "tax": "305", "total": "2000"},
      "line_items": [{"product": {"name": "x"}}]
    },
    "payments": [
      {"amount": "2000", "method_details": {"card": {"last4": "4242", "cardholder_name": "Arta Berisha"}}}
    ],
    "customer": {"email": "arta@example.test"},
    "address": {"first_line": "Rruga 1"},
    "checkout": {"url": "https://example.test"}
  }
}$$::jsonb as payload;

insert into public.webhook_events
  (dedupe_key, event_id, event_type, signature_valid, payload, payload_hash, processing_result,
   attempts, received_at)
select
  'paddle:event:' || event, event, 'transaction.completed', true, payload, repeat('a', 64), result,
  attempts, now() - age
from paid, (
  values
    ('old_ok', 'ok', 1, interval '91 days'),
    ('old_ignored', 'ignored', 1, interval '91 days'),
    ('old_given_up', 'error', 20, interval '91 days'),
    ('old_failing', 'error', 3, interval '91 days'),
    ('old_open', null, 0, interval '91 days'),
    ('young', 'ok', 1, interval '89 days')
) as event (event, result, attempts, age);
insert into public.webhook_events
  (dedupe_key, signature_valid, payload_hash, processing_result, received_at)
values
  ('paddle:forged:old', false, repeat('a', 64), 'ignored', now() - interval '91 days'),
  ('paddle:forged:young', false, repeat('a', 64), 'ignored', now() - interval '89 days'),
  ('paddle:malformed:old', true, repeat('a', 64), 'error', now() - interval '91 days');

-- Who may ---------------------------------------------------------------------------------------------

select tests.act_as('super');
select throws_ok(
  'select * from private.prune_webhook_events(10)', '42501', null, 'a person prunes nothing'
);
select tests.act_as_role('service_webhooks');
select throws_ok(
  'select * from private.prune_webhook_events(10)', '42501', null, 'nor do the webhooks'
);

select tests.act_as_role('service_cron');
select results_eq(
  'select * from private.prune_webhook_events(2)', $$ values (2::bigint, 2::bigint) $$,
  'the clean-up job prunes so many at a time'
);
select results_eq(
  'select * from private.prune_webhook_events(2)', $$ values (1::bigint, 0::bigint) $$, 'then the rest'
);
select results_eq(
  'select * from private.prune_webhook_events(2)', $$ values (0::bigint, 0::bigint) $$, 'then nothing'
);

-- What is left ------------------------------------------------------------------------------------------

select tests.act_as_owner();
select results_eq(
  $$
    select event_id from public.webhook_events
    where payload is null and event_id is not null order by event_id
  $$,
  array['old_given_up', 'old_ignored', 'old_ok'], 'what is done with and old lost its message'
);
select results_eq(
  $$ select event_id from public.webhook_events where payload is not null order by event_id $$,
  array['old_failing', 'old_open', 'young'], 'what is young, or still to be applied, kept it'
);
select results_eq(
  $$ select dedupe_key from public.webhook_events where event_id is null $$,
  array['paddle:forged:young'], 'old forgeries and unreadable deliveries are gone'
);

create temporary view kept as
select summary -> 'data' as data, summary from public.webhook_events where event_id = 'old_ok';
select results_eq(
  $$ select summary ->> 'event_id', summary ->> 'event_type', summary ->> 'occurred_at' from kept $$,
  $$ values ('evt_1', 'transaction.completed', '2026-01-02T03:04:05.678901Z') $$,
  'kept is which event it was'
);
select results_eq(
  $$
    select data ->> 'id', data ->> 'status', data ->> 'subscription_id', data ->> 'customer_id',
      data ->> 'invoice_number', data ->> 'currency_code', data ->> 'origin'
    from kept
  $$,
  $$ values ('txn_1', 'completed', 'sub_1', 'ctm_1', '325-1', 'EUR', 'web') $$,
  'what it was about'
);
select is(
  (select data -> 'details' from kept),
  '{"totals": {"subtotal": "1695", "discount": "0", "tax": "305", "total": "2000"}}',
  'the amounts, in the place where they were'
);
select is(
  (select data -> 'items' from kept),
  '[{"quantity": 1, "proration": null, "price": {"id": "pri_1", "unit_price": {"amount": "2000", "currency_code": "EUR"}}}]',
  'what was bought'
);
select is(
  (select data -> 'custom_data' from kept),
  '{"user_id": "u", "tenant_id": "ks", "ref_code": "AGENT1"}', 'and for whom, by ids'
);
select is_empty(
  $$ select from kept where summary::text ~* 'arta|4242|rruga|wife|example' $$,
  'no name, address or card is left'
);
select is(
  private.accounting_summary('{"event_id": "evt_1", "data": "odd"}'),
  '{"event_id": "evt_1", "event_type": null, "occurred_at": null, "data": {}}',
  'an odd message has an odd summary and stops nobody'
);
select is(
  private.accounting_summary(
    $${
      "event_id": "evt_2", "event_type": "adjustment.updated", "occurred_at": "2026-01-02T03:04:05Z",
      "data": {
        "id": "adj_1", "action": "refund", "type": "partial", "status": "approved",
        "transaction_id": "txn_1", "items": [{"item_id": "txnitm_1", "amount": "500"}, null],
        "totals": {"total": "500", "tax": "76"}, "payout_totals": {"total": "500"}
      }
    }$$
  ) -> 'data',
  $${
    "id": "adj_1", "action": "refund", "type": "partial", "status": "approved",
    "transaction_id": "txn_1", "items": [{"item_id": "txnitm_1", "amount": "500"}],
    "totals": {"total": "500", "tax": "76"}
  }$$,
  'of a refund the amounts are kept'
);
select is(
  private.accounting_summary(
    '{"data": {"id": "ctm_1", "name": "Arta", "email": "arta@example.test", "status": "active"}}'
  ) -> 'data',
  '{"id": "ctm_1", "status": "active"}', 'of a customer only that there is one'
);
select is(
  private.accounting_summary(private.accounting_summary(payload)), private.accounting_summary(payload),
  'what is kept is not worn down further'
)
from paid;

select * from finish();
rollback;
