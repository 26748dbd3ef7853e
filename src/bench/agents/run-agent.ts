import {hostname} from 'node:os'
import type {Redis} from 'ioredis'
import {openMeeting} from '../../queue/meeting.ts'
import {closeRedis, duplicateRedis} from '../../redis/client.ts'
import {qtoolVersion} from '../../version.ts'
import {joinRun} from './join-run.ts'
import {listen} from './listen.ts'
import {type Introduction, meetingName} from './plan.ts'
import {takePart} from './take-part.ts'

export interface AgentOptions {
  run: string
  /** How long to wait for the run, ms. */
  waitMs: number
  signal: AbortSignal
}

/** What an agent did. */
export interface AgentResult extends Introduction {
  run: string
  /** From 1. */
  agent: number
  /** Records that it sent after the warm-up. */
  sent: number
  /** Why it sent nothing; null if it did. */
  unfit: string | null
}

/**
 * Joins a run, sends its share of the load when told to, and hands what it measured to the coordinator.
 * @throws QtoolError if there is no such run, it has all its agents, or it is called off
 */
export async function runAgent(redis: Redis, {run, waitMs, signal}: AgentOptions): Promise<AgentResult> {
  const introduction = {host: hostname(), pid: process.pid, version: qtoolVersion()}
  const listener = await duplicateRedis(redis, {})
  const over = new AbortController()
  try {
    await listener.connect()
    const [meeting, heard] = await Promise.all(
      [redis, listener].map((client) => openMeeting(client, meetingName(run))),
    )
    const {plan, agent} = await joinRun(meeting, {run, waitMs, signal, introduction})
    const messages = listen(heard, over.signal)
    const report = await takePart(redis, {plan, agent, meeting, messages, signal})
    await meeting.report(agent, JSON.stringify(report))
    const sent = report.measured?.sent ?? 0
    return {...introduction, run, agent: agent + 1, sent, unfit: report.unfit ?? null}
  } finally {
    over.abort()
    closeRedis(listener)
  }
}
