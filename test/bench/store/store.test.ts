import {chmod, mkdir, mkdtemp, readdir, rm, stat, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import type {BenchRun} from '../../../src/bench/shape/run.ts'
import {findRuns, listRuns, newRunId, readRun, storeRun} from '../../../src/bench/store/store.ts'
import {sampleRun} from '../sample-run.ts'

let home: string
let folder: string

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'qtool-runs-'))
  folder = join(home, 'runs')
})

afterEach(() => rm(home, {recursive: true}))

async function storeAll(...runs: Array<Partial<BenchRun>>): Promise<void> {
  for (const run of runs) await storeRun(folder, sampleRun(run))
}

const id = (day: number, tail = '4f2a') => `202611${day}-034012-sustained-${tail}`

const found = async (word: string) => (await findRuns(folder, word)).map((run) => run.id)

describe('newRunId', () => {
  it('says when and what, and sorts by time', () => {
    const at = new Date('2026-11-25T03:40:12.345Z')
    expect(newRunId('sustained', at)).toMatch(/^20261125-034012-sustained-[0-9a-f]{4}$/)
  })

  it('tells runs of one second apart', () => {
    const ids = Array.from({length: 20}, () => newRunId('modes', new Date(0)))
    expect(new Set(ids).size).toBeGreaterThan(15)
  })
})

describe('storeRun', () => {
  it('keeps the run as it was, for its owner alone, with nothing left beside it', async () => {
    const run = sampleRun({label: 'main', notes: ['λ ≥ 0']})
    const path = await storeRun(folder, run)
    expect(await readRun(folder, run.id)).toEqual(run)
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect((await stat(folder)).mode & 0o777).toBe(0o700)
    expect(await readdir(folder)).toEqual([`${run.id}.json`])
  })

  it('replaces a run of the same id', async () => {
    await storeAll({label: 'a'}, {label: 'b'})
    expect((await listRuns(folder)).runs.map(({label}) => label)).toEqual(['b'])
  })

  it.each([
    [{metrics: {p99: Number.NaN}}, 'expected metrics.p99 of run'],
    [{rounds: {rate: [1, Number.POSITIVE_INFINITY]}}, 'expected rounds.rate.1 of run'],
  ])('refuses figures that JSON would lose: %j', async (changes, message) => {
    await expect(storeRun(folder, sampleRun(changes))).rejects.toThrow(message)
  })

  it.each(['../escape', '', 'a/b', '20261125-034012-sustained-4f2a/../x'])(
    'refuses %j as an id',
    async (bad) => {
      await expect(storeRun(folder, sampleRun({id: bad}))).rejects.toThrow('expected the id of a run')
    },
  )

  it('leaves no draft where it cannot write', async () => {
    await storeAll({})
    await mkdir(join(folder, `${id(26)}.json`))
    await expect(storeRun(folder, sampleRun({id: id(26)}))).rejects.toThrow()
    expect((await readdir(folder)).sort()).toEqual([`${id(25)}.json`, `${id(26)}.json`])
  })

  it('names the folder that it cannot make', async () => {
    await writeFile(folder, '')
    await expect(storeRun(folder, sampleRun())).rejects.toThrow(`cannot create the folder ${folder}`)
  })
})

describe('listRuns', () => {
  it('finds none where there is no folder', async () => {
    expect(await listRuns(folder)).toEqual({runs: [], broken: 0})
  })

  it('gives the oldest first', async () => {
    await storeAll({id: id(27)}, {id: id(25)}, {id: id(26)})
    expect((await listRuns(folder)).runs.map((run) => run.id)).toEqual([id(25), id(26), id(27)])
  })

  it.each([
    '',
    'garbage',
    'null',
    '[]',
    '{"format": 2}',
    JSON.stringify(sampleRun({id: id(26)})).slice(0, -1),
    JSON.stringify({...sampleRun({id: id(26)}), format: 1}),
    JSON.stringify({...sampleRun({id: id(26)}), rounds: {rate: [1, null]}}),
    JSON.stringify({...sampleRun({id: id(26)}), metrics: {rate: null}}),
    JSON.stringify({...sampleRun({id: id(26)}), scenario: 'other'}),
    JSON.stringify({...sampleRun({id: id(26)}), environment: {}}),
    JSON.stringify(sampleRun({id: id(28)})),
  ])('skips and counts a file that holds %j', async (content) => {
    await storeAll({})
    await writeFile(join(folder, `${id(26)}.json`), content)
    const {runs, broken} = await listRuns(folder)
    expect({ids: runs.map((run) => run.id), broken}).toEqual({ids: [id(25)], broken: 1})
  })

  it('leaves other files alone', async () => {
    await storeAll({})
    await writeFile(join(folder, 'notes.json'), 'x')
    await writeFile(join(folder, `${id(26)}.json.0b1c`), 'x')
    expect(await listRuns(folder)).toMatchObject({broken: 0})
  })

  it('says of a folder that it may not read why', async () => {
    await writeFile(folder, '')
    await chmod(folder, 0o600)
    await expect(listRuns(folder)).rejects.toThrow('ENOTDIR')
  })
})

describe('findRuns', () => {
  beforeEach(() =>
    storeAll(
      {id: id(25), label: 'main'},
      {id: id(26, 'aaaa'), label: 'branch'},
      {id: id(26, 'bbbb'), label: 'main'},
      {id: id(27)},
    ),
  )

  it('finds a run by its id', async () => {
    expect(await found(id(26, 'aaaa'))).toEqual([id(26, 'aaaa')])
  })

  it.each([
    ['last', id(27)],
    ['last-0', id(27)],
    ['last-1', id(26, 'bbbb')],
    ['last-3', id(25)],
  ])('finds %s', async (word, expected) => {
    expect(await found(word)).toEqual([expected])
  })

  it('finds the newest that can be read', async () => {
    await writeFile(join(folder, `${id(28)}.json`), 'garbage')
    expect(await found('last')).toEqual([id(27)])
  })

  it('finds all runs of a label, oldest first', async () => {
    expect(await found('main')).toEqual([id(25), id(26, 'bbbb')])
  })

  it('finds the only run whose id begins so', async () => {
    expect(await found('20261125')).toEqual([id(25)])
    expect(await found('20261126-034012-sustained-b')).toEqual([id(26, 'bbbb')])
  })

  it('takes a label before the beginning of an id', async () => {
    await storeAll({id: id(28), label: '20261125'})
    expect(await found('20261125')).toEqual([id(28)])
  })

  it('takes an id before a label', async () => {
    await storeAll({id: id(28), label: id(27)})
    expect(await found(id(27))).toEqual([id(27)])
  })

  it('names the runs whose ids begin so, where there are several', async () => {
    await expect(found('20261126')).rejects.toMatchObject({
      kind: 'usage',
      message: `"20261126" matches 2 runs: ${id(26, 'bbbb')}, ${id(26, 'aaaa')}`,
    })
  })

  it.each(['', 'last-4', 'last-x', 'nightly', '../runs', '2027'])(
    'names what there is for %j',
    async (word) => {
      await expect(found(word)).rejects.toMatchObject({
        kind: 'usage',
        message: `no stored run ${JSON.stringify(word)}; stored runs: ${id(27)}, ${id(26, 'bbbb')}, ${id(26, 'aaaa')}, ${id(25)}`,
        suggestions: ['last is the newest run, last-1 the one before it', 'labels: main, branch'],
      })
    },
  )

  it('names the ten newest of many, and how many cannot be read', async () => {
    for (let i = 0; i < 10; i++) await storeAll({id: `2026120${i}-000000-modes-0000`})
    await writeFile(join(folder, `${id(28)}.json`), 'garbage')
    await expect(found('nightly')).rejects.toThrow(
      /0000 and 4 older, and 1 that this version of qtool cannot read$/,
    )
  })

  it('says of a run that another version stored that it cannot read it', async () => {
    await storeAll({})
    await writeFile(join(folder, `${id(28)}.json`), JSON.stringify({...sampleRun({id: id(28)}), format: 1}))
    await expect(found(id(28))).rejects.toThrow(
      `run ${id(28)} is damaged, or was stored by another version of qtool`,
    )
  })

  it('says so if there are none', async () => {
    await expect(findRuns(join(home, 'empty'), 'last')).rejects.toThrow('stored runs: none')
  })
})

it('takes the newest of the runs that started in one second for the last', async () => {
  await storeAll(
    {id: id(25, 'ffff'), startedAt: '2026-11-25T03:40:12.100Z'},
    {id: id(25, '0000'), startedAt: '2026-11-25T03:40:12.900Z'},
  )
  expect(await found('last')).toEqual([id(25, '0000')])
  expect(await found('last-1')).toEqual([id(25, 'ffff')])
})
