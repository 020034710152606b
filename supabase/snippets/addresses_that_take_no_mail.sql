-- Addresses that take no mail
--
-- Members with a running membership whose address bounced or complained: nothing reaches them, not
-- even a reminder that a payment failed.
--
-- What to do: telephone. A corrected address is entered in Authentication; if the old one is fine
-- after all, the button on their page at /admin/members trusts it again.
select
  profile.tenant_id as country,
  profile.member_number,
  profile.full_name,
  coalesce(profile.phone, '-') as phone,
  profile.email_undeliverable_at as since,
  profile.email_undeliverable_reason as why
from public.profiles as profile
where profile.email_undeliverable_at is not null
  and profile.is_active
  and public.membership_access(profile.id) in ('active', 'grace')
order by profile.email_undeliverable_at;
