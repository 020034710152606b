/** What the server and the browser both need, apart from the application's own code. */

/** Query parameter that names the build an asset belongs to. */
export const ASSET_KEY = "__frsh_c";

declare const __FRESH_BUILD_ID__: string | undefined;

/** The build that is running; the server sets it when a snapshot is applied. */
export const build: { id: string } = {
  id: typeof __FRESH_BUILD_ID__ === "string" ? __FRESH_BUILD_ID__ : "unbuilt",
};

/** See `asset()` in the runtime. */
export function lockAsset(path: string): string {
  if (!path.startsWith("/") || path.startsWith("//") || path.includes(`${ASSET_KEY}=`)) return path;
  const [rest = "", ...fragment] = path.split("#");
  const locked = `${rest}${rest.includes("?") ? "&" : "?"}${ASSET_KEY}=${build.id}`;
  return [locked, ...fragment].join("#");
}

/** See `assetSrcSet()` in the runtime. */
export function lockSrcSet(srcset: string): string {
  if (srcset.includes("(")) return srcset;
  return srcset.split(",").map((part) => part.replace(/\S+/, lockAsset)).join(",");
}

/**
 * Attributes that an element gets in addition: `aria-current` on links to the page or an ancestor of
 * it, locked URLs on images.
 *
 * @param type The element's name.
 * @param props Its attributes.
 * @param pathname Path of the page.
 * @returns What to add, null for nothing.
 */
export function addedProps(
  type: string,
  props: Record<string, unknown>,
  pathname: string,
): Record<string, string> | null {
  if (type === "a") {
    const { href } = props;
    return typeof href === "string" && href.startsWith("/") ? currentProps(href, pathname) : null;
  }
  if ((type !== "img" && type !== "source") || props["data-fresh-disable-lock"]) return null;
  const added: Record<string, string> = {};
  if (typeof props.src === "string") added.src = lockAsset(props.src);
  if (typeof props.srcset === "string") added.srcset = lockSrcSet(props.srcset);
  return added;
}

function currentProps(href: string, pathname: string): Record<string, string> | null {
  const target = trimmed(href.replace(/[?#].*$/, ""));
  const here = trimmed(pathname);
  if (target === here) return { "data-current": "true", "aria-current": "page" };
  if (target !== "/" && !here.startsWith(`${target}/`)) return null;
  return { "data-ancestor": "true", "aria-current": "true" };
}

function trimmed(path: string): string {
  return path.length > 1 && path.endsWith("/") ? path.slice(0, -1) : path;
}
