import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect, inject, it} from 'vitest'
import {cli, newFolder} from '../support/cli.ts'

const folder = newFolder()
const taken = join(folder, 'taken')
writeFileSync(taken, '')

it.each([
  [['apply', join(folder, 'nope.json')], '--plan FILE of purge and of dlq purge, edit and replay writes one'],
  [['doctor', '--from', join(folder, 'nope')], 'qtool doctor --bundle FILE writes one'],
  [['doctor', '--bundle', taken], 'name a file that does not exist yet, in a folder that you may write to'],
  [['dlq', 'export', '--json'], undefined],
  [['work', '--workers', '2', '--processes', '3'], undefined],
  [['pause', '--for', 'soon'], undefined],
  [['enqueue', '--count', '5', 'file.ndjson'], undefined],
])('%j is refused with what to do next', async (args, next = '--help shows what the command takes') => {
  const {code, stdout, stderr} = await cli(args, {
    env: {...process.env, REDIS_URL: inject('redisUrl'), DATABASE_URL: inject('databaseUrl')},
  })
  expect(code).toBe(2)
  if (args.includes('--json')) expect(JSON.parse(stdout).error.suggestions).toEqual([next])
  else expect(stderr).toContain(`  → ${next}`)
})
