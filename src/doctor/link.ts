/** How far a server is, and what its clock says. */
export interface LinkFacts {
  /** Questions asked, one after the other. */
  samples: number
  /** Round trip, ms. */
  p50Ms: number
  p95Ms: number
  maxMs: number
  /** How far its clock is ahead of that of this host, ms; negative if behind. */
  aheadMs: number
  /** `aheadMs` may be off by this much, ms: half of the shortest round trip. */
  marginMs: number
}

const SAMPLES = 20

/**
 * Measures a connection with small questions. Of its clock, the answer that came fastest says most.
 * @param askTime ms since 1970 by the clock of the server
 */
export async function measureLink(askTime: () => Promise<number>): Promise<LinkFacts> {
  // The first one may have to resolve, connect or prepare something
  await askTime()
  const answers: Array<{tripMs: number; aheadMs: number}> = []
  for (let i = 0; i < SAMPLES; i++) answers.push(await askOnce(askTime))
  const sorted = answers.sort((a, b) => a.tripMs - b.tripMs)
  const [fastest] = sorted
  const at = (part: number) => round(sorted[Math.ceil(part * SAMPLES) - 1].tripMs)
  return {
    samples: SAMPLES,
    p50Ms: at(0.5),
    p95Ms: at(0.95),
    maxMs: at(1),
    aheadMs: round(fastest.aheadMs),
    marginMs: round(fastest.tripMs / 2),
  }
}

async function askOnce(askTime: () => Promise<number>): Promise<{tripMs: number; aheadMs: number}> {
  const clock = Date.now()
  const startedAt = performance.now()
  const theirs = await askTime()
  const tripMs = performance.now() - startedAt
  return {tripMs, aheadMs: theirs - (clock + tripMs / 2)}
}

function round(ms: number): number {
  return Math.round(ms * 1000) / 1000
}
