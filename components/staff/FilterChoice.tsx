/** One of the choices of {@linkcode FilterChoice}. */
export interface FilterOption {
  readonly id: string;
  readonly name: string;
}

/** Props of {@linkcode FilterChoice}. */
export interface FilterChoiceProps {
  /** Name of the form's field; also its id. */
  readonly name: string;
  readonly label: string;
  /** What stands for no choice. */
  readonly every: string;
  readonly chosen: string | null;
  readonly choices: readonly FilterOption[];
}

/** Something to narrow a list by. */
export function FilterChoice({ name, label, every, chosen, choices }: FilterChoiceProps) {
  return (
    <div class="field">
      <label for={name}>{label}</label>
      <select id={name} name={name}>
        <option value="">{every}</option>
        {choices.map(({ id, name: text }) => (
          <option key={id} value={id} selected={id === chosen}>{text}</option>
        ))}
      </select>
    </div>
  );
}
