/**
 * Builds the application, and runs it while it is developed.
 *
 * @module
 */
export { Builder, type BuildOptions } from "./dev/builder.ts";
