/**
 * What pages and islands may import: everything here runs on the server and in the browser.
 *
 * @module
 */
import type { ComponentChildren, VNode } from "preact";
import { lockAsset, lockSrcSet } from "./shared.ts";

/** True in the browser, false on the server. */
export const IS_BROWSER: boolean = typeof document !== "undefined";

/**
 * The URL of a static file that browsers may keep for a year, because it changes with each build.
 *
 * @example
 * ```tsx
 * <link rel="stylesheet" href={asset("/styles.css")} />
 * ```
 */
export function asset(path: string): string {
  return lockAsset(path);
}

/** {@linkcode asset} for every URL of a `srcset` attribute. */
export function assetSrcSet(srcset: string): string {
  return lockSrcSet(srcset);
}

/** Props of {@linkcode Head}. */
export interface HeadProps {
  children?: ComponentChildren;
}

/**
 * Adds elements to the document's head from anywhere in a page or layout. A `title`, or a `meta` of
 * the same name, replaces the one of `_app`; elements with the same `key` replace each other.
 */
// The server puts a component of its own in this one's place; in the browser nothing is left to do.
export function Head(_props: HeadProps): VNode | null {
  return null;
}
