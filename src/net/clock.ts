/** The time of the day, and one clock in nanoseconds since 1970 that never goes back: what recordings are stamped with. */
export interface Clock {
  now(): Date
  ns(): bigint
}

const million = 1_000_000n
/** How far the steady clock may stray from the time of the day before it is set forward again. */
const tolerated = 100n * million

let offset = BigInt(Date.now()) * million - process.hrtime.bigint()

export const systemClock: Clock = {
  now: () => new Date(),
  ns: () => process.hrtime.bigint() + offset,
}

/** Follows a change of the machine's time, forward only; called once a connection. */
export function followTheDay(): void {
  const behind = BigInt(Date.now()) * million - systemClock.ns()
  if (behind > tolerated) offset += behind
}
