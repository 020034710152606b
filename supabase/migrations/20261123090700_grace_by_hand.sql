----------------------------------------------------------------------------------------------------
-- Billing: staff may end a grace period, or a paid one, by hand in Studio, also at a time before it
-- began. The rows follow Paddle again at its next event.
----------------------------------------------------------------------------------------------------

alter table public.subscriptions drop constraint subscriptions_check;
alter table public.subscriptions drop constraint subscriptions_check1;
