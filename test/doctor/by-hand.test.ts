import {execFileSync} from 'node:child_process'
import {beforeAll, describe, expect, inject, it} from 'vitest'
import type {Facts} from '../../src/doctor/facts.ts'
import {redisFacts, titles, wrong} from './examine.ts'

const GIB = 2 ** 30

let read: Facts

beforeAll(async () => {
  const facts = await redisFacts(inject('redisUrl'), 'test-nobody')
  // What other tests do at the same time is not what these are about
  Object.assign(facts, {queue: null})
  const link = {samples: 20, p50Ms: 0.1, p95Ms: 0.2, maxMs: 1, aheadMs: 0, marginMs: 0.1}
  Object.assign(facts.redis ?? {}, {slowlog: [], groups: [], clients: [], change: null, link})
  tell(facts, {
    aof_enabled: '1',
    used_memory: '2000000',
    mem_fragmentation_ratio: '1.02',
    allocator_frag_ratio: '1.01',
    mem_clients_normal: '0',
    number_of_cached_scripts: '10',
  })
  set(facts, {appendfsync: 'everysec'})
  read = facts
})

/** Facts of the Redis of this test run, as if it had a file and nobody else used it: nothing is wrong with it. */
function healthy(): Facts {
  const facts = structuredClone(read)
  expect(titles(facts)).toEqual([])
  return facts
}

function tell(facts: Facts, info: Record<string, string>): void {
  Object.assign(facts.redis?.info ?? {}, info)
}

function set(facts: Facts, config: Record<string, string>): void {
  Object.assign(facts.redis?.config ?? {}, config)
}

describe('facts edited by hand, of what cannot be broken here', () => {
  it.each([
    ['7.4.5', ['CVE-2026-23479', 'CVE-2025-49844']],
    ['7.4.8', ['CVE-2026-23479']],
    ['8.2.2', ['CVE-2026-23479', 'CVE-2025-62507']],
    ['8.6.2', ['CVE-2026-23479']],
  ])('warn of Redis %s', (version, flaws) => {
    const facts = healthy()
    tell(facts, {redis_version: version})
    expect(titles(facts)).toEqual(['warning redis.version'])
    const [{what}] = wrong(facts)
    expect(what.match(/CVE-2025-\d+|CVE-2026-23479/g)).toEqual(flaws)
  })

  it.each(['7.4.9', '8.2.6', '8.6.3', '8.8.0', '8.10.0', '9.0.0'])('do not warn of Redis %s', (version) => {
    const facts = healthy()
    tell(facts, {redis_version: version})
    expect(titles(facts)).toEqual([])
  })

  it('judge Valkey by its own number, not by that of Redis that it bears', () => {
    const facts = healthy()
    tell(facts, {redis_version: '7.2.4', valkey_version: '8.1.4', server_name: 'valkey'})
    expect(titles(facts)).toEqual([])
    tell(facts, {valkey_version: '8.1.3'})
    expect(titles(facts)).toEqual(['warning redis.version'])
  })

  it.each([
    [
      'too little memory for a fork',
      {used_memory_rss: '600000000', total_system_memory: '1000000000'},
      'fork',
    ],
    [
      'the machine is full, and there is no limit',
      {used_memory: '850', total_system_memory: '1000', used_memory_rss: '100'},
      'memory',
    ],
    ['buffers of a replica', {connected_slaves: '1', mem_clients_slaves: '20000000'}, 'buffers'],
    [
      'much memory that lies idle',
      {used_memory: '100000000', mem_fragmentation_ratio: '1.9', mem_fragmentation_bytes: '90000000'},
      'fragmentation',
    ],
  ])('warn of %s', (_, info: Record<string, string>, check) => {
    const facts = healthy()
    tell(facts, info)
    expect(titles(facts)).toEqual([`warning redis.${check}`])
  })

  it('warn of a Redis whose thread is always busy', () => {
    const facts = healthy()
    const change = {overMs: 1000, cpuMs: 950, usedBytes: 0, replicatedBytes: 0}
    Object.assign(facts.redis ?? {}, {change})
    expect(titles(facts)).toEqual(['warning redis.cpu'])
  })

  it('warn of the kernel only if Redis runs on it', () => {
    const facts = healthy()
    set(facts, {'disable-thp': 'no'})
    Object.assign(facts.host, {hugePages: 'always'})
    expect(titles(facts)).toEqual(['warning host.kernel'])
    Object.assign(facts.redis ?? {}, {isLocal: false})
    expect(titles(facts)).toEqual([])
  })

  it.each([
    ['huge pages that Redis turns off for itself', {hugePages: 'always'}, 1e6, []],
    ['a kernel that promises no more than it has', {overcommit: 2}, 1e6, ['warning host.kernel']],
    ['a kernel that guesses, under a small Redis', {overcommit: 0}, 1e6, []],
    ['a kernel that guesses, under a large Redis', {overcommit: 0}, 2 * GIB, ['warning host.kernel']],
    ['a kernel that promises everything', {overcommit: 1}, 2 * GIB, []],
    ['a slow clock', {clockSource: 'xen'}, 1e6, ['warning host.kernel']],
  ])('judge %s', (_, host, used, found) => {
    const facts = healthy()
    Object.assign(facts.host, {memoryBytes: 8 * GIB, overcommit: 1, ...host})
    tell(facts, {used_memory: String(used)})
    expect(titles(facts)).toEqual(found)
  })

  it('warn of a lag of more than ten seconds as critical', () => {
    const facts = healthy()
    tell(facts, {connected_slaves: '1', slave0: 'ip=10.0.0.2,port=6379,state=online,offset=5,lag=11'})
    expect(titles(facts)).toEqual(['critical redis.replicas'])
    tell(facts, {slave0: 'ip=10.0.0.2,port=6379,state=wait_bgsave,offset=0,lag=60'})
    expect(titles(facts)).toEqual([])
  })

  it('warn of a Postgres that is far, or whose clock differs from that of Redis', () => {
    const facts = healthy()
    facts.postgresLink = {samples: 20, p50Ms: 12, p95Ms: 15, maxMs: 20, aheadMs: 0, marginMs: 6}
    expect(titles(facts)).toEqual(['warning postgres.round-trip'])
    facts.postgresLink = {samples: 20, p50Ms: 0.1, p95Ms: 0.2, maxMs: 0.3, aheadMs: -4000, marginMs: 0.1}
    expect(wrong(facts)).toMatchObject([
      {
        level: 'critical',
        check: 'host.clocks',
        what: expect.stringMatching(/4\.0 s ahead of that of Postgres/),
      },
    ])
  })

  it.each([
    ['no quorum', {complaint: 'NOQUORUM 1 usable Sentinels'}, ['critical sentinel.quorum']],
    ['an even number of sentinels', {known: 4}, ['warning sentinel.number']],
    ['two sentinels', {known: 2}, ['warning sentinel.number']],
    ['a failover that takes as long as a lease', {downAfterMs: 30_000}, ['warning sentinel.down-after']],
    ['three sentinels that agree', {}, []],
  ])('judge %s', (_, sentinel, found) => {
    const facts = healthy()
    const well = {name: 'm', named: 3, answering: 3, known: 3, quorum: 2, complaint: null, downAfterMs: 5000}
    facts.sentinel = {...well, ...sentinel}
    expect(titles(facts)).toEqual(found)
  })

  it.each([
    ['nodes that do not answer', {slotsFail: 5461}, ['critical cluster.state']],
    ['nodes that may not answer', {slotsPfail: 5461}, ['critical cluster.state']],
    ['slots that are half moved', {openSlots: 2}, ['warning cluster.open-slots']],
    ['a Cluster that moves slots at once', {}, []],
  ])('judge %s', (_, cluster, found) => {
    const facts = healthy()
    tell(facts, {redis_version: '8.8.0', cluster_enabled: '1'})
    const well = {
      state: 'ok',
      slotsAssigned: 16_384,
      slotsFail: 0,
      slotsPfail: 0,
      knownNodes: 6,
      openSlots: 0,
    }
    Object.assign(facts.redis ?? {}, {cluster: {...well, ...cluster}})
    expect(titles(facts)).toEqual(found)
  })

  it.each([
    ['7.0.15', ['warning cluster.migration']],
    ['8.2.9', ['warning cluster.migration']],
    ['8.4.6', []],
    ['8.10.1', []],
  ])('judge how Redis %s moves slots', (version, found) => {
    const facts = healthy()
    tell(facts, {redis_version: version, cluster_enabled: '1'})
    const cluster = {
      state: 'ok',
      slotsAssigned: 16_384,
      slotsFail: 0,
      slotsPfail: 0,
      knownNodes: 6,
      openSlots: 0,
    }
    Object.assign(facts.redis ?? {}, {cluster})
    expect(titles(facts)).toEqual(found)
  })

  it('name a stream in a command so that a shell does not run what its name says', () => {
    const facts = healthy()
    const group = {stream: 'a; rm -rf "$HOME"', group: "it's", consumers: 0, pending: 1, lag: 0}
    Object.assign(facts.redis ?? {}, {groups: [{...group, idleMs: null, oldestPendingMs: 200_000}]})
    const [{fix}] = wrong(facts)
    const [, command = ''] = /redis-cli (.*)$/.exec(fix) ?? []
    const words = execFileSync('sh', ['-c', `printf '%s\\n' ${command}`], {encoding: 'utf8'})
    expect(words.trimEnd().split('\n')).toEqual(['XGROUP', 'DESTROY', group.stream, group.group])
  })
})
