import {mkdirSync, mkdtempSync, rmSync} from 'node:fs'
import {copyFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, afterEach, beforeAll, describe, expect, inject, it, vi} from 'vitest'
import {withPool} from '../../src/postgres/pool.ts'
import {encryptions} from '../../src/postgres/ssl-mode.ts'
import {type Certificates, newCertificates} from '../support/certificates.ts'
import {startTestPostgres, type TestServer} from '../support/server.ts'

let certificates: Certificates
let other: Certificates
/** Its certificate names 127.0.0.1. */
let server: TestServer
const home = mkdtempSync(join(tmpdir(), 'qtool-home-'))

beforeAll(async () => {
  certificates = newCertificates()
  other = newCertificates()
  const {cert, key} = certificates.issue('server', 'IP:127.0.0.1')
  server = await startTestPostgres(
    'ssl=on',
    `ssl_cert_file=${cert}`,
    `ssl_key_file=${key}`,
    `ssl_ca_file=${certificates.ca}`,
  )
})

afterAll(async () => {
  await server?.stop()
  certificates?.remove()
  other?.remove()
  rmSync(home, {recursive: true, force: true})
})

afterEach(() => vi.unstubAllEnvs())

/** Whether the connection is encrypted, as the server says, and the client's name in its certificate. */
async function encrypted(url: string): Promise<boolean> {
  vi.stubEnv('HOME', process.env.HOME?.startsWith(home) ? process.env.HOME : home)
  const {rows} = await withPool(url, {max: 1}, (pool) =>
    pool.query<{ssl: boolean}>('SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()'),
  )
  return rows[0].ssl
}

const withTls = (query = '') => `${server.url}?${query}`
const inClear = (query = '') => `${inject('databaseUrl')}?${query}`

describe('a server with a certificate that no known authority signed', () => {
  it.each([
    ['', true],
    ['sslmode=disable', false],
    ['sslmode=allow', false],
    ['sslmode=prefer', true],
    ['sslmode=require', true],
    ['ssl=true', true],
  ])('is used with %j; encrypted: %s', async (query, isEncrypted) => {
    expect(await encrypted(withTls(query))).toBe(isEncrypted)
  })

  it.each(['require', 'verify-ca', 'verify-full'])(
    'is checked by sslmode=%s and its authority',
    async (mode) => {
      expect(await encrypted(withTls(`sslmode=${mode}&sslrootcert=${certificates.ca}`))).toBe(true)
    },
  )

  it.each(['require', 'verify-ca', 'verify-full'])(
    'is refused by sslmode=%s and another authority, as one that cannot be reached',
    async (mode) => {
      const failed = encrypted(withTls(`sslmode=${mode}&sslrootcert=${other.ca}`))
      await expect(failed).rejects.toMatchObject({
        code: 'CONNECT',
        kind: 'connect',
        suggestions: expect.arrayContaining([expect.stringContaining('sslrootcert')]),
      })
    },
  )

  it('is used in clear by sslmode=prefer where its certificate is wrong', async () => {
    expect(await encrypted(withTls(`sslmode=prefer&sslrootcert=${other.ca}`))).toBe(false)
  })

  it('is refused by verify-full alone where it has another name', async () => {
    const named = withTls(`sslrootcert=${certificates.ca}`).replace('127.0.0.1', 'localhost')
    expect(await encrypted(`${named}&sslmode=verify-ca`)).toBe(true)
    await expect(encrypted(`${named}&sslmode=verify-full`)).rejects.toMatchObject({
      code: 'CONNECT',
      kind: 'connect',
    })
  })

  it('takes the mode and the authority from the variables of libpq', async () => {
    vi.stubEnv('PGSSLMODE', 'verify-full')
    vi.stubEnv('PGSSLROOTCERT', certificates.ca)
    expect(await encrypted(withTls())).toBe(true)
    vi.stubEnv('PGSSLROOTCERT', other.ca)
    await expect(encrypted(withTls())).rejects.toMatchObject({kind: 'connect'})
    expect(await encrypted(withTls('sslmode=disable'))).toBe(false)
  })

  it('is checked against ~/.postgresql/root.crt where that exists', async () => {
    const own = join(home, 'own')
    mkdirSync(join(own, '.postgresql'), {recursive: true})
    vi.stubEnv('HOME', own)
    await copyFile(certificates.ca, join(own, '.postgresql', 'root.crt'))
    expect(await encrypted(withTls('sslmode=verify-full'))).toBe(true)
    await copyFile(other.ca, join(own, '.postgresql', 'root.crt'))
    await expect(encrypted(withTls('sslmode=require'))).rejects.toMatchObject({kind: 'connect'})
  })

  it('is shown a client certificate', async () => {
    const {cert, key} = certificates.issue('postgres', 'DNS:postgres')
    const query = `sslmode=require&sslcert=${cert}&sslkey=${key}`
    const {rows} = await withPool(withTls(query), {max: 1}, (pool) =>
      pool.query('SELECT client_dn FROM pg_stat_ssl WHERE pid = pg_backend_pid()'),
    )
    expect(rows).toEqual([{client_dn: '/CN=postgres'}])
  })

  it('answers a wrong password with its own words, whatever was tried', async () => {
    await expect(encrypted(withTls().replace(':test@', ':wrong@'))).rejects.toMatchObject({code: '28P01'})
  })
})

describe('a server without TLS', () => {
  it.each(['', 'sslmode=disable', 'sslmode=allow', 'sslmode=prefer'])('is used with %j', async (query) => {
    expect(await encrypted(inClear(query))).toBe(false)
  })

  it.each([() => 'require', () => `verify-full&sslrootcert=${certificates.ca}`])(
    'cannot be reached where TLS is demanded',
    async (mode) => {
      await expect(encrypted(inClear(`sslmode=${mode()}`))).rejects.toMatchObject({
        code: 'CONNECT',
        kind: 'connect',
        message: expect.stringContaining('does not support SSL'),
      })
    },
  )
})

describe('a mode', () => {
  const of = (given: Record<string, string>, env: NodeJS.ProcessEnv = {}) =>
    encryptions(given, {HOME: home, ...env}, 'h')

  it.each([
    [{sslmode: 'no-verify'}, {}, /expected sslmode to be one of disable, .*verify-full, got "no-verify"/],
    [{}, {PGSSLMODE: 'on'}, /expected PGSSLMODE to be one of/],
    [{ssl: '1'}, {}, /ssl=1/],
    [{sslmode: 'verify-ca'}, {}, /needs a root certificate/],
    [{sslmode: 'require', sslrootcert: 'system'}, {}, /too weak/],
    [{sslcrl: '/x'}, {}, /unknown parameter sslcrl/],
  ])('%j with %j is refused', (given, env, message) => {
    expect(() => of(given as Record<string, string>, env)).toThrow(message)
  })

  it('has no meaning for a socket', () => {
    expect(encryptions({sslmode: 'require'}, {HOME: home}, '/run/postgresql')).toEqual([false])
  })

  it('of the certificates of the system is verify-full', () => {
    expect(of({sslrootcert: 'system'})).toEqual([{rejectUnauthorized: true}])
  })
})
