import {describe, expect, it} from 'vitest'
import {guaranteeOf, type PostgresKeeping, type RedisKeeping} from '../../src/doctor/guarantee.ts'

const REDIS: RedisKeeping = {
  appendonly: true,
  appendfsync: 'always',
  savesSnapshots: false,
  replicas: 0,
  minReplicasToWrite: 0,
  maxLagSeconds: 10,
}

const POSTGRES: PostgresKeeping = {
  fsync: true,
  synchronousCommit: 'on',
  standbys: 0,
  waitsForStandby: false,
}

function judge(redis: Partial<RedisKeeping> = {}, postgres: Partial<PostgresKeeping> = {}) {
  const {losses, ...rest} = guaranteeOf({redis: {...REDIS, ...redis}, postgres: {...POSTGRES, ...postgres}})
  return {...rest, losses: Object.fromEntries(losses.map(({when, lost}) => [when, lost]))}
}

it('promises everything if both servers wait for their disks', () => {
  const {sentence, row} = judge()
  expect(row).toBe('Redis: appendfsync always, no replica; Postgres: commits wait for the disk')
  expect(sentence).toMatch(/^nothing that was acknowledged is lost/)
})

describe('what Redis loses', () => {
  it.each([
    ['everysec', {appendfsync: 'everysec'}, 'nothing', /^about a second is forgotten/],
    ['kernel', {appendfsync: 'no'}, 'nothing', /^up to half a minute/],
    [
      'snapshots',
      {appendonly: false, savesSnapshots: true},
      /since the last snapshot/,
      /since the last snapshot/,
    ],
    ['none', {appendonly: false}, /^the queue, its leases/, /^the queue, its leases/],
    ['unknown', {appendfsync: null}, 'unknown', 'unknown'],
    ['unknown', {appendonly: false, savesSnapshots: null}, 'unknown', 'unknown'],
    ['unknown', {appendonly: null}, 'unknown', 'unknown'],
  ])('is told for %s: %j', (durability, redis, killed, power) => {
    const judged = judge(redis)
    expect(judged.redisDurability).toBe(durability)
    expect(judged.losses['Redis is killed']).toMatch(killed)
    expect(judged.losses['Redis loses power']).toMatch(power)
  })

  it('is more if a replica may be promoted, and bounded if writes stop without replicas', () => {
    expect(judge({replicas: 1})).toMatchObject({
      failover: 'unbounded',
      sentence: expect.stringMatching(/however much/),
    })
    expect(judge({replicas: 1, minReplicasToWrite: 1, maxLagSeconds: 4})).toMatchObject({
      failover: 'bounded',
      sentence: 'if a replica of Redis is promoted: what the replica had not received is lost: 4 s at most',
    })
    expect(judge({replicas: null}).failover).toBe('unknown')
  })
})

describe('what Postgres loses', () => {
  it.each([
    ['asynchronous', {synchronousCommit: 'off'}, /^rows of the last moments/, /^rows of the last moments/],
    ['unsafe', {fsync: false}, 'nothing', 'the database may be damaged'],
    ['unknown', {fsync: null}, 'unknown', 'unknown'],
    ['synchronous', {synchronousCommit: 'local'}, 'nothing', 'nothing'],
  ])('is told for %s: %j', (durability, postgres, killed, power) => {
    const judged = judge({}, postgres)
    expect(judged.postgresDurability).toBe(durability)
    expect(judged.losses['Postgres is killed']).toMatch(killed)
    expect(judged.losses['Postgres loses power']).toMatch(power)
  })

  it('is what a standby lacks, unless a commit waits for it', () => {
    const promoted = 'a standby of Postgres is promoted'
    expect(judge({}, {standbys: 1}).losses[promoted]).toMatch(/had not received/)
    expect(judge({}, {standbys: 1, waitsForStandby: true}).losses[promoted]).toBe('nothing')
    const local = {standbys: 1, waitsForStandby: true, synchronousCommit: 'local'}
    expect(judge({}, local).losses[promoted]).toMatch(/had not received/)
    expect(judge().losses).not.toHaveProperty(promoted)
  })
})

it('says so if nothing is known of the servers', () => {
  const {redisDurability, failover, postgresDurability} = guaranteeOf({redis: null, postgres: null})
  expect({redisDurability, failover, postgresDurability}).toEqual({
    redisDurability: 'unknown',
    failover: 'unknown',
    postgresDurability: 'unknown',
  })
})
