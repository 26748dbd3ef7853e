import {once} from 'node:events'
import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {setTimeout as wait} from 'node:timers/promises'
import {startChild, USAGE} from './children.ts'
import type {Engine} from './engines.ts'
import type {Random} from './random.ts'
import type {ChaosRecord, Ledger} from './record.ts'
import {openResp} from './resp.js'

const ANSWER_MS = 3000

/** How long a replica has to confirm a write, ms. */
const CONFIRM_MS = 1000

const REFUSED = /^(OOM|READONLY|LOADING|MISCONF|WRONGTYPE|NOAUTH|MOVED|ASK|TRYAGAIN|CLUSTERDOWN)/

export interface RawTarget {
  engine: Engine
  key: string
  /** Replicas that have to confirm what was added. */
  replicas: number
  urlNow(): Promise<string>
}

/** Works as a producer in another language would: plain commands, nothing sent twice. */
export async function produceRaw(
  {engine, key, replicas, urlNow}: RawTarget,
  records: ChaosRecord[],
  ledger: Ledger,
  random: Random,
): Promise<void> {
  let redis: ReturnType<typeof openResp> | undefined
  for (let at = 0; at < records.length; ) {
    const part = records.slice(at, at + random.between(1, 100))
    at += part.length
    ledger.note(part, 'unknown')
    try {
      redis ??= openResp(await urlNow())
      await within(redis.ready)
      const isSound = await add(redis, {engine, key, replicas}, part, ledger)
      if (!isSound) throw new Error('not all was added')
    } catch {
      redis?.close()
      redis = undefined
    }
    await wait(random.between(20, 120))
  }
  redis?.close()
}

/** @returns whether everything was added and confirmed */
async function add(
  redis: ReturnType<typeof openResp>,
  {engine, key, replicas}: Omit<RawTarget, 'urlNow'>,
  part: ChaosRecord[],
  ledger: Ledger,
): Promise<boolean> {
  const groups = engine.adding(key, part)
  const answered = Promise.allSettled(groups.map(({command}) => redis.call(...command)))
  // Behind them on the same connection, so that it speaks of them
  const confirmed = replicas > 0 ? redis.call('WAIT', replicas, CONFIRM_MS) : Promise.resolve(0)
  const [answers, replicasNow] = await within(Promise.all([answered, confirmed]))
  for (const [i, {records}] of groups.entries()) {
    const answer = answers[i]
    if (answer.status === 'fulfilled' && replicasNow >= replicas) ledger.note(records, 'acked')
    // An error reply means that nothing was added
    if (answer.status === 'rejected' && REFUSED.test(answer.reason.message)) ledger.note(records, 'refused')
  }
  return replicasNow >= replicas && answers.every(({status}) => status === 'fulfilled')
}

async function within<T>(answer: Promise<T>): Promise<T> {
  const late = wait(ANSWER_MS).then(() => {
    throw new Error('no answer')
  })
  late.catch(() => {})
  return Promise.race([answer, late])
}

export interface CliTarget {
  bin: string
  env: NodeJS.ProcessEnv
  queue: string
  /** What kind of queue it is. */
  flags: string[]
  /** For the files. */
  folder: string
  log(line: string): void
}

/** Runs `qtool enqueue` on a file: exit code 0 means that everything is queued, any other leaves that unknown. */
export async function produceByCli(
  {bin, env, queue, flags, folder, log}: CliTarget,
  records: ChaosRecord[],
  ledger: Ledger,
  random: Random,
): Promise<void> {
  for (let at = 0; at < records.length; ) {
    const part = records.slice(at, at + random.between(200, 600))
    at += part.length
    const file = join(folder, `${part[0].id}.ndjson`)
    writeFileSync(file, part.map(({item}) => `${item}\n`).join(''))
    ledger.note(part, 'unknown')
    const mode = random.pick(['single', 'pipeline', 'batch'])
    const chunks = mode === 'single' ? [] : ['--batch', '50']
    const how = ['--mode', mode, ...chunks, '--rate', '600', '--json']
    const args = [bin, 'enqueue', '-q', queue, file, ...flags, ...how]
    const child = startChild(args, env, ['ignore', 'pipe', 'ignore'])
    let stdout = ''
    child.stdout?.on('data', (chunk) => {
      stdout += chunk
    })
    const [code] = await once(child, 'close')
    if (code === USAGE) throw new Error(`enqueue was not understood: ${stdout}`)
    if (code !== 0) {
      log(`enqueue ended with exit code ${code}: ${stdout.replace(/\s+/g, ' ').slice(0, 200)}`)
      continue
    }
    const {enqueued} = JSON.parse(stdout)
    if (enqueued !== part.length) throw new Error(`enqueue said ${enqueued} of ${part.length} new records`)
    ledger.note(part, 'acked')
  }
}
