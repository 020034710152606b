import { type ComponentChildren, Fragment, options, type VNode } from "preact";
import { scripts, visitIsland } from "./islands.ts";
import {
  createNode,
  defer,
  deferred,
  makeNow,
  override,
  ownProps,
  type Props,
  type Rendering,
  rendering,
} from "./rendering.ts";
import { Head } from "./runtime.ts";
import { addedProps } from "./shared.ts";

/**
 * What the runtime adds to a page while Preact renders it: nonces, `aria-current`, locked asset URLs,
 * the elements of `<Head>`, islands' scripts.
 */

interface Hooks {
  /** Called before a node is rendered. */
  __b?(vnode: VNode): void;
}

const hooks = options as Hooks;
const previous = hooks.__b;
hooks.__b = (vnode) => {
  const state = rendering.current;
  if (state !== null) {
    const { type } = vnode;
    if (typeof type === "string") visitElement(vnode, type, state);
    else if (type === Head) visitHead(vnode);
    else if (type !== Fragment) {
      const island = state.snapshot.islands.get(type);
      if (island !== undefined) visitIsland(vnode, island, state);
    }
    if (vnode.type === Fragment) makeNow(vnode, state);
  }
  previous?.(vnode);
};

function visitElement(vnode: VNode, type: string, state: Rendering): void {
  switch (type) {
    case "a":
    case "img":
    case "source":
      return override(vnode, addedProps(type, ownProps(vnode), state.pathname));
    case "html":
      state.hasHtml = true;
      return;
    case "head":
      state.hasHead = true;
      return wrapChildren(vnode, deferred(startHead), deferred(endHead));
    case "body":
      state.hasBody = true;
      return wrapChildren(vnode, null, scripts());
    case "script":
    case "style":
      override(vnode, { nonce: state.nonce });
      return visitHeadElement(vnode, type, state);
    case "title":
    case "meta":
    case "link":
    case "base":
    case "noscript":
    case "template":
      return visitHeadElement(vnode, type, state);
  }
}

function wrapChildren(vnode: VNode, before: VNode | null, after: VNode): void {
  const children = ownProps(vnode).children as ComponentChildren;
  override(vnode, { children: [before, children, after] });
}

function startHead(state: Rendering): Props {
  state.place = "head";
  return {};
}

function endHead(state: Rendering): Props {
  state.place = "body";
  return { children: [...state.headElements.values()] };
}

function visitHead(vnode: VNode): void {
  const { children } = vnode.props;
  defer(vnode, () => ({ children: [enter("Head"), children, enter("body")] }));
}

function enter(place: Rendering["place"]): VNode {
  return deferred((state) => {
    state.place = place;
    return {};
  });
}

/** Inside `<Head>` an element is put aside; inside `<head>` one put aside may take its place. */
function visitHeadElement(vnode: VNode, type: string, state: Rendering): void {
  if (state.place === "body") return;
  const own = ownProps(vnode);
  const { key } = vnode;
  const name = headKey(type, key, own);
  if (state.place === "head" && !state.headElements.has(name)) return;
  defer(vnode, (state) => {
    const element = createNode(type, own);
    if (state.place === "Head") {
      state.headElements.set(name, element);
      return {};
    }
    const collected = state.place === "head" ? state.headElements.get(name) : undefined;
    state.headElements.delete(name);
    return { children: [collected ?? element] };
  });
}

function headKey(type: string, key: unknown, props: Props): string {
  if (key != null && key !== "") return `key:${key}`;
  if (type === "title" || type === "base") return type;
  if (type === "meta") {
    const name = props.name ?? props.property ?? props["http-equiv"] ?? props.itemprop;
    if (name !== undefined) return `meta:${name}`;
    if (props.charset !== undefined || props.charSet !== undefined) return "meta charset";
  }
  const { nonce: _nonce, children, dangerouslySetInnerHTML, ...rest } = props;
  const html = (dangerouslySetInnerHTML as { __html: string } | undefined)?.__html ?? children;
  return `${type}:${JSON.stringify(Object.entries(rest).sort())}:${html}`;
}
