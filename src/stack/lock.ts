import {randomUUID} from 'node:crypto'
import {link, readFile, stat, unlink, writeFile} from 'node:fs/promises'
import {setTimeout as delay} from 'node:timers/promises'
import {QtoolError} from '../errors.ts'
import {isAlive, startTime} from './process-table.ts'

/** Longer than a first `up` with its downloads takes. */
const WAIT_MS = 300_000

/** Taking over from a dead holder is a matter of microseconds; whoever needs longer died at it. */
const TAKEOVER_MS = 10_000

/**
 * Runs `work` while holding the lock file `path`, whose folder must exist. Waits for another holder, and takes over
 * from one that died: its process id is gone, or belongs to a process that started at another time.
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

/** Makes the file with its content in one step: a crash in between would leave an empty one, held by nobody. */
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

/** One at a time, and looks again once alone: else two could remove, the second one the first one's new lock. */
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
