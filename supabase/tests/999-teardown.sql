-- Takes away what 000-setup.sql made. pgTAP stays in schema `extensions`, where it does no harm.

set client_min_messages = warning;

drop schema if exists tests cascade;
revoke usage on schema extensions
from service_webhooks, service_cron, service_auth, service_documents;

select 'done' as teardown;
