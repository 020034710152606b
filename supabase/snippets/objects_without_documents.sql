-- Files without a document
--
-- Files of claims in Storage that belong to no document, and have lain there for more than two days.
-- The job `documents` removes such files every hour; what stands here it did not get to.
--
-- What to do: look whether the job runs (jobs_that_are_late.sql). Do not delete rows of
-- storage.objects: that leaves the file behind. Use Storage in Studio, or let the job do it.
select
  object.bucket_id as bucket,
  object.name as file_path,
  object.created_at,
  case
    when document.id is null then 'no document has this file'
    when document.is_deleted then 'its document was deleted'
    else 'its document was never confirmed'
  end as why
from storage.objects as object
left join public.claim_documents as document
  on document.bucket = object.bucket_id and document.file_path = object.name
where object.bucket_id = 'claim-evidence'
  and object.created_at < now() - interval '2 days'
  and document.is_readable is not true
  and document.deleted_at is distinct from greatest(document.deleted_at, now() - interval '2 days')
order by object.created_at;
