import type {DurabilityLevel} from '../../../config/durability.ts'
import type {QueueEngine} from '../../../queue/engine.ts'
import type {EnqueueMode} from '../../../queue/producer.ts'
import {IN_FLIGHT} from '../../../queue/sending/flights.ts'
import {LatencyHistogram} from '../../measure/histogram.ts'

/** How items are sent: as `qtool enqueue --mode` does, or as single ZADDs that ioredis pipelines by itself. */
export type Mode = EnqueueMode | 'auto'

export interface Way {
  mode: Mode
  /** Items of one chunk or, with `auto`, in flight at a time; 1 with `single`. */
  batch: number
  /** What has to confirm each chunk; undefined for nobody but the primary. */
  confirmedBy?: Confirmer
}

/** `--durability` levels that wait. */
export type Confirmer = Exclude<DurabilityLevel, 'memory'>

/** Round trips in flight at a time. */
export function lanesOf({mode, batch}: Way): number {
  if (mode === 'single') return 1
  return mode === 'auto' ? batch : IN_FLIGHT
}

/** Items of one round trip. */
export function itemsPerTrip({mode, batch}: Way): number {
  return mode === 'single' || mode === 'auto' ? 1 : batch
}

export interface Sent {
  /** Items that Redis accepted. */
  items: number
  /** Latency of single items, if each has its own answer; from the send, since a closed loop has no schedule. */
  latency: LatencyHistogram | null
}

/** Makes different items at almost no cost: the sending is what is measured. */
export class ItemMaker {
  readonly #bytes: Buffer
  #count = 0

  constructor(bytes: number) {
    const head = '{"n":"000000000000","pad":"'
    this.#bytes = Buffer.from(`${head.padEnd(bytes - 2, 'x')}"}`)
  }

  /** Valid until the next call. */
  next(): Buffer {
    let rest = this.#count++
    for (let at = 17; at > 5; at--) {
      this.#bytes[at] = 0x30 + (rest % 10)
      rest = Math.floor(rest / 10)
    }
    return this.#bytes
  }
}

export interface SendOptions {
  queue: QueueEngine
  way: Way
  make: ItemMaker
  /** Called with the number of items that Redis has accepted so far; returns whether to go on. */
  see(items: number): boolean
  /** Whether the warm-up is over. */
  isCounting(): boolean
}

/** Sends items as fast as they are answered until `see` returns false, and waits for every answer. */
export function sendItems(options: SendOptions): Promise<Sent> {
  const {mode} = options.way
  return mode === 'auto' ? sendAuto(options) : sendEnqueued(mode, options)
}

async function sendEnqueued(mode: EnqueueMode, options: SendOptions): Promise<Sent> {
  const {queue, way, make, see, isCounting} = options
  const producer = await queue.openProducer({mode, batch: way.batch, priority: 0})
  const latency = mode === 'single' ? new LatencyHistogram() : null
  try {
    for (let goOn = true; goOn; ) {
      const item = make.next()
      const started = latency && performance.now()
      const answered = producer.add(item, 0, item.length)
      if (!answered) continue
      await answered
      if (started !== null && isCounting()) latency?.record(performance.now() - started)
      goOn = see(producer.items)
    }
    await producer.finish()
    return {items: producer.items, latency}
  } finally {
    await producer.close()
  }
}

/** Runs one caller for each item in flight, which waits for its own answer. */
async function sendAuto({queue, way, make, see, isCounting}: SendOptions): Promise<Sent> {
  const latency = new LatencyHistogram()
  let items = 0
  let goOn = true
  const call = async () => {
    while (goOn) {
      const started = performance.now()
      const added = await queue.put(Buffer.from(make.next()), Date.now())
      // Not `items += await`, which would add to the value from before the await and lose what other callers added
      items += added
      if (isCounting()) latency.record(performance.now() - started)
      goOn = goOn && see(items)
    }
  }
  const calls = Array.from({length: way.batch}, call)
  try {
    await Promise.all(calls)
  } finally {
    goOn = false
    await Promise.allSettled(calls)
  }
  return {items, latency}
}
