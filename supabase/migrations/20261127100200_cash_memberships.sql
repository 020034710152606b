----------------------------------------------------------------------------------------------------
-- Memberships that were paid by hand. They begin when the payment is approved, last for a year and end
-- by themselves; Paddle knows nothing of them, and its events leave them alone.
----------------------------------------------------------------------------------------------------

alter table public.subscriptions
  drop constraint subscriptions_provider_check,
  add constraint subscriptions_provider_check check (provider in ('paddle', 'cash')),
  add check (
    provider = 'paddle'
    or (
      status in ('active', 'expired') and cancel_at_period_end and current_period_end is not null
      and provider_subscription_id like 'cash\_%'
    )
  );
comment on column public.subscriptions.provider is
  'Who took the money: paddle, or cash (we ourselves, by hand; such a membership ends by itself).';
comment on column public.subscriptions.provider_subscription_id is
  'Id of the subscription in Paddle (sub_…); cash_… with the id of the payment where it was paid by hand.';
create index subscriptions_cash_end_idx on public.subscriptions (current_period_end)
  where provider = 'cash' and status = 'active';

create function private.guard_provider()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  if tg_op = 'UPDATE' and new.provider is distinct from old.provider then
    raise exception 'who took the money never changes' using errcode = 'restrict_violation';
  end if;
  if new.provider <> 'paddle' and current_user = 'service_webhooks' then
    raise exception 'Paddle''s messages are about memberships of Paddle''s'
      using errcode = 'insufficient_privilege';
  end if;
  return new;
end
$$;
comment on function private.guard_provider() is
  'Keeps who took the money for a membership, and Paddle''s messages away from those that were paid by hand.';

create trigger a_guard_provider before insert or update on public.subscriptions
for each row when (new.provider <> 'paddle')
execute function private.guard_provider();
create trigger a_keep_provider before update of provider on public.subscriptions
for each row execute function private.guard_provider();

create or replace function private.membership_access_at(
  user_id uuid,
  at timestamptz,
  subscription_id uuid default null
)
returns text
language sql
stable
set search_path = ''
as $$
  select case min(
      case
        -- Ends by itself, whether or not the job was here.
        when provider = 'cash' and at >= current_period_end then null
        when status in ('trialing', 'active') and access_revoked_at is null then 1
        when status = 'canceled' and access_revoked_at is null and at < current_period_end then 1
        when status = 'past_due' and access_revoked_at is null and at < grace_period_ends_at then 2
        when status in ('trialing', 'active', 'past_due') then 3
      end
    )
    when 1 then 'active'
    when 2 then 'grace'
    when 3 then 'suspended'
    else 'none'
  end
  from public.subscriptions
  where subscriptions.user_id = $1 and ($3 is null or subscriptions.id = $3)
$$;

alter table public.billing_invoices
  add column provider text not null default 'paddle' check (provider in ('paddle', 'cash'));
comment on column public.billing_invoices.provider is
  'Who took the money: paddle, which issues the invoice, or cash (we ourselves, by hand).';
comment on column public.billing_invoices.provider_transaction_id is
  'Id of the transaction in Paddle (txn_…); cash_… with the id of the payment where it was paid by hand.';
comment on column public.billing_invoices.number is
  'Invoice number given by Paddle; the number of the paper receipt where it was paid by hand.';

-- The welcome of a membership that was paid by hand is the approval's to send: who has no password yet
-- gets another one.
create or replace function private.enqueue_membership_mails()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
  episode text;
begin
  -- Times are those of the event, if one brought the change: one that comes very late welcomes and
  -- thanks nobody.
  if new.status in ('active', 'trialing')
    and new.provider = 'paddle'
    and new.started_at > now() - interval '7 days'
    and (
      tg_op = 'INSERT' or (new.status, new.started_at) is distinct from (old.status, old.started_at)
    )
  then
    insert into public.engagement_email_sends
      (tenant_id, user_id, subscription_id, template_key, dedupe_key, send_until)
    values
      (new.tenant_id, new.user_id, new.id, 'welcome', 'welcome:' || new.id,
       new.started_at + interval '7 days')
    on conflict (dedupe_key) do nothing;
  end if;
  if tg_op = 'UPDATE'
    and new.status = 'active' and new.past_due_at is null and old.past_due_at is not null
  then
    -- A late event may have moved past_due_at to an earlier time since the first mail; never later.
    episode := format('dunning:%s:%s', new.id, private.instant_text(old.past_due_at));
    insert into public.engagement_email_sends
      (tenant_id, user_id, subscription_id, template_key, dedupe_key, send_until)
    select
      new.tenant_id, new.user_id, new.id, 'dunning_recovered', episode || ':recovered',
      case
        when (new.last_event_at, new.last_event_id)
          is distinct from (old.last_event_at, old.last_event_id)
        then coalesce(new.last_event_at, now())
        else now()
      end + interval '7 days'
    where exists (
      select
      from public.engagement_email_sends
      where subscription_id = new.id
        and dedupe_key like 'dunning:%'
        and dedupe_key collate "C" >= episode
        -- One that was not sent yet will not be.
        and (status = 'sent' or may_have_arrived or (status = 'pending' and batch_id is not null))
    )
    on conflict (dedupe_key) do nothing;
  end if;
  return null;
end
$$;

----------------------------------------------------------------------------------------------------
-- Cards: one for each membership. The code in the picture is derived from the card's id, so that the
-- card can be shown again; whoever asks about one is looked up by its hash.
----------------------------------------------------------------------------------------------------

create table private.card_key (
  id boolean primary key default true check (id),
  key bytea not null check (octet_length(key) = 32)
);
comment on table private.card_key is
  'The secret from which the codes on membership cards are derived. With another one, printed cards go on to work and new pictures have other codes.';
comment on column private.card_key.id is 'Always yes: there is one row.';
comment on column private.card_key.key is '32 random bytes. Nobody reads them but the functions of the cards.';
alter table private.card_key enable row level security;
alter table private.card_key force row level security;
insert into private.card_key (key) values (extensions.gen_random_bytes(32));

create sequence private.card_numbers;
comment on sequence private.card_numbers is 'Numbers on cards; some are left out.';

create table public.membership_cards (
  id uuid primary key default gen_random_uuid(),
  tenant_id text not null,
  user_id uuid not null,
  subscription_id uuid not null unique,
  card_number text not null check (card_number ~ '^[A-Z0-9_-]{2,31}-[0-9]{4}-[0-9]{6,}$'),
  status text not null default 'active' check (status in ('active', 'revoked', 'expired')),
  generation integer not null default 1 check (generation > 0),
  token_hash text not null unique check (token_hash ~ '^[0-9a-f]{64}$'),
  issued_at timestamptz not null default now(),
  expires_at timestamptz,
  revoked_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (id, tenant_id),
  unique (tenant_id, card_number),
  foreign key (user_id, tenant_id) references public.profiles (id, tenant_id),
  foreign key (subscription_id, tenant_id) references public.subscriptions (id, tenant_id)
    on delete cascade,
  check ((status = 'revoked') = (revoked_at is not null))
);

create index membership_cards_user_idx on public.membership_cards (user_id, tenant_id, issued_at);
create index membership_cards_subscription_idx
  on public.membership_cards (subscription_id, tenant_id);
create index membership_cards_active_idx on public.membership_cards (expires_at)
  where status = 'active';

comment on table public.membership_cards is
  'Cards of members, one for each membership. A card says that the membership stands as long as it does.';
comment on column public.membership_cards.id is 'Made by the database.';
comment on column public.membership_cards.tenant_id is 'Country of the member. Never changes.';
comment on column public.membership_cards.user_id is 'Whose card it is (see profiles).';
comment on column public.membership_cards.subscription_id is 'The membership that it shows (see subscriptions).';
comment on column public.membership_cards.card_number is 'Number on the card: country, year, number. Never changes.';
comment on column public.membership_cards.status is
  'active; revoked (the person was forgotten), or expired (the membership is over for good).';
comment on column public.membership_cards.generation is
  'Counts how often the code was replaced, because somebody else may have the card.';
comment on column public.membership_cards.token_hash is
  'SHA-256 of the code in the picture. The code itself is not kept.';
comment on column public.membership_cards.issued_at is 'When the card was made.';
comment on column public.membership_cards.expires_at is
  'End of the paid period that the card shows. Follows the membership.';
comment on column public.membership_cards.revoked_at is 'When it was taken back; empty if it was not.';
comment on column public.membership_cards.created_at is 'When the row was made. Set by the database.';
comment on column public.membership_cards.updated_at is 'When the row last changed. Set by the database.';

create function private.card_code(card uuid, generation integer)
returns text
language sql
stable
security definer
set search_path = ''
as $$
  select translate(
    encode(
      extensions.hmac(convert_to(format('card:%s:%s', card, generation), 'UTF8'), key, 'sha256'),
      'base64'
    ),
    e'+/=\n', '-_'
  )
  from private.card_key
$$;
comment on function private.card_code(uuid, integer) is
  'The code of a card: 43 characters that nobody can guess.';

create function private.issue_card()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
  card uuid := gen_random_uuid();
begin
  insert into public.membership_cards
    (id, tenant_id, user_id, subscription_id, card_number, token_hash, expires_at, status)
  values (
    card, new.tenant_id, new.user_id, new.id,
    format(
      '%s-%s-%s', upper(new.tenant_id), extract(year from now() at time zone 'UTC'),
      lpad(nextval('private.card_numbers')::text, 6, '0')
    ),
    encode(sha256(convert_to(private.card_code(card, 1), 'UTF8')), 'hex'),
    new.current_period_end, case when new.status = 'expired' then 'expired' else 'active' end
  )
  on conflict (subscription_id) do nothing;
  return null;
end
$$;
comment on function private.issue_card() is 'Makes the card of a new membership.';

create function private.follow_card()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  update public.membership_cards
  set
    expires_at = new.current_period_end,
    status = case
      when status = 'active' and new.status = 'expired' then 'expired'
      -- Paid for again after all.
      when status = 'expired' and new.status in ('active', 'trialing') then 'active'
      else status
    end
  where subscription_id = new.id;
  return null;
end
$$;
comment on function private.follow_card() is 'Has a card tell the end of its membership.';

create function private.guard_card()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  if (new.id, new.user_id, new.subscription_id, new.card_number, new.issued_at, new.created_at)
    is distinct from
    (old.id, old.user_id, old.subscription_id, old.card_number, old.issued_at, old.created_at)
    or (old.status = 'revoked' and new.status <> 'revoked')
    or (new.generation < old.generation)
  then
    raise exception 'whose card it is never changes' using errcode = 'restrict_violation';
  end if;
  return new;
end
$$;
comment on function private.guard_card() is
  'Keeps a card with its membership, and revoked once it is.';

create trigger a_guard_card before update on public.membership_cards
for each row execute function private.guard_card();
create trigger b_keep_tenant before update on public.membership_cards
for each row execute function private.keep_tenant();
create trigger z_touch_updated_at before update on public.membership_cards
for each row execute function private.touch_updated_at();
create trigger issue_card after insert on public.subscriptions
for each row execute function private.issue_card();
create trigger follow_card after update on public.subscriptions
for each row when (
  new.current_period_end is distinct from old.current_period_end
  or (new.status = 'expired') <> (old.status = 'expired')
)
execute function private.follow_card();

-- Those that stand.
insert into public.membership_cards
  (id, tenant_id, user_id, subscription_id, card_number, token_hash, issued_at, expires_at, status)
select
  made.card, subscription.tenant_id, subscription.user_id, subscription.id,
  format(
    '%s-%s-%s', upper(subscription.tenant_id),
    extract(year from coalesce(subscription.started_at, subscription.created_at) at time zone 'UTC'),
    lpad(nextval('private.card_numbers')::text, 6, '0')
  ),
  encode(sha256(convert_to(private.card_code(made.card, 1), 'UTF8')), 'hex'),
  coalesce(subscription.started_at, subscription.created_at), subscription.current_period_end,
  case when subscription.status = 'expired' then 'expired' else 'active' end
from (select *, gen_random_uuid() as card from public.subscriptions) as subscription
cross join lateral (select subscription.card) as made (card)
order by subscription.created_at, subscription.id;

create function private.card_token(card uuid)
returns text
language sql
stable
security definer
set search_path = ''
as $$
  select private.card_code(kept.id, kept.generation)
  from public.membership_cards as kept
  where kept.id = card_token.card and kept.status = 'active'
    and kept.tenant_id = any (array(select private.my_tenant_ids()))
    and (
      kept.user_id = (select private.my_id())
      or (select private.my_role()) = any ('{staff,tenant_admin,super_admin}'::text[])
    )
$$;
comment on function private.card_token(uuid) is
  'The code of a card, for the member and for staff; null for everyone else and for a card that is over.';

create function private.verify_card(token_hash text)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select exists (
    select
    from public.membership_cards as card
    join public.profiles as person on person.id = card.user_id
    where card.token_hash = verify_card.token_hash
      and card.status = 'active'
      and person.is_active
      and private.membership_access_at(card.user_id, now(), card.subscription_id)
        in ('active', 'grace')
  )
$$;
comment on function private.verify_card(text) is
  'Whether a card is valid now, and nothing else about it. Takes the SHA-256 of its code.';

create function private.replace_card(card uuid)
returns boolean
language plpgsql
security definer
set search_path = ''
as $$
declare
  kept public.membership_cards;
begin
  select * into kept from public.membership_cards
  where id = replace_card.card and status = 'active'
    and tenant_id = any (array(select private.my_tenant_ids()))
    and (
      user_id = private.my_id() or private.my_role() in ('staff', 'tenant_admin', 'super_admin')
    )
  for update;
  if not found then
    return false;
  end if;
  update public.membership_cards
  set
    generation = kept.generation + 1,
    token_hash = encode(
      sha256(convert_to(private.card_code(kept.id, kept.generation + 1), 'UTF8')), 'hex'
    )
  where id = kept.id;
  perform private.record_audit(
    kept.tenant_id, 'card.replaced', 'membership_card', kept.id::text,
    jsonb_build_object('member_id', kept.user_id)
  );
  return true;
end
$$;
comment on function private.replace_card(uuid) is
  'Gives a card another code, because somebody else may have it; the former one is worth nothing. For the member and for staff.';

revoke all on function
  private.card_code(uuid, integer), private.card_token(uuid), private.verify_card(text),
  private.replace_card(uuid)
from public;
grant execute on function private.card_token(uuid), private.replace_card(uuid) to authenticated;
grant execute on function private.verify_card(text) to anon, authenticated;

alter table public.membership_cards enable row level security;
alter table public.membership_cards force row level security;

grant select (
  id, tenant_id, user_id, subscription_id, card_number, status, generation, issued_at, expires_at,
  revoked_at, created_at, updated_at
) on public.membership_cards to authenticated;

create policy "Cards stay inside their tenant" on public.membership_cards
  as restrictive for all to authenticated
  using (tenant_id = any (array(select private.my_tenant_ids())))
  with check (tenant_id = any (array(select private.my_tenant_ids())));
create policy "Members see their own cards" on public.membership_cards
  for select to authenticated
  using (user_id = (select auth.uid()));
create policy "Agents and branch managers see their members' cards" on public.membership_cards
  for select to authenticated
  using (
    (select private.my_role()) = any ('{agent,branch_manager}'::text[])
    and exists (select from public.profiles where profiles.id = membership_cards.user_id)
  );
create policy "Staff and admins see the cards of their tenant" on public.membership_cards
  for select to authenticated
  using ((select private.my_role()) = any ('{staff,tenant_admin,super_admin}'::text[]));

select private.watch_by_hand('public.membership_cards', inserts_told => true);
