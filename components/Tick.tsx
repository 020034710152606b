/** Props of {@linkcode Tick}. */
export interface TickProps {
  readonly label: string;
  readonly name: string;
  readonly checked: boolean;
  readonly hint: string;
}

/** Something that is wanted or not. */
export function Tick({ label, name, checked, hint }: TickProps) {
  return (
    <div class="tick">
      <input
        id={name}
        name={name}
        type="checkbox"
        value="yes"
        checked={checked}
        aria-describedby={`${name}-hint`}
      />
      <div>
        <label for={name}>{label}</label>
        <p class="field-hint" id={`${name}-hint`}>{hint}</p>
      </div>
    </div>
  );
}
