import {randomUUID} from 'node:crypto'
import {link, mkdir, readFile, rename, unlink, writeFile} from 'node:fs/promises'
import {dirname} from 'node:path'
import {setTimeout as delay} from 'node:timers/promises'
import {QtoolError} from '../errors.ts'

/** Longer than a first `up` with its downloads takes. */
const WAIT_MS = 180_000

/** Runs `work` while holding a lock file; waits for another holder, and takes over from one that died. */
export async function withLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  await mkdir(dirname(path), {recursive: true, mode: 0o755})
  const mine = `${process.pid} ${randomUUID()}`
  const deadline = performance.now() + WAIT_MS
  while (!(await tryLock(path, mine))) {
    if (performance.now() > deadline) {
      throw new QtoolError(`another qtool has held ${path} for ${WAIT_MS / 1000} s`, {
        code: 'LOCKED',
        suggestions: ['wait for it to end, or end it, and try again'],
      })
    }
    await delay(100)
  }
  try {
    return await work()
  } finally {
    await unlink(path).catch(() => {})
  }
}

async function tryLock(path: string, mine: string): Promise<boolean> {
  try {
    await writeFile(path, mine, {flag: 'wx'})
    return true
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  }
  const holder = await readFile(path, 'utf8').catch(() => '')
  const pid = Number.parseInt(holder, 10)
  if (pid > 0 && !isAlive(pid)) await removeStale(path, holder)
  return false
}

/** Moves the file away; where somebody else had taken it over in the meantime, puts theirs back. */
async function removeStale(path: string, holder: string): Promise<void> {
  const aside = `${path}.${randomUUID()}`
  try {
    await rename(path, aside)
    if ((await readFile(aside, 'utf8')) !== holder) await link(aside, path)
    await unlink(aside)
  } catch {
    // Somebody else was faster; the next round sees what they left.
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
