/** Answers after whole steps of time, so that how long something took tells little of what it was. */

/**
 * How long to wait until a step of time is full.
 *
 * @param took What has passed, in milliseconds.
 * @param step The length of a step.
 * @returns Milliseconds; a full step where nothing has passed.
 */
export function untilStep(took: number, step: number): number {
  return Math.max(1, Math.ceil(took / step)) * step - took;
}
