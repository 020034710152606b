import { type ComponentChildren, isValidElement, type VNode } from "preact";
import { createNode, defer, deferred, type Props, type Rendering } from "./rendering.ts";
import { serialize } from "./serialize.ts";
import type { Island } from "./snapshot.ts";

/**
 * Server side of islands. An island stands between two comments that tell its name and the number of
 * its props; JSX it was given, between two that tell the slot. `client/boot.ts` looks for them.
 */

/** Stands for JSX in the props that go to the browser. */
class Slot {
  constructor(readonly id: number, readonly children: ComponentChildren) {}
}

/** Wrap an island, unless it is part of another one. */
export function visitIsland(vnode: VNode, island: Island, state: Rendering): void {
  if (state.insideIsland) return;
  const { key, props: given } = vnode;
  // The key is part of a comment: it must not be able to end it.
  const suffix = key == null ? "" : encodeURIComponent(String(key)).replace(/[-:]/g, "_");
  defer(vnode, (state) => {
    if (state.insideIsland) return { children: [createNode(island.component, given as Props)] };
    const sent: Props = {};
    const props: Props = {};
    for (const [name, value] of Object.entries(given)) {
      const isSlot = name === "children" ? isContent(value) : isJsx(value);
      sent[name] = isSlot ? new Slot(state.slots.push(value) - 1, value) : value;
      props[name] = isSlot ? slotNode(sent[name] as Slot, name) : value;
    }
    const index = state.props.push(sent) - 1;
    state.islands.add(island);
    return {
      children: [
        mark(`frsh:island:${island.name}:${index}:${suffix}`, true),
        createNode(island.component, props),
        mark("/frsh:island", false),
      ],
    };
  });
}

function isContent(value: unknown): value is ComponentChildren {
  return value != null && typeof value !== "boolean" && typeof value !== "function";
}

function isJsx(value: unknown): value is VNode {
  return isValidElement(value) && !isSignal(value);
}

/** Signals can be children, so Preact takes them for nodes. */
function isSignal(value: unknown): value is { peek(): unknown } {
  return value !== null && typeof value === "object" && "peek" in value &&
    typeof value.peek === "function" && "value" in value;
}

/** A comment, at which rendering goes into or out of an island's own nodes. */
function mark(text: string, insideIsland: boolean): VNode {
  return deferred((state) => {
    state.insideIsland = insideIsland;
    return { UNSTABLE_comment: text };
  });
}

function slotNode({ id, children }: Slot, name: string): VNode {
  return deferred((state) => {
    state.slots[id] = null;
    const start = mark(`frsh:slot:${id}:${name}`, false);
    return { children: [start, children, mark("/frsh:slot", true)] };
  });
}

/** The end of the body: slots that no island has shown yet, then the script that starts islands. */
export function scripts(): VNode {
  return deferred((state) => {
    if (state.hasScripts) return {};
    state.hasScripts = true;
    const { snapshot, nonce } = state;
    return { children: [waitingSlots(), deferred(bootScript), snapshot.bodyEnd?.(nonce)] };
  });
}

function waitingSlots(): VNode {
  return deferred((state) => {
    const templates: VNode[] = [];
    for (const [id, children] of state.slots.entries()) {
      if (children !== null) templates.push(createNode("template", { id: `frsh-${id}` }, children));
    }
    state.slots.fill(null);
    // A slot may hold islands with slots of their own.
    return templates.length === 0 ? {} : { children: [templates, waitingSlots()] };
  });
}

function bootScript(state: Rendering): Props {
  const { snapshot, islands, nonce } = state;
  if (islands.size === 0) return {};
  const text = JSON.stringify(serialize(state.props, (value) => reduce(value, state)));
  let code = `import{boot}from${JSON.stringify(snapshot.bootUrl)};`;
  if (state.hasSignals) code += `import{signals}from${JSON.stringify(snapshot.signalsUrl)};`;
  for (const { name, exportName, url } of islands) {
    const binding = exportName === "default" ? ` ${name} ` : `{${exportName} as ${name}}`;
    code += `import${binding}from${JSON.stringify(url)};`;
  }
  const names = Array.from(islands, ({ name }) => name).join();
  code += `boot({${names}},${text.replaceAll("<", "\\u003C")}${
    state.hasSignals ? ",signals" : ""
  })`;
  const props = { type: "module", nonce, dangerouslySetInnerHTML: { __html: code } };
  return { children: createNode("script", props) };
}

function reduce(value: object, state: Rendering): [string, unknown] | null {
  if (value instanceof Slot) return ["Slot", value.id];
  if (isSignal(value)) {
    state.hasSignals = true;
    return [isComputed(value) ? "Computed" : "Signal", value.peek()];
  }
  if (!isValidElement(value)) return null;
  throw new TypeError("An island takes JSX as children or a prop of its own, not inside of others");
}

/** Computed signals keep their function under either name, by how the library was minified. */
function isComputed(value: object): boolean {
  return ("x" in value && typeof value.x === "function") ||
    ("_fn" in value && typeof value._fn === "function");
}
