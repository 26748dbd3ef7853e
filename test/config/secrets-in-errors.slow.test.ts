import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, expect, inject, it} from 'vitest'
import Migrate from '../../src/commands/migrate.ts'
import Peek from '../../src/commands/peek.ts'
import ProfilesAdd from '../../src/commands/profiles/add.ts'
import {runCommand} from '../support/run-command.ts'

const folder = mkdtempSync(join(tmpdir(), 'qtool-secrets-'))
afterAll(() => rmSync(folder, {recursive: true, force: true}))

/** mulberry32: the same passwords every time, whatever generator the product uses. */
function randomOf(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) % below
  }
}

const BETWEEN = [
  '@',
  '/',
  '#',
  '?',
  ':',
  ' ',
  '%',
  '%zz',
  '&',
  '=',
  '"',
  '\\',
  "'",
  ';',
  ',',
  'é',
  '$',
  '+',
  '|',
]

/** Words that occur nowhere else, joined by characters that break URLs; none of them may ever be shown. */
function password(seed: number): {text: string; words: string[]} {
  const random = randomOf(seed)
  const word = () =>
    `Zq${Array.from({length: 5 + random(4)}, () => 'bcdfghjkmnpqrstvwxz0123456789'[random(29)]).join('')}`
  const words = Array.from({length: 2 + random(3)}, word)
  const text = words.reduce((before, next) => `${before}${BETWEEN[random(BETWEEN.length)]}${next}`)
  return {text, words}
}

const redisHost = new URL(inject('redisUrl')).host
const postgresHost = new URL(inject('databaseUrl')).host

/** Every way to give a password, and a server that refuses it or does not exist. The text after an @ is a host. */
const WAYS: Array<[string, (secret: string) => {redis?: string; postgres?: string}]> = [
  ['Redis, raw', (p) => ({redis: `redis://:${p}@${redisHost}/0`})],
  ['Redis, encoded', (p) => ({redis: `redis://:${encodeURIComponent(p)}@${redisHost}/0`})],
  ['Redis with a user, raw, nobody there', (p) => ({redis: `redis://me:${p}@127.0.0.1:1`})],
  ['Redis without a host', (p) => ({redis: `redis://:${p.replaceAll('@', '!')}`})],
  ['Redis with a wrong query', (p) => ({redis: `redis://:${p}@${redisHost}/0?x=1`})],
  ['Sentinel, raw', (p) => ({redis: `redis+sentinel://:${p}@127.0.0.1:1,127.0.0.1:2/main`})],
  ['Postgres, raw', (p) => ({postgres: `postgres://postgres:${p}@${postgresHost}/postgres`})],
  ['Postgres, encoded', (p) => ({postgres: `postgres://me:${encodeURIComponent(p)}@${postgresHost}/x`})],
  ['Postgres, raw, nobody there', (p) => ({postgres: `postgres://me:${p}@127.0.0.1:1/x`})],
  [
    'Postgres, in the query',
    (p) => ({postgres: `postgres://${postgresHost}/x?user=me&password=${encodeURIComponent(p)}`}),
  ],
  ['Postgres, without a host', (p) => ({postgres: `postgres://me:${p.replaceAll('@', '!')}`})],
  [
    'Postgres, as a connection string',
    (p) => ({postgres: `host=h user=me password='${p.replaceAll(/['\\]/g, '\\$&')}'`}),
  ],
]

it.each(WAYS)('no part of a password is shown: %s', async (_title, urls) => {
  for (let seed = 1; seed <= 40; seed++) {
    const {text, words} = password(seed)
    const {redis, postgres} = urls(text)
    const command = redis ? Peek : Migrate
    const variable = redis ? 'REDIS_URL' : 'DATABASE_URL'
    const flag = redis ? '--redis-url' : '--database-url'
    const url = redis ?? postgres ?? ''
    const outcomes = [
      await runCommand(command, [], {[variable]: url, DEBUG: 'qtool'}),
      await runCommand(command, ['--json', `${flag}=${url}`]),
      await runCommand(command, [flag, url, `--wrong=${url}`]),
      await runCommand(ProfilesAdd, ['p', '--replace', flag, url], {
        QTOOL_CONFIG: join(folder, 'profiles.json'),
      }),
    ]
    for (const [i, {stdout, stderr}] of outcomes.entries()) {
      const shown = words.filter((word) => `${stdout}${stderr}`.includes(word))
      expect({way: i, url, shown, said: shown.length > 0 ? stdout + stderr : ''}).toEqual({
        way: i,
        url,
        shown: [],
        said: '',
      })
    }
    expect(outcomes[2].code).toBe(2)
  }
})
