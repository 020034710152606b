-- Mails that are stuck
--
-- Mails that should have left more than an hour ago, and mails that failed for good in the last seven
-- days.
--
-- What to do: /admin/mails shows why each did not leave, and has the button that tries it again. All
-- of them late: is the job `mails` running (jobs_that_are_late.sql), does Resend take our key?
select
  mail.tenant_id as country,
  mail.template_key as mail,
  mail.status,
  mail.attempts,
  mail.created_at,
  mail.next_attempt_at,
  coalesce(mail.error, '') as error,
  coalesce(profile.member_number, profile.role, 'invited') as for_whom
from public.engagement_email_sends as mail
left join public.profiles as profile on profile.id = mail.user_id
where (mail.status = 'pending' and mail.next_attempt_at < now() - interval '1 hour')
  or (mail.status = 'error' and mail.updated_at > now() - interval '7 days')
order by mail.created_at;
