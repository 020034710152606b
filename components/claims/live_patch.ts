/** Takes what is new of a page into the one that is open, and leaves the rest as it is. */

/**
 * Swaps the parts marked `data-live="name"` for those of a newer version of the page. What did not
 * change stays the very same element, so that focus, selection and what was unfolded survive.
 *
 * @param present The open document.
 * @param newer The newer version.
 * @returns How many entries of lists are new.
 */
export function patchLive(present: Document, newer: Document): number {
  const focused = present.activeElement?.id ?? "";
  let added = 0;
  for (const old of present.querySelectorAll("[data-live]")) {
    const name = old.getAttribute("data-live");
    const fresh = newer.querySelector(`[data-live="${name}"]`);
    if (fresh !== null) added += patch(old, present.importNode(fresh, true));
  }
  if (focused !== "" && present.activeElement?.id !== focused) {
    present.getElementById(focused)?.focus({ preventScroll: true });
  }
  return added;
}

/** Brings one element up to date; lists whose items have ids are brought up to date by item. */
function patch(old: Element, fresh: Element): number {
  if (old.isEqualNode(fresh)) return 0;
  const keyed = old.tagName === fresh.tagName && isKeyed(old) && isKeyed(fresh);
  if (!keyed && !isFrame(old, fresh)) {
    old.replaceWith(fresh);
    return 0;
  }
  copyAttributes(old, fresh);
  if (keyed) return patchItems(old, fresh);
  let added = 0;
  const pairs = [...old.children].map((child, at) => [child, fresh.children[at]] as const);
  for (const [child, newer] of pairs) if (newer !== undefined) added += patch(child, newer);
  return added;
}

function isKeyed({ children }: Element): boolean {
  return children.length > 0 && [...children].every(({ id, tagName }) => tagName === "LI" && id);
}

/** The same elements in the same order, with nothing but blanks between them. */
function isFrame(old: Element, fresh: Element): boolean {
  const onlyElements = (element: Element) =>
    [...element.childNodes].every((node) =>
      node.nodeType === 1 || (node.textContent ?? "").trim() === ""
    );
  return old.tagName === fresh.tagName && old.children.length > 0 &&
    old.children.length === fresh.children.length && onlyElements(old) && onlyElements(fresh) &&
    [...old.children].every((child, at) => child.tagName === fresh.children[at]?.tagName);
}

function patchItems(old: Element, fresh: Element): number {
  const known = new Map([...old.children].map((item) => [item.id, item]));
  let added = 0;
  let place: Element | null = null;
  for (const item of [...fresh.children]) {
    const present = known.get(item.id);
    known.delete(item.id);
    const kept: Element = present?.isEqualNode(item) ? present : item;
    if (present === undefined) added++;
    else if (kept !== present) present.replaceWith(kept);
    const next: Element | null = place === null ? old.firstElementChild : place.nextElementSibling;
    if (next !== kept) old.insertBefore(kept, next);
    place = kept;
  }
  for (const gone of known.values()) gone.remove();
  return added;
}

function copyAttributes(old: Element, fresh: Element): void {
  for (const { name } of [...old.attributes]) {
    if (!fresh.hasAttribute(name)) old.removeAttribute(name);
  }
  for (const { name, value } of fresh.attributes) {
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
}
