import { type ComponentChildren, type ComponentType, h, options, render, type VNode } from "preact";
import { addedProps } from "../shared.ts";
import { revive, type Revivers } from "./revive.ts";

/** Starts islands in the browser: finds the server's comments and renders components between them. */

type Props = Record<string, unknown>;
type Components = Record<string, ComponentType<Props>>;

/** What the page brought along. */
interface Page {
  components: Components;
  props: Props[];
  /** Start comments of slots, by id. */
  slots: Map<string, Node>;
}

/** Stands for JSX of the server until its nodes have been read. */
class SlotRef {
  constructor(readonly id: string) {}
}

const previous = options.vnode;
options.vnode = (vnode) => {
  if (typeof vnode.type === "string") {
    const added = addedProps(vnode.type, vnode.props as Props, location.pathname);
    if (added !== null) Object.assign(vnode.props, added);
  }
  previous?.(vnode);
};

/**
 * Start the islands of the page.
 *
 * @param components By name.
 * @param serialized Their props, by the number in the island's comment.
 * @param signals Makes signals, where there are any.
 */
export function boot(components: Components, serialized: string, signals?: Revivers): void {
  const props = revive(serialized, {
    ...signals,
    Slot: (id) => new SlotRef(String(id)),
  }) as Props[];
  const page: Page = { components, props, slots: new Map() };
  const starts = findComments(page, document.body);
  for (const start of starts) {
    try {
      startIsland(page, start);
    } catch (error) {
      // The other islands can do without it.
      reportError(error);
    }
  }
}

/** Find the outermost islands below a node, and note where slots start. */
function findComments(page: Page, root: Node): Comment[] {
  const islands: Comment[] = [];
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_COMMENT);
  let depth = 0;
  while (walker.nextNode()) {
    const comment = walker.currentNode as Comment;
    const [prefix, kind, id = ""] = comment.data.split(":");
    if (comment.data === "/frsh:island") depth--;
    else if (prefix !== "frsh") continue;
    else if (kind === "slot") page.slots.set(id, comment);
    else if (kind === "island" && depth++ === 0) islands.push(comment);
  }
  return islands;
}

function startIsland(page: Page, start: Comment): void {
  const comment = endOf(start, "island");
  const parent = start.parentNode;
  if (parent === null || comment === null) return;
  const vnode = islandNode(page, start);
  // Preact skips comments when it looks for a place, and would insert behind the island's end.
  const end = new Text("");
  comment.replaceWith(end);
  render(vnode, rangeAsParent(parent, start, end) as unknown as ParentNode & Element);
}

function islandNode(page: Page, start: Comment): VNode {
  const [, , name = "", index = "", key = ""] = start.data.split(":");
  const component = page.components[name];
  const props = page.props[Number(index)];
  if (component === undefined || props === undefined) throw new Error(`Unknown island ${name}`);
  for (const prop in props) {
    const value = props[prop];
    if (value instanceof SlotRef) props[prop] = h(Slot, { children: slotChildren(page, value.id) });
  }
  return h(component, key === "" ? props : { ...props, key });
}

/** Keeps what the server rendered. */
function Slot({ children }: { children: ComponentChildren }): ComponentChildren {
  return children;
}

function slotChildren(page: Page, id: string): ComponentChildren {
  const start = page.slots.get(id);
  if (start !== undefined) return readNodes(page, start.nextSibling, "/frsh:slot");
  const template = document.getElementById(`frsh-${id}`);
  if (!(template instanceof HTMLTemplateElement)) return null;
  findComments(page, template.content);
  return readNodes(page, template.content.firstChild, "");
}

/** Turn nodes into virtual ones, up to a comment; islands among them become components. */
function readNodes(page: Page, first: Node | null, until: string): ComponentChildren[] {
  const children: ComponentChildren[] = [];
  for (let node = first; node !== null; node = node.nextSibling) {
    if (node instanceof Text) children.push(node.data);
    else if (node instanceof Comment) {
      if (node.data === until) break;
      if (node.data.startsWith("frsh:island:")) {
        children.push(islandNode(page, node));
        node = endOf(node, "island") ?? node;
      }
    } else if (node instanceof Element) children.push(readElement(page, node));
  }
  return children;
}

function readElement(page: Page, element: Element): VNode {
  const props: Props = {};
  for (const { name, value } of element.attributes) {
    const property = (element as unknown as Props)[name];
    // The visitor may have changed a form already.
    if (name === "value" || name === "checked" || name === "selected") props[name] = property;
    else props[name] = typeof property === "boolean" ? true : value;
  }
  props.children = readNodes(page, element.firstChild, "");
  return h<Props>(element.localName, props) as VNode;
}

function endOf(start: Comment, kind: "island" | "slot"): Comment | null {
  let depth = 0;
  for (let node: Node | null = start; node !== null; node = node.nextSibling) {
    if (!(node instanceof Comment)) continue;
    if (node.data.startsWith(`frsh:${kind}:`)) depth++;
    else if (node.data === `/frsh:${kind}` && --depth === 0) return node;
  }
  return null;
}

/** Something Preact can render into that consists of what lies between two nodes. */
function rangeAsParent(parent: Node, start: Node, end: Node): object {
  return {
    nodeType: Node.ELEMENT_NODE,
    ownerDocument: document,
    namespaceURI: (parent as Element).namespaceURI,
    parentNode: parent,
    get childNodes() {
      const nodes: Node[] = [];
      for (let node = start.nextSibling; node !== null && node !== end; node = node.nextSibling) {
        nodes.push(node);
      }
      return nodes;
    },
    get firstChild() {
      return start.nextSibling === end ? null : start.nextSibling;
    },
    insertBefore: (node: Node, before: Node | null) => parent.insertBefore(node, before ?? end),
    appendChild: (node: Node) => parent.insertBefore(node, end),
    removeChild: (node: Node) => parent.removeChild(node),
    contains: (node: Node | null) => parent.contains(node),
  };
}
