import { useEffect, useRef, useState } from "preact/hooks";
import { refreshLive } from "../components/claims/live_refresh.ts";
import { removeUpload, upload, UploadFailure } from "../components/claims/upload.ts";

/** What the parts say, by name; `{name}` and `{count}` are filled in here. */
export interface UploadWords {
  readonly label: string;
  readonly hint: string;
  readonly choose: string;
  readonly photo: string;
  readonly drop: string;
  /** For browsers without JavaScript. */
  readonly send: string;
  readonly waiting: string;
  readonly sending: string;
  readonly checking: string;
  readonly cancel: string;
  readonly retry: string;
  readonly remove: string;
  readonly stored: string;
  /** Sentences for what can go wrong, by code. */
  readonly problems: Readonly<Record<string, string>>;
}

/** Props of {@linkcode EvidenceUpload}. */
export interface EvidenceUploadProps {
  /** `…/evidence`: takes announcements. */
  readonly url: string;
  /** Where the plain form goes: the page itself. */
  readonly action: string;
  /** Id of the plain form's document. */
  readonly formId: string;
  readonly category: string;
  /** Request that the files answer; null for none. */
  readonly requestId: string | null;
  /** How many more files are taken. */
  readonly room: number;
  /** Largest file in bytes. */
  readonly maxBytes: number;
  /** What the file chooser offers. */
  readonly accept: string;
  /** Where to go when all files are stored; null to stay. */
  readonly doneHref: string | null;
  readonly words: UploadWords;
}

interface Item {
  readonly id: string;
  readonly file: File;
  readonly state: "waiting" | "sending" | "checking" | "failed";
  /** 0 to 1. */
  readonly part: number;
  /** Code of what went wrong. */
  readonly problem: string | null;
  readonly mayRetry: boolean;
}

/** Loads a page, also where only the part behind `#` differs. */
function goTo(href: string): void {
  const to = new URL(href, location.href);
  const isHere = to.pathname === location.pathname && to.search === location.search;
  location.assign(to);
  if (isHere) location.reload();
}

/** Files that are sent at the same time. */
const AT_ONCE = 3;

/**
 * Sends photos and papers: several at once, with progress, cancel and retry. Without JavaScript it is
 * a form that takes one file.
 */
export default function EvidenceUpload(props: EvidenceUploadProps) {
  const { words, requestId } = props;
  const [ready, setReady] = useState(false);
  const [items, setItems] = useState<readonly Item[]>([]);
  const [said, setSaid] = useState("");
  const [over, setOver] = useState(false);
  const current = useRef<readonly Item[]>([]);
  const stops = useRef(new Map<string, AbortController>());
  const plain = useRef<HTMLInputElement>(null);
  const name = requestId === null ? "file" : `file-${requestId}`;
  const target = { url: props.url, category: props.category, requestId };

  function change(next: readonly Item[]): void {
    current.current = next;
    setItems(next);
  }
  function update(id: string, facts: Partial<Item>): void {
    change(current.current.map((item) => item.id === id ? { ...item, ...facts } : item));
  }
  function drop(id: string): void {
    change(current.current.filter((item) => item.id !== id));
  }

  function add(files: Iterable<File>): void {
    const room = props.room - current.current.filter(({ state }) => state !== "failed").length;
    const added = [...files].map((file, at): Item => {
      const problem = file.size < 1
        ? "empty_file"
        : file.size > props.maxBytes
        ? "too_large"
        : at >= room
        ? "too_many"
        : null;
      const state = problem === null ? "waiting" : "failed";
      return { id: crypto.randomUUID(), file, state, part: 0, problem, mayRetry: false };
    });
    change([...current.current, ...added]);
    next();
  }

  function next(): void {
    const busy = current.current.filter(({ state }) => state === "sending" || state === "checking");
    const free = AT_ONCE - busy.length;
    const waiting = current.current.filter(({ state }) => state === "waiting");
    for (const item of waiting.slice(0, Math.max(0, free))) send(item);
  }

  async function send({ id, file }: Item): Promise<void> {
    const stop = new AbortController();
    stops.current.set(id, stop);
    update(id, { state: "sending", part: 0, problem: null });
    try {
      const onProgress = (part: number) =>
        update(id, { part, state: part >= 1 ? "checking" : "sending" });
      await upload(target, id, file, onProgress, stop.signal);
      drop(id);
      setSaid(words.stored.replace("{name}", file.name));
      const isLast = current.current.length === 0;
      if (props.doneHref !== null && isLast) goTo(props.doneHref);
      else await refreshLive().catch(() => isLast && location.reload());
    } catch (error) {
      if (stop.signal.aborted) return;
      const known = error instanceof UploadFailure ? error : new UploadFailure("unavailable", true);
      update(id, { state: "failed", problem: known.code, mayRetry: known.mayRetry });
    } finally {
      stops.current.delete(id);
      next();
    }
  }

  function cancel(item: Item): void {
    stops.current.get(item.id)?.abort();
    drop(item.id);
    // A file that was refused is gone already.
    if (item.problem === null || item.mayRetry) takeBack(item);
    next();
  }
  async function takeBack({ id, file }: Item): Promise<void> {
    try {
      await removeUpload(target, id);
    } catch (error) {
      const isStored = error instanceof UploadFailure && error.code === "not_allowed";
      if (isStored) setSaid(words.stored.replace("{name}", file.name));
      // Else nothing was announced yet, or the line is lost: what nobody confirms is given to nobody,
      // holds a place for an hour and is swept.
    }
    // Whether it came too late for that, the list says; it is no harm if the list stays as it was.
    await refreshLive().catch(() => {});
  }
  function retry(item: Item): void {
    // After an hour Storage takes the file under a new name only.
    const id = item.problem === "expired" ? crypto.randomUUID() : item.id;
    const state = "waiting";
    change(current.current.map((one) => one.id === item.id ? { ...one, id, state } : one));
    next();
  }

  useEffect(() => {
    setReady(true);
    // What was chosen before this woke up.
    if (plain.current?.files?.length) add(plain.current.files);
    const onOnline = () => {
      for (const item of current.current) if (item.problem === "unavailable") retry(item);
    };
    const onLeave = (event: BeforeUnloadEvent) => {
      if (current.current.some(({ state }) => state !== "failed")) event.preventDefault();
    };
    addEventListener("online", onOnline);
    addEventListener("beforeunload", onLeave);
    return () => {
      removeEventListener("online", onOnline);
      removeEventListener("beforeunload", onLeave);
    };
  }, []);

  if (!ready) {
    return (
      <form
        method="post"
        action={props.action}
        encType="multipart/form-data"
        class="upload"
        noValidate
        data-testid="upload-form"
      >
        <input type="hidden" name="act" value="upload" />
        <input type="hidden" name="id" value={props.formId} />
        <input type="hidden" name="category" value={props.category} />
        {requestId && <input type="hidden" name="request" value={requestId} />}
        <div class="field">
          <label for={name}>{words.label}</label>
          <p class="field-hint" id={`${name}-hint`}>{words.hint}</p>
          <input
            ref={plain}
            id={name}
            name="file"
            type="file"
            accept={props.accept}
            aria-describedby={`${name}-hint`}
            required
          />
        </div>
        <button type="submit" class="button button-secondary">{words.send}</button>
      </form>
    );
  }

  const onFiles = (event: Event) => {
    const input = event.currentTarget as HTMLInputElement;
    // A list of its own: emptying the input would empty it.
    const files = [...input.files ?? []];
    input.value = "";
    add(files);
  };
  return (
    <div
      class={over ? "upload upload-over" : "upload"}
      data-testid="upload"
      onDragOver={(event) => (event.preventDefault(), setOver(true))}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        add(event.dataTransfer?.files ?? []);
      }}
    >
      <p class="upload-label">{words.label}</p>
      <p class="field-hint" id={`${name}-hint`}>{words.hint}</p>
      <div class="actions">
        <span class="upload-choose">
          <input
            id={name}
            type="file"
            multiple
            accept={props.accept}
            aria-describedby={`${name}-hint`}
            onChange={onFiles}
            data-testid="upload-files"
          />
          <label for={name} class="button button-secondary">{words.choose}</label>
        </span>
        <span class="upload-choose upload-camera">
          <input
            id={`${name}-photo`}
            type="file"
            accept="image/*"
            capture="environment"
            onChange={onFiles}
          />
          <label for={`${name}-photo`} class="button button-secondary">{words.photo}</label>
        </span>
        <span class="fine upload-drop">{words.drop}</span>
      </div>
      <p role="status" class="visually-hidden">{said}</p>
      {items.length > 0 && (
        <ul class="upload-items">
          {items.map((item) => (
            <li key={item.id} data-testid="upload-item" data-state={item.state}>
              <p class="file-name">{item.file.name}</p>
              {item.problem === null
                ? (
                  <div class="upload-progress">
                    <progress
                      max={1}
                      aria-label={item.file.name}
                      {...(item.state === "checking" ? {} : { value: item.part })}
                    />
                    <span class="fine">
                      {words[item.state === "failed" ? "waiting" : item.state]}
                    </span>
                  </div>
                )
                : (
                  <p class="field-problem" role="alert">
                    {words.problems[item.problem] ?? words.problems["unavailable"]}
                  </p>
                )}
              <div class="document-ways">
                {item.state === "failed" && item.mayRetry && (
                  <button
                    type="button"
                    class="link-button"
                    onClick={() => retry(item)}
                  >
                    {words.retry}
                    <span class="visually-hidden">{` ${item.file.name}`}</span>
                  </button>
                )}
                <button type="button" class="link-button" onClick={() => cancel(item)}>
                  {item.state === "failed" ? words.remove : words.cancel}
                  <span class="visually-hidden">{` ${item.file.name}`}</span>
                </button>
              </div>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
