-- The audit log is whole
--
-- The first row of the audit log that is not as it was when it was sealed. No row: all is well.
--
-- A row here: somebody changed or removed history. Severity 1 (RUNBOOK.md, Incident response). Change
-- nothing, take a backup, run `deno task audit:verify`, which also compares with the heads in Storage.
select position, seq, row_id, problem
from public.verify_audit_log();
