import {setTimeout as wait} from 'node:timers/promises'
import type {QueueEngine} from '../queue/engine.ts'
import type {Letter} from '../queue/letters/letter.ts'
import type {LetterFilter} from '../queue/letters/letter-filter.ts'
import type {LetterPlan} from '../queue/letters/letter-plan.ts'
import type {LetterPages} from '../queue/letters/letter-scan.ts'
import type {LetterReplayer} from '../queue/letters/replay.ts'
import type {OperationHold} from '../queue/operation-book/hold.ts'
import {Canary, type CanaryOptions, type SeenCanary} from './canary.ts'
import {DryReplay} from './dry-replay.ts'
import type {Verdict} from './obstacles.ts'
import type {ReplayResult} from './replay-result.ts'

type States = Array<Verdict['state']>

export interface ReplayOptions {
  /** Its limit counts items that go back into the queue, not skipped ones. */
  filter: LetterFilter
  /** Count only. */
  dryRun: boolean
  /** Most items per second. */
  rate?: number
  /** Replay some first, wait for workers, and stop if too many of them fail again. */
  canary?: CanaryOptions
  /** Judges letters; only those that would be written now are moved. */
  judge?: (letters: Letter[]) => Promise<States>
  /** The kept operation that it is part of. */
  hold?: OperationHold
  signal: AbortSignal
  /** Is given the letters that a dry run would move. */
  onDryMove?: (letters: readonly Letter[]) => void
  /** @param read letters read so far, whether they match or not */
  onProgress?: (replayed: number, read: number) => void
  /** Called while the canary is watched. */
  onCanary?: (seen: SeenCanary) => void
}

/** Approximate pause between the steps of a replay with --rate. */
const TICK_MS = 100

/** Most passes over the letters while others remove some of them. */
const MOST_PASSES = 5

/**
 * Puts dead letters back into the queue. Each item moves on its own, so a replay that is stopped or killed loses
 * nothing, and running it again continues. Letters that fail while it runs are left for the next replay.
 */
export async function runReplay(queue: QueueEngine, options: ReplayOptions): Promise<ReplayResult> {
  const plan = options.filter.plan ?? (await queue.letters.plan())
  const replay = new Replay(queue, options, plan)
  const started = performance.now()
  await replay.run()
  const seconds = (performance.now() - started) / 1000
  const {result} = replay
  const itemsPerSecond = result.replayed / seconds
  return {...result, remaining: await queue.letters.count(), seconds, itemsPerSecond}
}

class Replay {
  readonly result: Omit<ReplayResult, 'remaining' | 'seconds' | 'itemsPerSecond'> = {
    matched: 0,
    replayed: 0,
    waiting: 0,
    failing: 0,
    unknown: 0,
    gone: 0,
    later: 0,
    canary: null,
    aborted: false,
    interrupted: false,
  }
  readonly #queue: QueueEngine
  readonly #options: ReplayOptions
  readonly #filter: LetterFilter
  readonly #canary: Canary | undefined
  readonly #dry: DryReplay | undefined
  readonly #replayer: LetterReplayer
  readonly #clock = performance.now()

  constructor(queue: QueueEngine, options: ReplayOptions, plan: LetterPlan) {
    this.#queue = queue
    this.#options = options
    this.#filter = {...options.filter, plan, limit: undefined}
    this.#replayer = queue.letters.replayer(plan.at, options.hold)
    if (options.dryRun) this.#dry = new DryReplay(queue.letters)
    else if (options.canary) this.#canary = new Canary(queue, options.canary)
    this.#judge()
  }

  /** When others remove letters, the scan may miss letters with the same score, so the rest is read again. */
  async run(): Promise<void> {
    const {result} = this
    // Another process may have replayed all of the canary before it ended
    if (this.#canary?.missing === 0) await this.#heedCanary()
    for (let pass = 0; pass < MOST_PASSES && !this.#isOver; pass++) {
      const {gone} = result
      Object.assign(result, {matched: result.replayed + gone, waiting: 0, failing: 0, unknown: 0, later: 0})
      await this.#pass()
      if (this.#isOver || result.gone === gone) break
    }
    await this.#heedCanary()
    result.interrupted = this.#options.signal.aborted
  }

  async #pass(): Promise<void> {
    const scan = this.#queue.letters.scan(this.#filter)
    for await (const letters of scan.pages()) {
      await this.#page(scan, letters)
      this.result.later = scan.later
      this.#options.onProgress?.(this.result.replayed, scan.read)
      if (this.#isOver) return
    }
  }

  async #page(scan: LetterPages, letters: Letter[]): Promise<void> {
    const {judge} = this.#options
    const verdicts = judge && letters.length > 0 ? await judge(letters) : undefined
    for (let at = 0; at < letters.length && !this.#isOver; ) {
      const {end, passing} = this.#piece(letters, verdicts, at)
      this.result.matched += end - at
      const unknown = verdicts?.slice(at, end).filter((state) => state === 'unknown').length ?? 0
      this.result.unknown += unknown
      this.result.failing += end - at - passing.length - unknown
      at = end
      await this.#move(scan, passing)
      if (this.#canary?.missing === 0) await this.#heedCanary()
      await this.#pace()
    }
  }

  /** The next letters that may be moved in one step, up to `end`: those that would pass, or all if none were judged. */
  #piece(letters: Letter[], verdicts: States | undefined, at: number): {end: number; passing: Letter[]} {
    const {rate} = this.#options
    const flock = this.#canary?.missing ?? 0
    const pace = rate ? Math.max(1, Math.round((rate * TICK_MS) / 1000)) : Number.POSITIVE_INFINITY
    const most = Math.min(this.#room, flock > 0 ? flock : pace)
    const passing: Letter[] = []
    let end = at
    for (; end < letters.length && passing.length < most; end++) {
      if (!verdicts || verdicts[end] === 'passing') passing.push(letters[end])
    }
    return {end, passing}
  }

  /** Items that --limit still allows. */
  get #room(): number {
    return (this.#options.filter.limit ?? Number.POSITIVE_INFINITY) - this.result.replayed
  }

  get #isOver(): boolean {
    return this.#options.signal.aborted || this.result.aborted || this.#room <= 0
  }

  async #move(scan: LetterPages, letters: Letter[]): Promise<void> {
    if (letters.length === 0) return
    const {result} = this
    if (this.#dry) {
      const would = await this.#dry.select(letters)
      this.#options.onDryMove?.(would)
      result.replayed += would.length
      result.waiting += letters.length - would.length
      return
    }
    const {moved, waiting, gone} = await this.#replayer.replay(letters, this.#canary?.run)
    scan.removed([...moved, ...gone])
    result.replayed += moved.length
    result.waiting += waiting
    result.gone += gone.length
    if (this.#canary && !this.#canary.result) this.#canary.add(moved)
    this.#options.onProgress?.(result.replayed, scan.read)
  }

  async #heedCanary(): Promise<void> {
    if (!this.#canary || this.#options.signal.aborted) return
    await this.#canary.watch(this.#options.signal, this.#options.onCanary)
    this.#judge()
  }

  #judge(): void {
    if (!this.#canary) return
    this.result.canary = this.#canary.result
    this.result.aborted = !this.#canary.isWell
  }

  /** Waits until the rate allows more items. */
  async #pace(): Promise<void> {
    const {rate, signal, dryRun} = this.#options
    if (!rate || dryRun) return
    const due = this.#clock + (this.result.replayed * 1000) / rate
    const ms = due - performance.now()
    if (ms > 0) await wait(ms, undefined, {signal}).catch(() => {})
  }
}
