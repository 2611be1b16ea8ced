create table public.notes (
  id bigint generated always as identity primary key,
  clerk_user_id uuid not null default auth.uid(),
  body text
);

create policy "own notes" on public.notes for all to authenticated
  using (clerk_user_id = auth.uid());

create view public.note_count as select count(*) from public.notes;
