import {afterEach, expect, it, vi} from 'vitest'
import {Outage} from '../../src/redis/outage.ts'
import {Patience} from '../../src/redis/patience.ts'

afterEach(() => vi.restoreAllMocks())

/** The clock of the program, moved by hand. */
function clock() {
  const time = {now: 0}
  vi.spyOn(performance, 'now').mockImplementation(() => time.now)
  return time
}

const REFUSED = new Error('READONLY')

it('ends after 10 s of refusals if nothing was ever answered, as a wrong address would refuse', async () => {
  const time = clock()
  const patience = new Patience(() => undefined)
  expect(await patience.wait(REFUSED)).toBe(true)
  time.now = 10_001
  expect(await patience.wait(REFUSED)).toBe(false)
})

it('lasts until it is told to stop, once another call was answered, also if its own was refused before', async () => {
  const time = clock()
  const [stop, note] = [new AbortController(), vi.fn()]
  let outage: Outage | undefined
  const patience = new Patience(() => outage)
  expect(await patience.wait(REFUSED)).toBe(true)
  outage = new Outage({signal: stop.signal, note})
  time.now = 10_001
  expect(await patience.wait(REFUSED)).toBe(true)
  time.now = 60_000
  expect(await patience.wait(REFUSED)).toBe(true)
  expect(note.mock.calls).toEqual([[expect.stringContaining('READONLY; waiting')]])
  stop.abort()
  expect(await patience.wait(REFUSED)).toBe(false)
})
