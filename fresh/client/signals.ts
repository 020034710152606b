import { computed, signal } from "@preact/signals";
import type { Revivers } from "./revive.ts";

/** Makes signals of the values that the server's had. */
export const signals: Revivers = {
  Signal: (value) => signal(value),
  Computed: (value) => computed(() => value),
};
