import {Flags, type Interfaces} from '@oclif/core'
import type {Bench} from '../bench/bench.ts'
import type {FlowOptions} from '../bench/flow/flow.ts'
import {usageError} from '../errors.ts'
import {duration} from './flags.ts'

/** Flags of a scenario whose loads several processes of this machine may send, one after the other. */
export const localAgentsFlags = {
  agents: Flags.integer({
    min: 1,
    max: 100,
    summary: 'Send from N processes, each with its share of the rate; this one drains and adds up.',
    helpValue: 'N',
  }),
  wait: waitFlag('How long to wait for all agents.'),
}

/** Flags of a scenario whose one load several processes may send, also on other hosts. */
export const agentsFlags = {
  ...localAgentsFlags,
  run: Flags.string({
    summary: 'Wait for agents that join under this name, instead of starting them here.',
    description: 'On each other host: qtool bench agent --run NAME.',
    helpValue: 'NAME',
    parse: async (text) => parseRun(text),
  }),
}

/** The flag --wait of both sides of a run. */
export function waitFlag(summary: string) {
  return duration({default: '60s', summary, helpValue: 'TIME'})
}

/** A name that a queue and its keys can have as a part. @throws QtoolError (usage) */
export function parseRun(text: string): string {
  if (/^[A-Za-z0-9_-]{1,60}$/.test(text)) return text
  throw usageError(
    `expected --run to be 1 to 60 letters, digits, "-" and "_", got ${JSON.stringify(text)}`,
    'choose a name such as night-1, the same on every host',
  )
}

type AgentsFlags = Interfaces.InferredFlags<typeof agentsFlags> & {rounds: number}

/** Which of the flags mean nothing beside the others. */
export function idleAgentsFlags({agents, run, rounds}: AgentsFlags) {
  return {
    run: agents === undefined && 'without --agents',
    wait: agents === undefined && 'without --agents',
    rounds: run !== undefined && rounds > 1 && 'with --run: agents join for one round',
  }
}

/** How the records are sent; undefined if this process sends them. */
export async function agentsOf({agents, run, wait}: Pick<AgentsFlags, 'agents' | 'wait'> & {run?: string}) {
  if (agents === undefined) return undefined
  const {runAgents} = await import('../bench/agents/run-agents.ts')
  const how = {agents, run, waitMs: wait, script: process.argv[1]}
  return (bench: Bench, options: FlowOptions) => runAgents(bench, options, how)
}
