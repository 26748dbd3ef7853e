import {once} from 'node:events'
import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {setTimeout as wait} from 'node:timers/promises'
import {startChild} from './children.ts'
import type {Random} from './random.ts'
import type {ChaosRecord, Ledger} from './record.ts'
import {openResp} from './resp.js'

const ANSWER_MS = 3000

/** Works as a producer in another language would: plain ZADDs, nothing sent twice. */
export async function produceRaw(
  urlNow: () => Promise<string>,
  key: string,
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
      const members = part.flatMap(({id, item}) => [id, item])
      const late = wait(ANSWER_MS).then(() => {
        throw new Error('no answer')
      })
      late.catch(() => {})
      await Promise.race([redis.ready.then(() => redis?.call('ZADD', key, ...members)), late])
      ledger.note(part, 'acked')
    } catch (error) {
      // An error reply means that nothing was added
      if (
        /^(OOM|READONLY|LOADING|MISCONF|WRONGTYPE|NOAUTH|MOVED|ASK|TRYAGAIN|CLUSTERDOWN)/.test(
          String((error as Error).message),
        )
      ) {
        ledger.note(part, 'refused')
      }
      redis?.close()
      redis = undefined
    }
    await wait(random.between(20, 120))
  }
  redis?.close()
}

/** Runs `qtool enqueue` on a file: exit code 0 means that everything is queued, any other leaves that unknown. */
export async function produceByCli(
  bin: string,
  env: NodeJS.ProcessEnv,
  queue: string,
  records: ChaosRecord[],
  ledger: Ledger,
  folder: string,
  random: Random,
): Promise<void> {
  for (let at = 0; at < records.length; ) {
    const part = records.slice(at, at + random.between(200, 600))
    at += part.length
    const file = join(folder, `${part[0].id}.ndjson`)
    writeFileSync(file, part.map(({item}) => `${item}\n`).join(''))
    ledger.note(part, 'unknown')
    const mode = random.pick(['single', 'pipeline', 'batch'])
    const args = [
      bin,
      'enqueue',
      '-q',
      queue,
      file,
      '--mode',
      mode,
      '--batch',
      '50',
      '--rate',
      '600',
      '--json',
    ]
    const child = startChild(args, env, ['ignore', 'pipe', 'ignore'])
    let stdout = ''
    child.stdout?.on('data', (chunk) => {
      stdout += chunk
    })
    const [code] = await once(child, 'close')
    if (code !== 0) continue
    const {enqueued} = JSON.parse(stdout)
    if (enqueued !== part.length) throw new Error(`enqueue said ${enqueued} of ${part.length} new records`)
    ledger.note(part, 'acked')
  }
}
