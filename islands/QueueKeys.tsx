import { useEffect, useLayoutEffect, useState } from "preact/hooks";

/** Props of {@linkcode QueueKeys}. */
export interface QueueKeysProps {
  /** What the keys do, `[keys, words]`. */
  readonly keys: readonly (readonly [keys: readonly string[], words: string])[];
  readonly title: string;
  readonly turnOff: string;
  readonly turnOn: string;
}

/** Where it is remembered that someone wants no single keys: speech input would press them. */
const REMEMBERED = "queue-keys";

/**
 * Works a list from the keyboard: j and k go down and up, Enter opens (the link has the focus), c
 * takes a claim that is nobody's, / goes to the search. Without JavaScript there are the links.
 */
export default function QueueKeys({ keys, title, turnOff, turnOn }: QueueKeysProps) {
  const [isOn, setOn] = useState<boolean | null>(null);

  useEffect(() => setOn(remembered() !== "off"), []);
  // Before the keys are shown: whoever reads what they do may press one at once.
  useLayoutEffect(() => {
    if (!isOn) return;
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [isOn]);

  if (isOn === null) return null;
  const turn = () => {
    remember(isOn ? "off" : "on");
    setOn(!isOn);
  };
  return (
    <div class="keys" role="group" aria-label={title} data-testid="queue-keys">
      {isOn && (
        <ul>
          {keys.map(([some, words]) => (
            <li key={words}>
              {some.map((key) => <kbd key={key}>{key}</kbd>)} {words}
            </li>
          ))}
        </ul>
      )}
      <button type="button" class="keys-turn" onClick={turn}>{isOn ? turnOff : turnOn}</button>
    </div>
  );
}

function onKey(event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  const target = event.target instanceof HTMLElement ? event.target : document.body;
  if (target.isContentEditable || target.matches("input, textarea, select")) {
    if (event.key === "Escape") target.blur();
    return;
  }
  if (act(event.key)) event.preventDefault();
}

/** Whether the key meant something. */
function act(key: string): boolean {
  switch (key) {
    case "j":
      return step(1);
    case "k":
      return step(-1);
    case "c": {
      const button = currentRow()?.querySelector<HTMLButtonElement>("[data-queue-take]");
      button?.click();
      return button !== undefined && button !== null;
    }
    case "/": {
      const search = document.querySelector<HTMLInputElement>("#q");
      search?.focus();
      search?.select();
      return search !== null;
    }
    default:
      return false;
  }
}

function step(by: 1 | -1): boolean {
  const links = [...document.querySelectorAll<HTMLElement>("[data-queue-link]")];
  const row = currentRow();
  const at = links.findIndex((link) => row?.contains(link));
  const next = links[at === -1 ? (by === 1 ? 0 : links.length - 1) : at + by];
  next?.focus();
  next?.closest("li")?.scrollIntoView({ block: "nearest" });
  return links.length > 0;
}

function currentRow(): Element | null {
  return document.activeElement?.closest("[data-claim]") ?? null;
}

function remembered(): string | null {
  try {
    return localStorage.getItem(REMEMBERED);
  } catch {
    // Storage is switched off.
    return null;
  }
}

function remember(value: string): void {
  try {
    localStorage.setItem(REMEMBERED, value);
  } catch {
    // It holds for this page then.
  }
}
