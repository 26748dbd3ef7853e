import {setTimeout as wait} from 'node:timers/promises'
import {TestRunner} from 'vitest'

/** The longest wait outside a test, e.g. in a hook. */
const LIMIT_MS = 60_000

/** `until` gives up this long before the test times out, ms: a timeout would not say what the test waited for. */
const SPARE_MS = 500

/**
 * Polls until a condition is true.
 * @throws Error that says what it waited for, shortly before the test times out
 */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = testDeadline()
  while (!(await isSo())) {
    if (now() > deadline) throw new Error(`waited in vain until ${isSo}`)
    await wait(5)
  }
}

function testDeadline(): number {
  const test = TestRunner.getCurrentTest()
  const started = test?.result?.startTime
  return test && started ? started + test.timeout - SPARE_MS : now() + LIMIT_MS
}

/** The real time of day, even if a test has set the clock. */
function now(): number {
  return performance.timeOrigin + performance.now()
}
