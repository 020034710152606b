----------------------------------------------------------------------------------------------------
-- Names: what cannot be seen does not belong in one. Control characters, characters without a width
-- and those that turn the direction of writing make a name look empty, or like somebody else's.
----------------------------------------------------------------------------------------------------

create function private.keep_name_visible()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  new.full_name := regexp_replace(new.full_name, '\s+', ' ', 'g');
  new.full_name := regexp_replace(
    new.full_name,
    '[\u0001-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]',
    '', 'g'
  );
  new.full_name := trim(regexp_replace(new.full_name, ' {2,}', ' ', 'g'));
  return new;
end
$$;
comment on function private.keep_name_visible() is
  'Takes what cannot be seen out of a name, whoever wrote it, and leaves single spaces.';

create trigger d_keep_name_visible before insert or update of full_name on public.profiles
for each row execute function private.keep_name_visible();
