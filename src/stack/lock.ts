import {randomUUID} from 'node:crypto'
import {link, readFile, stat, unlink, writeFile} from 'node:fs/promises'
import {setTimeout as delay} from 'node:timers/promises'
import {QtoolError} from '../errors.ts'
import {isAlive, startTime} from './process-table.ts'

/** Longer than a first `up` takes, downloads included. */
const WAIT_MS = 300_000

/** Taking over a lock takes microseconds, so a process that has needed longer than this died while doing so. */
const TAKEOVER_MS = 10_000

/**
 * Runs `work` while holding the lock file `path`, whose folder must exist. Waits for another holder, but takes over
 * from a dead one: its process id is gone, or belongs to a process that started at another time.
 */
export async function withLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  const mine = `${process.pid} ${startTime(process.pid)} ${randomUUID()}`
  const deadline = performance.now() + WAIT_MS
  while (!(await create(path, mine))) {
    await removeStale(path)
    if (performance.now() > deadline) {
      throw new QtoolError(`another qtool process has held ${path} for ${WAIT_MS / 1000} s`, {
        code: 'LOCKED',
        suggestions: ['wait for it to end, or stop it, and try again'],
      })
    }
    await delay(50)
  }
  try {
    return await work()
  } finally {
    await unlink(path).catch(() => {})
  }
}

/** Makes the file and its content in one step: a crash between two steps would leave an empty lock without a holder. */
async function create(path: string, content: string): Promise<boolean> {
  const draft = `${path}.${randomUUID()}`
  await writeFile(draft, content, {mode: 0o600, flag: 'wx'})
  try {
    await link(draft, path)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  } finally {
    await unlink(draft)
  }
}

/** Only one process removes at a time, and checks again: a second one could remove the new lock of the first. */
async function removeStale(path: string): Promise<void> {
  if (!(await isStale(path))) return
  const takeover = `${path}.takeover`
  if (await create(takeover, '')) {
    try {
      if (await isStale(path)) await unlink(path)
    } finally {
      await unlink(takeover).catch(() => {})
    }
    return
  }
  const made = await stat(takeover).catch(() => undefined)
  if (made && Date.now() - made.mtimeMs > TAKEOVER_MS) await unlink(takeover).catch(() => {})
}

async function isStale(path: string): Promise<boolean> {
  const content = await readFile(path, 'utf8').catch(() => undefined)
  if (content === undefined) return false
  const [pid = '', started] = content.split(' ')
  return !(Number(pid) > 0 && isAlive(Number(pid)) && startTime(Number(pid)) === started)
}
