/** What happens to members of a storm, told by the events that Paddle would send about it. */
import type { OwnedEvent } from "./expected_state.ts";
import { MemberLife, type StormMember } from "./member_life.ts";
import type { Random } from "./random.ts";

/** A checkout that a member opened on the site. */
export interface Checkout {
  readonly member: StormMember;
  readonly transactionId: string;
  readonly priceId: string;
}

/** Members with everything that happens to them. */
export interface Lives {
  /** In the order in which it happened to each member, one member after the other. */
  readonly told: readonly OwnedEvent[];
  /** What the site noted before Paddle told of anything. */
  readonly checkouts: readonly Checkout[];
}

/** Acts that are possible, by the state in which the member's newest subscription is. */
const ACTS: Readonly<Record<string, readonly ((life: MemberLife) => void)[]>> = {
  "none": [(life) => life.buys()],
  "active": [
    (life) => life.renews(),
    (life) => life.failsToRenew(),
    (life) => life.failsToRenew(),
    (life) => life.schedulesCancellation(),
    (life) => life.pauses(),
    (life) => life.changesPlan(),
    (life) => life.cancels(),
    (life) => life.getsRefund(),
    (life) => life.chargesBack(),
    (life) => life.changesEmail(),
    (life) => life.buys(),
  ],
  "scheduled": [
    (life) => life.withdrawsCancellation(),
    (life) => life.cancels(),
    (life) => life.getsRefund(),
  ],
  "past_due": [
    (life) => life.failsAgain(),
    (life) => life.recovers(),
    (life) => life.recovers(),
    (life) => life.cancels(),
  ],
  "paused": [(life) => life.resumes(), (life) => life.cancels()],
  "canceled": [
    (life) => life.buys(),
    (life) => life.getsRefund(),
    (life) => life.chargesBack(),
    (life) => life.changesEmail(),
  ],
};

/**
 * Lets members live until there is exactly so much to tell.
 *
 * @param members Who.
 * @param count How many events there are to be in all; at least six for each member.
 * @param random Decides what happens.
 * @returns Their lives.
 */
export function playLives(members: readonly StormMember[], count: number, random: Random): Lives {
  const lives = members.map((member) => new MemberLife(member, random));
  const share = Math.ceil(count / lives.length);
  // Some have little to tell and some a lot, as outside of tests.
  lives.forEach((life, index) => live(life, share - 4 + index % 9, random));
  const sum = () => lives.reduce((total, { events }) => total + events.length, 0);
  while (sum() < count) {
    const one = random.pick(lives);
    live(one, one.events.length + 1, random);
  }
  // A life may stop anywhere: what has not happened yet has not been told.
  for (let surplus = sum() - count; surplus > 0; surplus--) longest(lives).events.pop();
  return {
    told: lives.flatMap(({ member, events }) => events.map((event) => ({ event, member }))),
    checkouts: lives.flatMap(({ member, checkouts }) =>
      checkouts.map(({ id, priceId }) => ({ member, transactionId: id, priceId }))
    ),
  };
}

function longest(lives: readonly MemberLife[]): MemberLife {
  return lives.reduce((one, other) => one.events.length >= other.events.length ? one : other);
}

function live(life: MemberLife, events: number, random: Random): void {
  while (life.events.length < events) {
    random.pick(ACTS[life.state] ?? [])(life);
    life.timePasses();
  }
}
