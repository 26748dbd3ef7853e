import {randomUUID} from 'node:crypto'
import {existsSync} from 'node:fs'
import {afterEach, describe, expect, inject, it} from 'vitest'
import {meetingName} from '../../../src/bench/agents/plan.ts'
import {type Meeting, openMeeting} from '../../../src/queue/meeting.ts'
import {queueKeys} from '../../../src/redis/keys.ts'
import {cliEnv, cliJson, type RunningCli, runningCli, until} from '../../support/cli.ts'
import {useServers} from '../../support/context.ts'
import {startProxy} from '../../support/proxy.ts'

const context = useServers()

const COORDINATOR = ['bench', 'sustained', '--rate', '200', '--warm-up', '1', '--json']

/** A run whose agents are started by the test. */
async function newRun() {
  const run = `t-${randomUUID()}`
  const meeting = await openMeeting(context.redis, meetingName(run))
  return {
    run,
    meeting,
    coordinate: (...flags: string[]) => runningCli([...COORDINATOR, '--run', run, ...flags]),
    agent: () => runningCli(['bench', 'agent', '--run', run, '--json']),
    /** Whether rows have been committed and told of. */
    isLoaded: async () =>
      (await context.redis.xlen(queueKeys(meetingName(run)).sent('meeting:messages'))) > 3,
  }
}

/** The key of the meeting of a run that starts its own agents, once rows have been committed. */
async function loadedMeeting(): Promise<string> {
  let found = ''
  await until(async () => {
    const [messages] = await context.redis.keys('sent:qtool-bench-2*:meeting:messages')
    if (messages === undefined || (await context.redis.xlen(messages)) <= 3) return false
    found = messages.slice(0, -':messages'.length)
    return true
  })
  return found
}

async function resultOf(running: RunningCli) {
  const {code, stdout, stderr} = await running.ended
  return {code, stderr, json: JSON.parse(stdout)}
}

const nothingCame = async (meeting: Meeting) => (await meeting.plan()) === null

afterEach(async () => {
  expect(await context.redis.keys('*meeting*')).toEqual([])
  expect(await context.redis.keys('*qtool-bench-2*')).toEqual([])
  const {rows} = await context.pool.query(
    `SELECT nspname FROM pg_namespace WHERE nspname LIKE 'qtool_bench_2%'`,
  )
  expect(rows).toEqual([])
})

describe('qtool bench sustained --agents', () => {
  it('sends the rate from several processes, times every record, and loses none', async () => {
    const {json} = await cliJson([...COORDINATOR.slice(0, -1), '--agents', '3', '--for', '4s'])
    const [row, reply] = json.steps
    // 5 s of 200/s with the warm-up; each agent may have one more at the very end
    expect(json.ledger).toMatchObject({rows: json.ledger.enqueued, lost: 0, duplicated: 0})
    expect(json.ledger.rows >= 1000 && json.ledger.rows <= 1003).toBe(true)
    expect(json.agents.map(({agent}: {agent: number}) => agent)).toEqual([1, 2, 3])
    expect(new Set(json.agents.map(({pid}: {pid: number}) => pid)).size).toBe(3)
    const sent = json.agents.map((agent: {sent: number}) => agent.sent)
    const total = sent.reduce((sum: number, one: number) => sum + one)
    expect(Math.abs(total - 800)).toBeLessThanOrEqual(3)
    for (const one of sent) expect(Math.abs(one - 267)).toBeLessThanOrEqual(1)
    expect(row.latency.samples).toBe(total)
    expect(Math.abs(reply.latency.samples - total)).toBeLessThanOrEqual(3)
    expect(row.latency.p50).toBeGreaterThan(0)
    expect(reply.latency.p50).toBeGreaterThan(0)
    expect(json.parameters).toMatchObject({rate: 200, agents: 3})
    for (const {uncertaintyMs, offsetMs} of json.agents) {
      expect(uncertaintyMs).toBeGreaterThan(0)
      // They are on the host of Redis, whose clock is theirs but for the resolution
      expect(Math.abs(offsetMs)).toBeLessThanOrEqual(uncertaintyMs + 1)
    }
  }, 60_000)

  it('waits for agents of other hosts, whichever side is first', async () => {
    const {coordinate, agent} = await newRun()
    const [first, running, second] = [agent(), coordinate('--agents', '2', '--for', '2s'), agent()]
    const {json} = await resultOf(running)
    const agents = await Promise.all([first, second].map(resultOf))
    expect(agents.map(({code}) => code)).toEqual([0, 0])
    expect(agents.map(({json}) => json.agent).sort()).toEqual([1, 2])
    expect(json.agents.map(({pid}: {pid: number}) => pid).sort()).toEqual(
      [first, second].map(({child}) => child.pid).sort(),
    )
    expect(json.ledger).toMatchObject({enqueued: 600, rows: 600, lost: 0})
  }, 60_000)

  it('is INVALID where an agent was held up, and names it', async () => {
    const {coordinate, agent, isLoaded, meeting} = await newRun()
    const paused = agent()
    await until(async () => (await meeting.plan()) === null)
    const running = coordinate('--agents', '2', '--for', '4s')
    await until(async () => (await meeting.members(2)).length === 1)
    const other = agent()
    await until(isLoaded)
    paused.child.kill('SIGSTOP')
    const stoppedAt = performance.now()
    await until(() => performance.now() - stoppedAt > 2500)
    paused.child.kill('SIGCONT')
    const {code, json} = await resultOf(running)
    await Promise.all([paused.ended, other.ended])
    expect(code).toBe(7)
    expect(json.state).toBe('invalid')
    expect(json.agents[0].trouble).toContain('late (p')
    expect(json.verdict).toContain(`pid ${paused.child.pid}): the generator was`)
    expect(json.ledger).toMatchObject({lost: 0, duplicated: 0})
  }, 90_000)

  it('is INVALID where an agent was killed, and names it', async () => {
    const running = runningCli([...COORDINATOR, '--agents', '2', '--for', '3s'])
    const key = await loadedMeeting()
    const {pid} = JSON.parse(String(await context.redis.hget(key, 'member:1')))
    process.kill(pid, 'SIGKILL')
    const {code, json} = await resultOf(running)
    expect(code).toBe(7)
    expect(json.agents[1]).toMatchObject({
      pid,
      sent: 0,
      offsetMs: null,
      trouble: 'it gave no result: SIGKILL',
    })
    expect(json.verdict).toContain(`pid ${pid}): it gave no result: SIGKILL`)
    expect(json.ledger).toMatchObject({lost: 0, duplicated: 0})
  }, 90_000)

  it.each([
    ['was stopped', 'SIGSTOP'],
    ['was killed', 'SIGKILL'],
  ] as const)(
    'ends long before its time where an agent of another host %s, and blames no other',
    async (_, signal) => {
      const {coordinate, agent, isLoaded, meeting} = await newRun()
      const doomed = agent()
      await until(async () => (await meeting.plan()) === null)
      const running = coordinate('--agents', '2', '--for', '10m')
      await until(async () => (await meeting.members(2)).length === 1)
      const other = agent()
      await until(isLoaded)
      doomed.child.kill(signal)
      const {code, json} = await resultOf(running)
      // It wakes up when nobody waits for it any more
      doomed.child.kill('SIGCONT')
      await Promise.all([doomed.ended, other.ended])
      expect([code, json.state]).toEqual([7, 'invalid'])
      const [first, second] = json.agents.map((one: {trouble: string | null}) => one.trouble)
      expect(first).toBe('it was silent for 5 s: it died, was stopped, or lost its connection')
      // On a busy machine it may have been late, but it did what it was told
      expect(second ?? '').not.toMatch(/stopped|silent|no result/)
      expect(json.ledger).toMatchObject({lost: 0, duplicated: 0})
    },
    90_000,
  )

  it('refuses an agent of another version', async () => {
    const {coordinate, meeting} = await newRun()
    const running = coordinate('--agents', '2')
    await until(async () => (await meeting.plan()) !== null)
    await meeting.join('old', JSON.stringify({host: 'db3', pid: 7, version: '0.0.1'}))
    const {code, json} = await resultOf(running)
    expect(code).toBe(6)
    expect(json.error).toMatchObject({code: 'AGENT_VERSION'})
    expect(json.error.message).toMatch(
      /every agent to run qtool \S+, but agent 1 \(db3, pid 7\) runs 0\.0\.1$/,
    )
  }, 60_000)

  it('says how many came if they are too few, and tells those who did', async () => {
    const {run, coordinate, meeting} = await newRun()
    const proxy = await startProxy(Number(new URL(inject('redisUrl')).port))
    const REDIS_URL = Object.assign(new URL(inject('redisUrl')), {port: String(proxy.port)}).href
    const came = runningCli(['bench', 'agent', '--run', run, '--json'], cliEnv({REDIS_URL}))
    // It is there before the time begins in which others may come
    await until(() => proxy.connections > 0)
    const {code, json} = await resultOf(coordinate('--agents', '3', '--wait', '6s'))
    expect(code).toBe(7)
    expect(json.error.message).toBe('expected 3 agents, but only 1 joined within 6 s')
    const left = await resultOf(came)
    await proxy.close()
    expect([left.code, left.json.error.code]).toEqual([7, 'CALLED_OFF'])
    expect(await nothingCame(meeting)).toBe(true)
  }, 60_000)

  it('has agents that say when they hear of the start too late', async () => {
    const {run, agent, meeting} = await newRun()
    const plan = {id: run, agents: 1, rate: 10, seconds: 1, warmupSeconds: 0, arrivals: 'constant', seed: 1}
    await meeting.begin(
      JSON.stringify({...plan, workers: 0, queue: meetingName(run), flights: ['f']}),
      30_000,
    )
    const late = agent()
    await until(async () => (await meeting.members(1)).length === 1)
    await meeting.tell(JSON.stringify({kind: 'start', at: Date.now() - 1000}), 30_000)
    const {code, json} = await resultOf(late)
    expect([code, json.sent]).toEqual([7, 0])
    expect(json.unfit).toMatch(/^it got the start signal \d+ ms too late$/)
    const [report] = await meeting.reports(1)
    expect(JSON.parse(report)).toMatchObject({agent: 0, unfit: json.unfit})
    await meeting.end()
  }, 60_000)

  it('stops its agents on Ctrl-C, and removes everything', async () => {
    const running = runningCli([...COORDINATOR, '--agents', '2', '--for', '60s'])
    await loadedMeeting()
    running.child.kill('SIGINT')
    const {code, json} = await resultOf(running)
    expect(code).toBe(130)
    expect(json).toMatchObject({state: 'interrupted', ledger: {lost: 0}})
    expect(json.ledger.rows).toBeGreaterThan(0)
    expect(json.agents).toHaveLength(2)
    await until(() => json.agents.every(({pid}: {pid: number}) => !existsSync(`/proc/${pid}`)))
  }, 60_000)

  it.each([
    [['bombard', '--agents', '2'], '--agents'],
    [['modes', '--agents', '2'], '--agents'],
    [['all', '--agents', '2'], '--agents'],
    [['capacity', '--wait', '5s'], '--wait'],
    [['sustained', '--run', 'x'], '--run'],
    [['sustained', '--agents', '2', '--run', 'x', '--rounds', '2'], '--rounds'],
    [['sustained', '--agents', '2', '--run', 'a b'], '--run'],
    [['agent', '--run', '{x}'], '--run'],
  ])('refuses %j', async (args, flag) => {
    const {code, json} = await cliJson(['bench', ...args])
    expect(code).toBe(2)
    expect(json.error.message).toContain(flag)
  })
})

describe('qtool bench capacity --agents', () => {
  it('sends every load of its search from several processes, and loses nothing', async () => {
    const search = ['--from', '50', '--most', '100', '--for', '2s', '--warm-up', '0', '--repeats', '1']
    const {json} = await cliJson(['bench', 'capacity', '--agents', '2', '--slo', 'p50<30s', ...search])
    expect(json.parameters).toMatchObject({agents: 2, from: 50, most: 100})
    const targets = json.steps.map(({target}: {target: number}) => target)
    expect(targets.slice(0, 2)).toEqual([50, 100].slice(0, targets.length))
    for (const {latency, target} of json.steps)
      expect(Math.abs(latency.samples - 2 * target)).toBeLessThanOrEqual(2)
    expect(json.agents.map(({agent}: {agent: number}) => agent)).toEqual([1, 2])
    expect(json.metrics).toMatchObject({lost: 0, duplicated: 0})
  }, 90_000)
})
