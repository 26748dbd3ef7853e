import type {Redis} from 'ioredis'
import type {Meeting} from '../../queue/meeting.ts'
import {interruptedEarly} from '../findings.ts'
import {calledOff} from './join-run.ts'
import type {Message, Plan} from './plan.ts'
import {BEAT_MS} from './pulse.ts'
import {CLOCK_MS, RedisTime} from './redis-time.ts'
import type {AgentReport} from './report.ts'
import {openShare, type Sender} from './send-share.ts'

export interface PartOptions {
  plan: Plan
  /** From 0. */
  agent: number
  meeting: Meeting
  messages: AsyncGenerator<Message | undefined>
  signal: AbortSignal
}

/**
 * Sends the share of an agent once the coordinator says so.
 * @throws QtoolError if it is called off; the error of a connection that is lost for good
 */
export async function takePart(redis: Redis, options: PartOptions): Promise<AgentReport> {
  const {plan, agent, meeting, signal} = options
  const over = new AbortController()
  let failure: unknown
  const fail = (error: unknown) => {
    failure ??= error
    over.abort()
  }
  const clock = await RedisTime.open(() => redis.time())
  const sender = await openShare(redis, plan, agent, fail)
  let isOn = true
  // Without a connection, the coordinator misses the beat; without a meeting, nobody wants the load any more
  const beat = async () => {
    isOn &&= await meeting.beat(agent).catch(() => true)
    if (!isOn) over.abort()
  }
  const beating = setInterval(() => void beat(), BEAT_MS)
  const timer = setInterval(() => void clock.refresh().catch(() => {}), CLOCK_MS)
  try {
    const startAt = await waitForStart(options)
    await clock.refresh()
    const lateMs = clock.now() - startAt
    if (lateMs > 0) {
      return {...reportOf(agent, clock), unfit: `it got the start signal ${lateMs.toFixed(0)} ms too late`}
    }
    void follow(options.messages, sender, clock, () => over.abort()).catch(fail)
    const measured = await sender.send(clock.toLocal(startAt), AbortSignal.any([signal, over.signal]))
    if (failure !== undefined) throw failure
    return {...reportOf(agent, clock), measured}
  } finally {
    clearInterval(timer)
    clearInterval(beating)
    // The coordinator has removed the queue without this agent, which may have been held up in the middle of sending
    if (!isOn) await sender.remove().catch(() => {})
    sender.close()
  }
}

function reportOf(agent: number, clock: RedisTime): AgentReport {
  return {agent, offsetMs: clock.hostOffset, uncertaintyMs: clock.worst, movedMs: clock.moved}
}

async function waitForStart({messages, meeting, plan, signal}: PartOptions): Promise<number> {
  for (;;) {
    const {value: message, done} = await messages.next()
    if (done || signal.aborted) throw interruptedEarly()
    if (message?.kind === 'start') return message.at
    if (message?.kind === 'stop') throw calledOff(message.why)
    if (message === undefined && !(await meeting.plan())?.includes(plan.id)) {
      throw calledOff('its coordinator is gone')
    }
  }
}

/** Passes on what the coordinator says, until it or the listener ends. */
async function follow(
  messages: PartOptions['messages'],
  sender: Sender,
  clock: RedisTime,
  stop: () => void,
): Promise<void> {
  for await (const message of messages) {
    if (message?.kind === 'rows') sender.committed(message.numbers, clock.toLocal(message.at))
    if (message?.kind === 'stop') stop()
  }
}
