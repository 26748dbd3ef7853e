import {randomBytes, randomUUID} from 'node:crypto'
import {mkdir, readdir, readFile, rename, rm, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {messageOf, QtoolError, usageError} from '../../errors.ts'
import type {BenchRun, Scenario} from '../shape/run.ts'
import {findUnfit, isRun} from './stored-run.ts'

export interface StoredRuns {
  /** Oldest first. */
  runs: BenchRun[]
  /** Number of files that hold no run, or one of another version of qtool. */
  broken: number
}

const ID = /^\d{8}-\d{6}-[a-z]+-[0-9a-f]{4}$/

/** How many ids an error message lists at most, newest first. */
const NAMED = 10

/** `20261125-034012-sustained-4f2a`: sorts by time (UTC), and is unique even within a second. */
export function newRunId(scenario: Scenario, startedAt: Date): string {
  const [day, time] = startedAt.toISOString().slice(0, 19).replace(/[-:]/g, '').split('T')
  return `${day}-${time}-${scenario}-${randomBytes(2).toString('hex')}`
}

/**
 * Writes a run into the folder, whole or not at all, readable only by its owner.
 * @returns the path of the file
 * @throws Error if a figure is NaN or infinite, which JSON would silently turn into null
 */
export async function storeRun(folder: string, run: BenchRun): Promise<string> {
  const unfit = findUnfit(run)
  if (unfit) throw new Error(`expected ${unfit} of run ${run.id} to be a number`)
  if (!ID.test(run.id)) throw new Error(`expected the id of a run, got ${JSON.stringify(run.id)}`)
  await makeFolder(folder)
  const path = join(folder, `${run.id}.json`)
  const draft = `${path}.${randomUUID()}`
  try {
    await writeFile(draft, `${JSON.stringify(run, null, 2)}\n`, {mode: 0o600, flag: 'wx'})
    await rename(draft, path)
  } finally {
    await rm(draft, {force: true})
  }
  return path
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, {recursive: true, mode: 0o700})
  } catch (cause) {
    const message = `cannot create the folder ${folder}: ${messageOf(cause)}`
    throw new QtoolError(message, {code: 'NO_FOLDER', cause})
  }
}

/** All runs of a folder; none if the folder does not exist. */
export async function listRuns(folder: string): Promise<StoredRuns> {
  const stored: StoredRuns = {runs: [], broken: 0}
  // One by one, because thousands of runs would be thousands of open files
  for (const id of await listIds(folder)) {
    const run = await readRun(folder, id)
    if (run) stored.runs.push(run)
    else stored.broken++
  }
  // Ids tell seconds apart, and several runs may start in one
  stored.runs.sort((a, b) => a.startedAt.localeCompare(b.startedAt) || a.id.localeCompare(b.id))
  return stored
}

async function listIds(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  })
  const ids = names.filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -'.json'.length))
  return ids.filter((id) => ID.test(id)).sort()
}

/** The run with that id; undefined if there is none, or its file is broken. */
export async function readRun(folder: string, id: string): Promise<BenchRun | undefined> {
  if (!ID.test(id)) return undefined
  try {
    const run: unknown = JSON.parse(await readFile(join(folder, `${id}.json`), 'utf8'))
    return isRun(run) && run.id === id ? run : undefined
  } catch {
    return undefined
  }
}

/**
 * Finds the runs that an argument names, oldest first: an id, `last`, `last-1` (the one before) and so on, a label (all
 * of its runs), or the unique beginning of an id.
 * @throws QtoolError (usage) that lists the existing ids
 */
export async function findRuns(folder: string, word: string): Promise<BenchRun[]> {
  const exact = await readRun(folder, word)
  if (exact) return [exact]
  const {runs, broken} = await listRuns(folder)
  const back = /^last(?:-(\d{1,6}))?$/.exec(word)
  const meant = back
    ? [runs.at(-1 - Number(back[1] ?? 0))].filter((run) => run !== undefined)
    : runs.filter(({label}) => label === word)
  if (meant.length > 0) return meant
  const begun = word === '' ? [] : runs.filter(({id}) => id.startsWith(word))
  if (begun.length === 1) return begun
  if ((await listIds(folder)).includes(word)) throw unreadable(word)
  throw begun.length > 1 ? ambiguous(word, begun) : unknown(word, runs, broken)
}

function unreadable(id: string): QtoolError {
  return usageError(`run ${id} is damaged, or was stored by another version of qtool`)
}

function ambiguous(word: string, begun: BenchRun[]): QtoolError {
  return usageError(`${JSON.stringify(word)} matches ${begun.length} runs: ${nameIds(begun)}`)
}

function unknown(word: string, runs: BenchRun[], broken: number): QtoolError {
  const labels = [...new Set(runs.flatMap(({label}) => label ?? []))]
  const unread = broken > 0 ? `, and ${broken} that this version of qtool cannot read` : ''
  const labelHint = labels.length > 0 ? [`labels: ${labels.join(', ')}`] : []
  return usageError(
    `no stored run ${JSON.stringify(word)}; stored runs: ${nameIds(runs)}${unread}`,
    ...(runs.length > 0 ? ['last is the newest run, last-1 the one before it', ...labelHint] : []),
  )
}

/** The newest ids, newest first. */
function nameIds(runs: BenchRun[]): string {
  if (runs.length === 0) return 'none'
  const ids = runs.slice(-NAMED).map(({id}) => id)
  const rest = runs.length - ids.length
  return `${ids.reverse().join(', ')}${rest > 0 ? ` and ${rest} older` : ''}`
}
