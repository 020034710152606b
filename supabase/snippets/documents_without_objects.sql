-- Documents without a file
--
-- Documents that people can see in a claim and whose file is not in Storage, or has another size than
-- it had when it was confirmed. Whoever opens one gets an error.
--
-- What to do: bring the file back from a backup (RUNBOOK.md, Storage). If it is lost, ask for it again
-- on the claim, and delete the document there with the reason.
select
  document.tenant_id as country,
  claim.claim_number,
  document.name,
  document.bucket,
  document.file_path,
  document.confirmed_at,
  case
    when bucket.id is null then 'there is no such bucket'
    when object.id is null then 'there is no such file'
    else 'the file has another size'
  end as why
from public.claim_documents as document
join public.claims as claim on claim.id = document.claim_id
left join storage.buckets as bucket on bucket.id = document.bucket
left join storage.objects as object
  on object.bucket_id = document.bucket and object.name = document.file_path
where document.is_readable
  and (
    object.id is null
    or (object.metadata ->> 'size')::bigint is distinct from document.file_size
  )
order by document.confirmed_at;
