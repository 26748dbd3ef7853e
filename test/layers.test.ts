import {spawnSync} from 'node:child_process'
import {mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import {afterEach, beforeEach, expect, it} from 'vitest'

const sound = {
  'errors.ts': 'export const a = 1',
  'cli/command.ts': "import {Command} from '@oclif/core'\nexport class Base extends Command {}",
  'redis/keys.ts': "import {a} from '../errors.ts'\nexport const keys = a",
  'queue/lease.ts': "import {keys} from '../redis/keys.ts'\nexport interface Lease { of: typeof keys }",
  'worker/drain.ts':
    "export interface Tally { n: number }\nexport const drain = () => import('../queue/lease.ts')",
  'render/work.ts': "import type {Tally} from '../worker/drain.ts'\nexport const render = (t: Tally) => t.n",
  'commands/work.ts': "import {Base} from '../cli/command.ts'\nimport {drain} from '../worker/drain.ts'",
}

let root: string

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'qtool-layers-'))
})

afterEach(() => rm(root, {recursive: true}))

async function check(planted: Record<string, string> = {}): Promise<{status: number | null; stderr: string}> {
  for (const [name, text] of Object.entries({...sound, ...planted})) {
    await mkdir(dirname(join(root, 'src', name)), {recursive: true})
    await writeFile(join(root, 'src', name), text)
  }
  const {status, stderr} = spawnSync(process.execPath, ['.ci/layers.js', root], {encoding: 'utf8'})
  return {status, stderr}
}

it('finds nothing in sound layers', async () => {
  expect(await check()).toEqual({status: 0, stderr: ''})
})

it('finds nothing in this repository', () => {
  const {status, stderr} = spawnSync(process.execPath, ['.ci/layers.js'], {encoding: 'utf8'})
  expect({status, stderr}).toEqual({status: 0, stderr: ''})
})

it.each([
  [
    'an upward import',
    {'queue/up.ts': "import {drain} from '../worker/drain.ts'"},
    'queue may not use worker',
  ],
  [
    'an upward type',
    {'redis/up.ts': "import type {Lease} from '../queue/lease.ts'"},
    'redis may not use queue',
  ],
  ['an upward dynamic import', {'sink/up.ts': "await import('../source/a.ts')"}, 'sink may not use source'],
  [
    'an import over several lines',
    {'json/up.ts': "import {\n  keys,\n} from '../redis/keys.ts'"},
    'json may not use redis',
  ],
  [
    'a re-export upward',
    {'config/up.ts': "export {keys} from '../redis/keys.ts'"},
    'config may not use redis',
  ],
  [
    'a value of the worker in render',
    {'render/up.ts': "import {drain} from '../worker/drain.ts'"},
    'render may not use worker',
  ],
  [
    'oclif below the commands',
    {'queue/up.ts': "import {Flags} from '@oclif/core/flags'"},
    'only commands know oclif',
  ],
  [
    'a key above the queue',
    {'letters/up.ts': "import {keys as queueKeys} from '../redis/keys.ts'\nexport const a = queueKeys"},
    'only queue and redis know the keys of a queue',
  ],
  [
    'a data command above the queue',
    {'worker/up.ts': "export const a = (redis: {zcard(key: string): number}) => redis.zcard('queue:a')"},
    'only queue and redis know the keys of a queue',
  ],
  ['oclif loaded late', {'render/up.ts': "await import('@oclif/core')"}, 'only commands know oclif'],
  ['a test in src', {'queue/up.ts': "import '../../test/support/servers.ts'"}, 'which is outside src'],
  ['a benchmark in src', {'queue/up.ts': "import '../../benchmarks/modes.ts'"}, 'which is outside src'],
  ['a folder without a place', {'utils/up.ts': ''}, '"utils" has no place'],
  [
    'a cycle',
    {'json/a.ts': "import './b.ts'", 'json/b.ts': "import './a.ts'"},
    'cycle: json/a.ts → json/b.ts → json/a.ts',
  ],
])('finds %s', async (_title, planted, message) => {
  const {status, stderr} = await check(planted as Record<string, string>)
  expect(status).toBe(1)
  expect(stderr).toContain(message)
  expect(stderr.trim().split('\n')).toHaveLength(1)
})
