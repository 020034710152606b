/** Props of {@linkcode MailAddress}. */
export interface MailAddressProps {
  readonly email: string;
}

/** A mail address that, where a line is too short for it, breaks before its @ and not in a word. */
export function MailAddress({ email }: MailAddressProps) {
  const at = Math.max(email.lastIndexOf("@"), 0);
  return (
    <span class="breakable">
      {email.slice(0, at)}
      <wbr />
      {email.slice(at)}
    </span>
  );
}
