-- What every installation needs: tenants, branches, plans. May be run again at any time; rows that
-- are there already stay as they are. In production change the Paddle ids to those of your catalogue.

insert into public.tenants
  (id, name, legal_name, country_code, currency, default_locale, hosts, support_email, support_phone, time_zone, is_default)
values
  (
    'ks', 'Interdomestik Kosova', 'Interdomestik KS LLC', 'XK', 'EUR', 'sq',
    '{ks.localhost,ks.interdomestik.com}', 'ndihma@ks.interdomestik.com', '+383 38 000 000',
    'Europe/Belgrade', true
  ),
  (
    'mk', 'Interdomestik Makedonija', 'Interdomestik MK DOOEL', 'MK', 'EUR', 'mk',
    '{mk.localhost,mk.interdomestik.com}', 'pomos@mk.interdomestik.com', '+389 2 000 0000',
    'Europe/Skopje', false
  )
on conflict do nothing;

insert into public.branches (tenant_id, code, name)
values
  ('ks', 'KS-A', 'Prishtina'),
  ('ks', 'KS-B', 'Prizren'),
  ('ks', 'KS-C', 'Peja'),
  ('mk', 'MK-A', 'Skopje'),
  ('mk', 'MK-B', 'Tetovo'),
  ('mk', 'MK-E', 'Bitola')
on conflict do nothing;

insert into public.membership_plans
  (tenant_id, tier, name, price_cents, currency, paddle_product_id, paddle_price_id, is_self_serve, sort, features)
values
  (
    'ks', 'standard', 'Asistenca', 2000, 'EUR',
    'pro_01ks00standard000000000000', 'pri_01ks00standard000000000000', true, 1,
    '["plan.feature.claims", "plan.feature.hotline", "plan.feature.matters_two"]'
  ),
  (
    'ks', 'family', 'Asistenca+', 3500, 'EUR',
    'pro_01ks00family00000000000000', 'pri_01ks00family00000000000000', true, 2,
    '["plan.feature.claims", "plan.feature.hotline", "plan.feature.matters_five", "plan.feature.family_five"]'
  ),
  (
    'ks', 'business', 'Biznes', 9500, 'EUR',
    'pro_01ks00business000000000000', 'pri_01ks00business000000000000', false, 3,
    '["plan.feature.claims", "plan.feature.hotline", "plan.feature.matters_five", "plan.feature.business_contact"]'
  ),
  (
    'mk', 'standard', 'Asistencija', 2000, 'EUR',
    'pro_01mk00standard000000000000', 'pri_01mk00standard000000000000', true, 1,
    '["plan.feature.claims", "plan.feature.hotline", "plan.feature.matters_two"]'
  ),
  (
    'mk', 'family', 'Asistencija+', 3500, 'EUR',
    'pro_01mk00family00000000000000', 'pri_01mk00family00000000000000', true, 2,
    '["plan.feature.claims", "plan.feature.hotline", "plan.feature.matters_five", "plan.feature.family_five"]'
  ),
  (
    'mk', 'business', 'Biznis', 9500, 'EUR',
    'pro_01mk00business000000000000', 'pri_01mk00business000000000000', false, 3,
    '["plan.feature.claims", "plan.feature.hotline", "plan.feature.matters_five", "plan.feature.business_contact"]'
  )
on conflict do nothing;
