-- People without a profile
--
-- Accounts that can sign in and have no row in profiles (they see nothing at all), and members without
-- a number.
--
-- What to do: the trigger on auth.users makes the profile. A row here says that somebody switched it
-- off. Raise an incident; do not add the row by hand before the cause is known.
select
  account.id,
  account.created_at,
  case when profile.id is null then 'no profile' else 'a paying member without a number' end as why
from auth.users as account
left join public.profiles as profile on profile.id = account.id
where profile.id is null
  or (
    profile.role = 'member' and profile.member_number is null
    and public.membership_access(profile.id) in ('active', 'grace')
  )
order by account.created_at;
