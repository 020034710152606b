-- The same person twice
--
-- Members of one country who share a telephone number, or a name and a day of registration, or an
-- address that differs only in dots and what follows a plus; and people who share one customer of
-- Paddle.
--
-- Members of one family may share a number: look before you act. Accounts are not merged: ask the
-- member which one they use, cancel the other's membership in Paddle, and lock it at /admin/users.
with people as (
  select
    id, tenant_id, member_number, full_name, created_at,
    nullif(right(regexp_replace(coalesce(phone, ''), '\D', '', 'g'), 8), '') as digits,
    regexp_replace(split_part(lower(email), '@', 1), '(\+.*$)|\.', '', 'g')
      || '@' || split_part(lower(email), '@', 2) as address
  from public.profiles
  where role = 'member' and erased_at is null and is_active
)
select
  one.tenant_id as country,
  one.member_number as first_number,
  two.member_number as second_number,
  one.full_name as first_name,
  two.full_name as second_name,
  case
    when one.address = two.address then 'the same address'
    when one.digits = two.digits then 'the same telephone number'
    else 'the same name, registered on the same day'
  end as why
from people as one
join people as two
  on two.tenant_id = one.tenant_id
  and (two.created_at, two.id) > (one.created_at, one.id)
  and (
    two.address = one.address
    or (two.digits = one.digits and length(one.digits) >= 8)
    or (
      lower(two.full_name) = lower(one.full_name) and one.full_name <> ''
      and two.created_at::date = one.created_at::date
    )
  )
order by country, first_number, second_number;
