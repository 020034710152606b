----------------------------------------------------------------------------------------------------
-- NPS: how likely members are to recommend us, asked once, 45 days after a membership began.
--
-- The code in the mail is the only key to a survey; its hash alone is kept. Opening the page uses
-- nothing up, answering does, by one conditional statement.
----------------------------------------------------------------------------------------------------

create table public.nps_survey_tokens (
  id uuid primary key default gen_random_uuid(),
  tenant_id text not null,
  user_id uuid not null,
  subscription_id uuid,
  send_id uuid not null unique,
  token_hash text not null unique check (token_hash ~ '^[0-9a-f]{64}$'),
  expires_at timestamptz not null,
  used_at timestamptz,
  created_at timestamptz not null default now(),
  unique (id, tenant_id),
  foreign key (user_id, tenant_id) references public.profiles (id, tenant_id),
  foreign key (subscription_id, tenant_id) references public.subscriptions (id, tenant_id),
  foreign key (send_id, tenant_id) references public.engagement_email_sends (id, tenant_id)
);

create index nps_survey_tokens_user_idx on public.nps_survey_tokens (user_id, tenant_id);
create index nps_survey_tokens_subscription_idx
  on public.nps_survey_tokens (subscription_id, tenant_id);
create index nps_survey_tokens_send_idx on public.nps_survey_tokens (send_id, tenant_id);
create index nps_survey_tokens_tenant_idx on public.nps_survey_tokens (tenant_id, created_at);

comment on table public.nps_survey_tokens is
  'Surveys that were sent: one row per mail that asks how likely the member is to recommend us.';
comment on column public.nps_survey_tokens.id is 'Made by the database.';
comment on column public.nps_survey_tokens.tenant_id is 'Country of the member. Never changes.';
comment on column public.nps_survey_tokens.user_id is 'Who was asked (see profiles).';
comment on column public.nps_survey_tokens.subscription_id is
  'About which membership (see subscriptions).';
comment on column public.nps_survey_tokens.send_id is
  'The mail that asked (see engagement_email_sends).';
comment on column public.nps_survey_tokens.token_hash is
  'SHA-256 of the code in the link. The code itself is not kept.';
comment on column public.nps_survey_tokens.expires_at is 'Until when it may be answered: 30 days.';
comment on column public.nps_survey_tokens.used_at is 'When it was answered; empty if it was not.';
comment on column public.nps_survey_tokens.created_at is 'When the row was made. Set by the database.';

create table public.nps_survey_responses (
  id uuid primary key default gen_random_uuid(),
  tenant_id text not null,
  user_id uuid not null,
  subscription_id uuid,
  token_id uuid not null unique,
  score integer not null check (score between 0 and 10),
  comment text check (char_length(comment) <= 1000 and comment ~ '\S'),
  created_at timestamptz not null default now(),
  foreign key (user_id, tenant_id) references public.profiles (id, tenant_id),
  foreign key (subscription_id, tenant_id) references public.subscriptions (id, tenant_id),
  foreign key (token_id, tenant_id) references public.nps_survey_tokens (id, tenant_id)
);

create index nps_survey_responses_user_idx on public.nps_survey_responses (user_id, tenant_id);
create index nps_survey_responses_subscription_idx
  on public.nps_survey_responses (subscription_id, tenant_id);
create index nps_survey_responses_token_idx on public.nps_survey_responses (token_id, tenant_id);
create index nps_survey_responses_tenant_idx
  on public.nps_survey_responses (tenant_id, created_at desc, id desc);

comment on table public.nps_survey_responses is
  'Answers to the survey. 9 and 10 are promoters, 0 to 6 detractors; the score of all is the share of the first less that of the second.';
comment on column public.nps_survey_responses.id is 'Made by the database.';
comment on column public.nps_survey_responses.tenant_id is 'Country of the member. Never changes.';
comment on column public.nps_survey_responses.user_id is 'Who answered (see profiles).';
comment on column public.nps_survey_responses.subscription_id is
  'About which membership (see subscriptions).';
comment on column public.nps_survey_responses.token_id is
  'Which survey was answered (see nps_survey_tokens). Each once.';
comment on column public.nps_survey_responses.score is
  'How likely the member is to recommend us, 0 to 10.';
comment on column public.nps_survey_responses.comment is
  'What the member wrote, at most 1000 characters; empty if nothing.';
comment on column public.nps_survey_responses.created_at is 'When it was answered. Set by the database.';

create function private.guard_survey()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  if (new.id, new.user_id, new.subscription_id, new.send_id, new.created_at)
    is distinct from (old.id, old.user_id, old.subscription_id, old.send_id, old.created_at)
    or (
      old.used_at is not null
      and (new.used_at, new.token_hash, new.expires_at)
        is distinct from (old.used_at, old.token_hash, old.expires_at)
    )
  then
    raise exception 'who was asked never changes, nor a survey that was answered'
      using errcode = 'restrict_violation';
  end if;
  return new;
end
$$;
comment on function private.guard_survey() is
  'Keeps a survey with whom it was sent to, and answered once it is.';

create trigger a_guard_survey before update on public.nps_survey_tokens
for each row execute function private.guard_survey();
create trigger b_keep_tenant before update on public.nps_survey_tokens
for each row execute function private.keep_tenant();
create trigger refuse_change before update on public.nps_survey_responses
for each row execute function private.refuse_change();

----------------------------------------------------------------------------------------------------
-- Answering
----------------------------------------------------------------------------------------------------

create function private.nps_token_state(token_hash text)
returns table (state text, locale text, tenant_id text)
language sql
stable
security definer
set search_path = ''
as $$
  select
    case
      when token.id is null then 'unknown'
      when token.used_at is not null then 'answered'
      when token.expires_at <= now() then 'expired'
      else 'open'
    end,
    person.locale,
    token.tenant_id
  from (values (token_hash)) as asked (hash)
  left join public.nps_survey_tokens as token on token.token_hash = asked.hash
  left join public.profiles as person on person.id = token.user_id
$$;
comment on function private.nps_token_state(text) is
  'Whether a survey may be answered: open, answered, expired or unknown; and the member''s language. Takes the SHA-256 of the link''s code and changes nothing.';

create function private.answer_nps(token_hash text, score integer, comment text)
returns table (state text, locale text, tenant_id text)
language plpgsql
security definer
set search_path = ''
as $$
#variable_conflict use_column
declare
  taken public.nps_survey_tokens%rowtype;
begin
  -- Of two answers at once the second waits here and then finds it used.
  update public.nps_survey_tokens as token
  set used_at = now()
  where token.token_hash = $1 and token.used_at is null and token.expires_at > now()
  returning * into taken;
  if taken.id is null then
    return query select known.* from private.nps_token_state($1) as known;
    return;
  end if;
  insert into public.nps_survey_responses
    (tenant_id, user_id, subscription_id, token_id, score, comment)
  values (
    taken.tenant_id, taken.user_id, taken.subscription_id, taken.id, $2,
    nullif(regexp_replace($3, '^\s+|\s+$', '', 'g'), '')
  );
  return query
  select 'thanks', person.locale, taken.tenant_id
  from public.profiles as person
  where person.id = taken.user_id;
end
$$;
comment on function private.answer_nps(text, integer, text) is
  'Answers a survey, once. Says thanks, or why not: answered, expired or unknown. Takes the SHA-256 of the link''s code.';

revoke all on function
  private.nps_token_state(text), private.answer_nps(text, integer, text)
from public;
grant execute on function
  private.nps_token_state(text), private.answer_nps(text, integer, text)
to anon, authenticated;

----------------------------------------------------------------------------------------------------
-- Who sees and changes what
----------------------------------------------------------------------------------------------------

alter table public.nps_survey_tokens enable row level security;
alter table public.nps_survey_tokens force row level security;
alter table public.nps_survey_responses enable row level security;
alter table public.nps_survey_responses force row level security;

grant select (
  id, tenant_id, user_id, subscription_id, send_id, expires_at, used_at, created_at
) on public.nps_survey_tokens to authenticated;
grant select on public.nps_survey_responses to authenticated;
grant select (id, send_id, token_hash, expires_at, used_at)
on public.nps_survey_tokens to service_cron;
grant insert (id, tenant_id, user_id, subscription_id, send_id, token_hash, expires_at)
on public.nps_survey_tokens to service_cron;
-- A mail that surely did not leave is made afresh, and its survey with it.
grant update (token_hash, expires_at) on public.nps_survey_tokens to service_cron;

create policy "Surveys stay inside their tenant" on public.nps_survey_tokens
  as restrictive for all to authenticated
  using (tenant_id = any (array(select private.my_tenant_ids())))
  with check (tenant_id = any (array(select private.my_tenant_ids())));
create policy "Admins see the surveys of their tenant" on public.nps_survey_tokens
  for select to authenticated
  using ((select private.my_role()) = any ('{tenant_admin,super_admin}'::text[]));
create policy "Jobs see which surveys are sent" on public.nps_survey_tokens
  for select to service_cron
  using (true);
create policy "Jobs send surveys" on public.nps_survey_tokens
  for insert to service_cron
  with check (true);
create policy "Jobs send a survey again that did not leave" on public.nps_survey_tokens
  for update to service_cron
  using (true)
  with check (true);

create policy "Answers stay inside their tenant" on public.nps_survey_responses
  as restrictive for all to authenticated
  using (tenant_id = any (array(select private.my_tenant_ids())))
  with check (tenant_id = any (array(select private.my_tenant_ids())));
create policy "Admins see the answers of their tenant" on public.nps_survey_responses
  for select to authenticated
  using ((select private.my_role()) = any ('{tenant_admin,super_admin}'::text[]));
