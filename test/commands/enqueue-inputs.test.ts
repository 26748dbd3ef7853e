import {spawnSync} from 'node:child_process'
import {linkSync, mkdirSync, readFileSync, symlinkSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {describe, expect, inject, it} from 'vitest'
import {cliEnv, cliJson, newFolder} from '../support/cli.ts'
import {useServers} from '../support/context.ts'

const context = useServers()
const bin = fileURLToPath(new URL('../../bin/run.js', import.meta.url))
const LINES = '{"a":1}\nnot json\n{"a":2}\n'

/** Runs a line of shell in a new folder in which `in.ndjson` has LINES. */
function shell(queue: string, script: string) {
  const folder = newFolder()
  writeFileSync(join(folder, 'in.ndjson'), LINES)
  const env = cliEnv({REDIS_URL: inject('redisUrl')})
  const command = `"${process.execPath}" "${bin}" enqueue -q ${queue} --json ${script}`
  const {status, stdout} = spawnSync('sh', ['-c', command], {cwd: folder, env, timeout: 20_000})
  return {
    code: status,
    json: JSON.parse(stdout.toString()),
    left: readFileSync(join(folder, 'in.ndjson'), 'utf8'),
  }
}

describe('an input that --rejects names as well', () => {
  it.each([
    'in.ndjson --rejects in.ndjson',
    'in.ndjson --rejects ./in.ndjson',
    '--rejects in.ndjson < in.ndjson',
    '- --rejects in.ndjson < in.ndjson',
  ])('is left as it is: %s', async (script) => {
    const {queue, keys} = context.newQueue()
    const {code, json, left} = shell(queue, script)
    expect(left).toBe(LINES)
    expect(code).toBe(2)
    expect(json.error).toMatchObject({code: 'USAGE', message: expect.stringContaining('is also an input')})
    expect(await context.redis.zcard(keys.ready)).toBe(0)
  })

  it.each([
    ['a symbolic link', symlinkSync],
    ['a second name', linkSync],
  ])('is known by %s, too', async (_name, link) => {
    const {queue} = context.newQueue()
    const folder = newFolder()
    const input = join(folder, 'in.ndjson')
    const other = join(folder, 'other.ndjson')
    writeFileSync(input, LINES)
    link(input, other)
    const {code} = await cliJson(['enqueue', input, '-q', queue, '--rejects', other])
    expect(code).toBe(2)
    expect(readFileSync(input, 'utf8')).toBe(LINES)
  })

  it('does not keep the rejects of an earlier run, which are no input, from being overwritten', async () => {
    const {queue} = context.newQueue()
    const folder = newFolder()
    const [input, rejects] = [join(folder, 'in.ndjson'), join(folder, 'rejects.ndjson')]
    writeFileSync(input, LINES)
    writeFileSync(rejects, 'old\n')
    const {code} = await cliJson(['enqueue', input, '-q', queue, '--rejects', rejects])
    expect(code).toBe(3)
    expect(JSON.parse(readFileSync(rejects, 'utf8'))).toMatchObject({line: 2, text: 'not json'})
  })
})

it('does not take a folder on stdin for an empty file', () => {
  const {queue} = context.newQueue()
  const folder = newFolder()
  mkdirSync(join(folder, 'points'))
  const {code, json} = shell(queue, `< "${folder}/points"`)
  expect(code).toBe(2)
  expect(json.error).toMatchObject({code: 'USAGE', message: 'stdin is a folder'})
})
