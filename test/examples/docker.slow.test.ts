import {type ChildProcess, spawn, spawnSync} from 'node:child_process'
import {once} from 'node:events'
import {chmodSync, existsSync, readdirSync, readFileSync} from 'node:fs'
import {join, resolve} from 'node:path'
import {beforeAll, describe, expect, it} from 'vitest'
import {freePort} from '../../src/stack/process.ts'
import {cliEnv, newFolder, until} from '../support/cli.ts'
import {buildImage, type Image} from './dockerfile.ts'

const TOKEN = 'a-token-of-24-characters'

let image: Image

beforeAll(() => {
  const scratch = newFolder()
  chmodSync(scratch, 0o755)
  image = buildImage('examples/docker/Dockerfile', {context: resolve('.'), scratch})
}, 300_000)

/** What a container would run, in the folder that stands for the image and as its user. */
function start(words: string[], env: NodeJS.ProcessEnv = {}): ChildProcess {
  const [program, ...args] = words.map((word) => (word.startsWith('/app') ? join(image.root, word) : word))
  const user = process.getuid?.() === 0 ? {uid: Number(image.user), gid: Number(image.user)} : {}
  const cwd = join(image.root, image.workdir)
  return spawn(program === 'node' ? process.execPath : program, args, {
    cwd,
    // The folders of this test belong to another user
    env: {...cliEnv(), QTOOL_HOME: undefined, QTOOL_CONFIG: undefined, HOME: '/', ...image.env, ...env},
    ...user,
  })
}

/** The words of the image with port 8080 replaced, which may be in use here. */
const at = (port: string, words: string[]) => words.map((word) => word.replace('8080', port))

describe('the image of examples/docker', () => {
  it('has an unprivileged user, by number', () => {
    expect(Number(image.user)).toBeGreaterThan(0)
  })

  it('holds nothing that only develops qtool, and no servers', () => {
    const modules = readdirSync(join(image.root, 'app', 'node_modules'))
    const {dependencies, devDependencies, optionalDependencies} = JSON.parse(
      readFileSync('package.json', 'utf8'),
    )
    const names = (list: object) => Object.keys(list).map((name) => name.split('/')[0])
    expect(modules).toEqual(expect.arrayContaining(names(dependencies)))
    // Scopes such as @types also hold what the others need, and ajv and yaml are needed by fastify
    const unwanted = names({...devDependencies, ...optionalDependencies}).filter(
      (name) => !name.startsWith('@') && !['ajv', 'yaml'].includes(name),
    )
    expect(modules.filter((name) => unwanted.includes(name))).toEqual([])
    expect(existsSync(join(image.root, 'app', 'src'))).toBe(false)
    expect(existsSync(join(image.root, 'app', 'test'))).toBe(false)
  })

  it('serves, is healthy, and ends with 0 when it is stopped', async () => {
    const port = String(await freePort())
    const child = start(at(port, [...image.entrypoint, ...image.cmd]), {QTOOL_TOKEN: TOKEN})
    const ended = once(child, 'close')
    await until(() => healthy(port))
    child.kill('SIGTERM')
    expect(await ended).toEqual([0, null])
    expect(await healthy(port)).toBe(false)
  })

  it('is healthy while it works, too', async () => {
    const port = String(await freePort())
    const args = ['work', '-q', `test-${process.pid}`, '--metrics-port', port]
    const child = start([...image.entrypoint, ...args])
    const ended = once(child, 'close')
    await until(() => healthy(port))
    child.kill('SIGTERM')
    expect(await ended).toEqual([130, null])
  })

  it('refuses to serve without a token', () => {
    const [program, ...args] = [...image.entrypoint, ...image.cmd].map((word) =>
      word.startsWith('/app') ? join(image.root, word) : word,
    )
    const {status, stderr} = spawnSync(program, args, {env: cliEnv(), encoding: 'utf8'})
    expect(status).toBe(2)
    expect(stderr).toContain('QTOOL_TOKEN')
  })
})

/** What the health check of the image says. */
async function healthy(port: string): Promise<boolean> {
  const [code] = await once(start(at(port, image.healthcheck)), 'close')
  return code === 0
}
