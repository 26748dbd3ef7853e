import {randomUUID} from 'node:crypto'
import {messageOf, QtoolError} from '../../errors.ts'
import {openMeeting} from '../../queue/meeting.ts'
import {qtoolVersion} from '../../version.ts'
import type {Bench} from '../bench.ts'
import type {Flow, FlowOptions} from '../flow/flow.ts'
import {startAgents} from './agent-processes.ts'
import {type Conducted, conduct} from './conduct.ts'
import {judgeAgent, judgeRun} from './judge.ts'
import {waitForMembers} from './members.ts'
import {mergeMeasured} from './merge.ts'
import {type Introduction, meetingName, type Plan, runOf} from './plan.ts'
import {RedisTime} from './redis-time.ts'
import {type Measuring, mergeHistograms} from './report.ts'

export interface AgentsOptions {
  agents: number
  /** The name under which agents join that others start; by default they are started here. */
  run?: string
  /** How long to wait for all of them, ms. */
  waitMs: number
  /** The script of this command, which the agents are started with. */
  script: string
}

/** How long what the agents have to know is kept beyond the longest run, ms; it is removed at the end. */
const SPARE_MS = 60_000

/**
 * Has several processes send the records, each its share of the rate, drains what they send, and adds up what they
 * measured. Whatever makes the figures of one agent invalid makes those of the run invalid.
 * @throws QtoolError if too few agents come, or one has another version
 */
export async function runAgents(bench: Bench, options: FlowOptions, how: AgentsOptions): Promise<Flow> {
  const {place, observer, redisUrl, signal} = bench
  const {agents, waitMs} = how
  const run = how.run ?? runOf(place.queue.name)
  const {flights} = place
  const plan: Plan = {...options, id: randomUUID(), agents, waitMs, flights, queue: place.queue.name}
  const keptMs = waitMs + (options.warmupSeconds + options.seconds) * 1000 + SPARE_MS
  const meeting = await openMeeting(observer, meetingName(run))
  if (!(await meeting.begin(JSON.stringify(plan), keptMs))) throw isUnderWay(run)
  const processes = how.run === undefined ? startAgents({...how, run, redisUrl}) : undefined
  try {
    bench.onStep(`waiting for ${agents} agents`)
    const version = qtoolVersion()
    const members = await waitForMembers(meeting, {agents, run, waitMs, version, processes, signal})
    const clock = await RedisTime.open(() => observer.time())
    bench.onStep(
      `${options.rate} records/s for ${options.seconds} s from ${agents} agents`,
      (options.warmupSeconds + options.seconds) * 1000,
    )
    const conducted = await conduct(bench, options, {meeting, members, processes, clock, keptMs})
    // An interrupted run says so itself, and one whose load ended with an agent blames no other
    const seconds = signal.aborted || conducted.gone.length > 0 ? 0 : options.seconds
    const endings = members.map(({pid}) => processes?.ended.get(pid))
    return add({...plan, seconds}, {...conducted, members, endings, clock})
  } catch (error) {
    await meeting.tell(JSON.stringify({kind: 'stop', why: messageOf(error)}), keptMs).catch(() => {})
    throw error
  } finally {
    await processes?.stop()
    // If it stays, it expires
    await meeting.end().catch(() => {})
  }
}

interface Ended extends Conducted {
  members: Introduction[]
  endings: Array<string | undefined>
  clock: RedisTime
}

function add(plan: Plan, {reports, gone, evidence, punctual, members, endings, clock}: Ended): Flow {
  const agents = members.map((introduction, agent) => {
    const report = reports.find((one) => one.agent === agent)
    const ended = endings[agent]
    return judgeAgent(plan, {agent, introduction, report, ended, isSilent: gone.includes(agent)})
  })
  const all = reports.flatMap(({agent, measured}): Measuring[] => (measured ? [{agent, measured}] : []))
  const histograms = mergeHistograms(all.map(({measured}) => measured))
  const own = {
    validity: punctual.judge(histograms.corrected),
    uncertaintyMs: clock.worst,
    movedMs: clock.moved,
  }
  const each = all.map(({measured}) => measured)
  const {qtool} = evidence.usage
  const total = {
    ...qtool,
    cpu: each.reduce((sum, {load}) => sum + load.cpu, qtool.cpu ?? 0),
    memory: each.reduce((sum, {memory}) => sum + memory, qtool.memory ?? 0),
  }
  const [busiest] = [punctual.load, ...each.map(({load}) => load)].toSorted((a, b) => b.busy - a.busy)
  return {
    ...mergeMeasured(plan, all, histograms, judgeRun(agents, own)),
    evidence: {...evidence, usage: {...evidence.usage, qtool: total}, generator: busiest},
    agents,
  }
}

function isUnderWay(run: string): QtoolError {
  return new QtoolError(`expected an unused name, but a run "${run}" is in progress`, {
    code: 'RUN_EXISTS',
    kind: 'refused',
    suggestions: ['choose another --run', 'the name of a killed run becomes free soon after its end'],
  })
}
