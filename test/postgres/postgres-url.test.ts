import {once} from 'node:events'
import {chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {type AddressInfo, createServer} from 'node:net'
import {tmpdir, userInfo} from 'node:os'
import {join} from 'node:path'
import {createSecureContext, TLSSocket} from 'node:tls'
import {afterAll, describe, expect, inject, it, vi} from 'vitest'
import {withPool} from '../../src/postgres/pool.ts'
import {planPool} from '../../src/postgres/pool-config.ts'
import {newCertificates} from '../support/certificates.ts'
import {startTestPostgres} from '../support/server.ts'

const plan = (url: string, env: NodeJS.ProcessEnv = {}) => planPool(url, {max: 1}, env)
const withQuery = (query: string) => `postgres://u:secret@h/x?${query}`
const home = mkdtempSync(join(tmpdir(), 'qtool-passfile-'))

afterAll(() => rmSync(home, {recursive: true, force: true}))

describe('a Postgres URL', () => {
  it.each([
    ['postgres://u:p@h:1/x', {host: 'h', port: 1, user: 'u', password: 'p', database: 'x'}],
    ['postgresql://u@[::1]:5433/x', {host: '::1', port: 5433, user: 'u'}],
    ['postgres://u%40v:p%2Fq%25@h/a%2Fb', {user: 'u@v', password: 'p/q%', database: 'a/b'}],
    ['postgres://u:a@b@h/x', {password: 'a@b', host: 'h'}],
    ['postgres://%2Frun%2Fpg/x', {host: '/run/pg', database: 'x'}],
    ['postgres:///x?host=/run/pg&port=5433', {host: '/run/pg', port: 5433, database: 'x'}],
    ['postgres://h?user=u&password=a+b%26c&dbname=y', {user: 'u', password: 'a+b&c', database: 'y'}],
    ['postgres://h/x?application_name=one&application_name=two', {application_name: 'two'}],
    ['/run/pg x', {host: '/run/pg', database: 'x'}],
  ])('%s means what libpq takes it for', (url, wanted) => {
    expect(plan(url).config).toMatchObject(wanted)
  })

  it.each([
    'host=h port=5432 password=secret',
    'postgres://u:secret@h:0/x',
    'postgres://u:secret@h:65536/x',
    'postgres://u:secret@h/x?port=99999',
    'postgres://u:secret@h/x?port=abc',
    'postgres://u:secret@h1,h2:5433/x',
    'postgres://u:secret%zz@h/x',
    'postgres://u:secret@h:x/x',
    'mysql://u:secret@h/x',
    'jdbc:postgresql://u:secret@h/x',
    'secret',
  ])('%s is refused as a mistake of the caller, without its password', (url) => {
    expect(() => plan(url)).toThrow(expect.objectContaining({kind: 'usage'}))
    expect(() => plan(url)).not.toThrow(/password=secret|:secret/)
  })

  it.each([
    'schema=shop',
    'statement_timeout=5000',
    'connectionString=postgres://elsewhere/x',
    'Client=x',
    'verify=x',
    'log=x',
    'max=5',
    'binary=true',
    'hostaddr=127.0.0.9',
    'service=shop',
    'requirepeer=root',
    'target_session_attrs=read-write',
    'target_session_attrs=standby',
    'gssencmode=require',
    'client_encoding=LATIN1',
    'connect_timeout=abc',
    'connect_timeout=1.5',
    'connect_timeout=99999999',
    'channel_binding=maybe',
    'channel_binding=require&sslmode=disable',
    'pgbouncer=maybe',
    'sslnegotiation=maybe',
    'sslnegotiation=direct',
    'sslcrl=x',
    'toString=x',
    '__proto__=x',
  ])('with %s is refused rather than used without it', (query) => {
    expect(() => plan(withQuery(query))).toThrow(expect.objectContaining({kind: 'usage'}))
  })

  it.each([
    ['schema=shop', 'search_path%3Dshop'],
    ['lock_timeout=5s', 'lock_timeout%3D5s'],
  ])('with %s says where that belongs', (query, advice) => {
    expect(() => plan(withQuery(query))).toThrow(
      expect.objectContaining({suggestions: [expect.stringContaining(advice)]}),
    )
  })

  it.each([
    'gssencmode=disable',
    'target_session_attrs=any',
    'client_encoding=UTF8',
    'keepalives=1',
    'load_balance_hosts=disable',
    'fallback_application_name=x',
  ])('may ask with %s for what happens anyway', (query) => {
    expect(() => plan(withQuery(query))).not.toThrow()
  })

  it('takes what it does not name from the variables of libpq', () => {
    const env = {PGHOST: 'h', PGPORT: '7', PGUSER: 'u', PGPASSWORD: 'p', PGDATABASE: 'x'}
    const {config, server} = plan('postgres://', {...env, PGAPPNAME: 'mine', PGOPTIONS: '-c a.b=1'})
    expect(config).toMatchObject({host: 'h', port: 7, user: 'u', password: 'p', database: 'x'})
    expect(config).toMatchObject({application_name: 'mine', options: '-c a.b=1'})
    expect(server).toBe('h:7/x')
    expect(plan('postgres://v:q@other:8/y', env).config).toMatchObject({host: 'other', port: 8, user: 'v'})
  })

  it.each([
    {PGPORT: '99999'},
    {PGPORT: 'abc'},
    {PGCONNECT_TIMEOUT: 'abc'},
    {PGCHANNELBINDING: 'maybe'},
    {PGSSLNEGOTIATION: 'maybe'},
    {PGHOSTADDR: '127.0.0.9'},
    {PGREQUIREAUTH: 'scram-sha-256'},
    {PGSERVICE: 'shop'},
  ])('is refused beside %j, which cannot be honoured', (env) => {
    expect(() => plan('postgres:///x', env)).toThrow(expect.objectContaining({kind: 'usage'}))
  })

  it('keeps the options of PGOPTIONS beside those of qtool', () => {
    const {config} = planPool('postgres://h/x', {max: 1, idleInTransactionMs: 5}, {PGOPTIONS: '-c a.b=1'})
    expect(config.options).toBe('-c a.b=1 -c idle_in_transaction_session_timeout=5ms')
  })

  it('waits for a connection as long as connect_timeout says', () => {
    expect(plan(withQuery('connect_timeout=17')).config.connectionTimeoutMillis).toBe(17_000)
    expect(plan(withQuery('connect_timeout=0')).config.connectionTimeoutMillis).toBe(0)
    expect(plan(withQuery(''), {PGCONNECT_TIMEOUT: '3'}).config.connectionTimeoutMillis).toBe(3000)
  })

  it('says with pgbouncer=false that there is none', () => {
    const {config} = planPool(withQuery('pgbouncer=false'), {max: 1, idleInTransactionMs: 5}, {})
    expect(config.options).toContain('idle_in_transaction')
  })
})

describe('a password that the URL does not have', () => {
  const url = new URL(inject('databaseUrl'))
  const {password, port, username} = url
  url.password = ''
  const file = join(home, 'pass')
  const ask = () => withPool(url.href, {max: 1}, (pool) => pool.query('SELECT 1 one'))
  const write = (line: string, mode = 0o600) => {
    writeFileSync(file, line)
    chmodSync(file, mode)
    vi.stubEnv('PGPASSFILE', file)
  }

  it('comes from the password file', async () => {
    write(
      `# mine\nelsewhere:*:*:*:wrong\n127.0.0.1:${port}:*:${username || userInfo().username}:${password}\n`,
    )
    expect((await ask()).rows).toEqual([{one: 1}])
  })

  it.each([
    ['that others may read', `*:*:*:*:${password}`, 0o644],
    ['without a line for it', `*:*:*:other:${password}`, 0o600],
  ])('does not come from a file %s, and is then said to be missing', async (_title, line, mode) => {
    write(line, mode)
    await expect(ask()).rejects.toMatchObject({
      code: 'NO_PASSWORD',
      kind: 'connect',
    })
  })
})

describe('channel_binding=require', () => {
  const certificates = newCertificates()
  const {cert, key} = certificates.issue('server', 'IP:127.0.0.1')
  const ask = (url: string) => withPool(url, {max: 1}, (pool) => pool.query('SELECT 1 one'))
  afterAll(() => certificates.remove())

  it('connects where the server binds the login to its certificate', async () => {
    const server = await startTestPostgres('ssl=on', `ssl_cert_file=${cert}`, `ssl_key_file=${key}`)
    try {
      expect((await ask(`${server.url}?channel_binding=require`)).rows).toEqual([{one: 1}])
    } finally {
      await server.stop()
    }
  })

  it.each([
    ['asks for the password in clear', [0, 0, 0, 3]],
    ['asks for its hash', [0, 0, 0, 5, 1, 2, 3, 4]],
    ['lets everybody in', [0, 0, 0, 0]],
    ['offers SCRAM alone', [0, 0, 0, 10, ...Buffer.from('SCRAM-SHA-256\0\0')]],
  ])('tells nothing to one in between who %s', async (_title, request) => {
    const heard: Buffer[] = []
    const between = await startBetween(request, (bytes) => heard.push(bytes))
    const failed = ask(`postgres://u:secret@127.0.0.1:${between.port}/x?channel_binding=require`)
    await expect(failed).rejects.toMatchObject({
      kind: 'connect',
      message: expect.stringContaining('channel binding'),
    })
    between.close()
    // The start-up message, with user and database, comes before the login
    expect(heard).toHaveLength(1)
  })

  /** Speaks TLS as Postgres does, and asks for a login in its own way. */
  async function startBetween(request: number[], onBytes: (bytes: Buffer) => void) {
    const secureContext = createSecureContext({cert: readFileSync(cert), key: readFileSync(key)})
    const server = createServer((raw) => {
      raw.once('data', () => {
        raw.write('S')
        const socket = new TLSSocket(raw, {isServer: true, secureContext})
        socket.on('error', () => {}).on('data', onBytes)
        socket.once('data', () => {
          const length = Buffer.alloc(4)
          length.writeInt32BE(request.length + 4)
          socket.write(Buffer.concat([Buffer.from('R'), length, Buffer.from(request)]))
        })
      })
    })
    await once(server.listen(0, '127.0.0.1'), 'listening')
    return {port: (server.address() as AddressInfo).port, close: () => void server.close()}
  }
})
