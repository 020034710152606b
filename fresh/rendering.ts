import { type ComponentChildren, Fragment, h, type VNode } from "preact";
import type { Island, Snapshot } from "./snapshot.ts";

/** Props of a node of whatever kind. */
export type Props = Record<string | symbol, unknown>;

/** Preact's `h()` for nodes whose kind is only known at run time. */
export const createNode = h as unknown as (
  type: unknown,
  props: Props | null,
  ...children: ComponentChildren[]
) => VNode;

/** Gives a fragment its props at the moment it is rendered. */
export type Make = (state: Rendering) => Props;

const MAKE: unique symbol = Symbol("fresh.make");
const BASE: unique symbol = Symbol("fresh.base");

/**
 * A fragment that is made when it is rendered. Unlike a component it costs nothing: a component has
 * an instance, and a signals effect to watch it.
 */
export function deferred(make: Make): VNode {
  return defer(createNode(Fragment, null), make);
}

/**
 * Turn a node into a deferred fragment.
 *
 * A node may be a constant of a module, rendered for page after page, so that nothing of a page may
 * stay in it: `make` is asked each time.
 */
export function defer(vnode: VNode, make: Make): VNode {
  vnode.type = Fragment;
  // Without a key, Preact would put the children in the place of a fragment a component returns.
  vnode.key ??= "";
  vnode.props = { [MAKE]: make } as unknown as VNode["props"];
  return vnode;
}

/** Make a fragment if it is a deferred one. */
export function makeNow(vnode: VNode, state: Rendering): void {
  const make = (vnode.props as Props)[MAKE] as Make | undefined;
  if (make === undefined) return;
  const props = make(state);
  props[MAKE] = make;
  vnode.props = props as VNode["props"];
}

/** A node's own props, without those that rendering put over them. */
export function ownProps(vnode: VNode): Props {
  const props = vnode.props as Props;
  return (props[BASE] as Props | undefined) ?? props;
}

/** Put props over a node's own, for this page. */
export function override(vnode: VNode, added: Props | null): void {
  const own = ownProps(vnode);
  vnode.props = (added === null ? own : { ...own, ...added, [BASE]: own }) as VNode["props"];
}

/** What one page collects while it is rendered. */
export class Rendering {
  readonly nonce: string = crypto.randomUUID().replaceAll("-", "");
  readonly islands: Set<Island> = new Set();
  /** Props by the number in an island's comment. */
  readonly props: Props[] = [];
  /** Slots that were not rendered, by id. */
  readonly slots: ComponentChildren[] = [];
  /** Whether the node at hand belongs to an island, and not to one of its slots. */
  insideIsland = false;
  /** Where the node at hand is: in `<head>`, in a `<Head>`, or in neither. */
  place: "body" | "head" | "Head" = "body";
  /** Elements from `<Head>`, by what they replace. */
  readonly headElements: Map<string, VNode> = new Map();
  hasHtml = false;
  hasHead = false;
  hasBody = false;
  hasScripts = false;
  /** Whether islands take signals. */
  hasSignals = false;

  /**
   * @param snapshot What is known of the application.
   * @param pathname Path of the page.
   */
  constructor(readonly snapshot: Snapshot, readonly pathname: string) {}
}

/** The page that is rendered at the moment. Rendering is synchronous, so there is only one. */
export const rendering: { current: Rendering | null } = { current: null };
