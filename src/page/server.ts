import type {Health, ServerHealth} from '../server/probes.ts'
import {get} from './api.ts'
import {h} from './dom.ts'
import {count, duration} from './format.ts'
import {makeGuarantee} from './guarantee.ts'
import {readHealth} from './health.ts'
import {makeSlowLog, serverPairs} from './memory.ts'
import {Pairs, panel} from './panel.ts'
import {poll} from './poll.ts'
import type {PoolView, ServerView} from './server-view.ts'
import {VerdictLine} from './verdict.ts'
import type {View} from './view.ts'

const LEVELS = {ok: 'ok', degraded: 'warning', down: 'critical'} as const

/** Both servers as `qtool serve` sees them, and its own connections. */
export function open(): View {
  const verdict = new VerdictLine()
  const [redis, pools, own] = [new Pairs(), new Pairs(), new Pairs()]
  const slowLog = makeSlowLog()
  const guarantee = makeGuarantee()
  const showHealth = (health: Health) => {
    const text = health.status === 'ok' ? 'both servers answer' : health.status
    verdict.show({
      level: LEVELS[health.status],
      text,
      reason: health.reasons.map((reason) => h('span', {}, reason)),
    })
    own.show([
      ['Redis', answerWords(health.redis)],
      ['Postgres', health.postgres ? answerWords(health.postgres) : 'not configured'],
    ])
  }
  const showServer = (view: ServerView) => {
    redis.show(serverPairs(view.redis))
    pools.show([
      ['producers', poolWords(view.pools.producers)],
      ['Postgres', view.pools.postgres ? poolWords(view.pools.postgres) : 'not configured'],
    ])
    own.show([['qtool serve', view.version]])
    slowLog.show(view.slowlog)
    guarantee.show(view.guarantee)
  }
  const stop = poll(async (signal) => {
    await Promise.all([
      readHealth(signal).then(showHealth, (error: Error) => {
        if (!signal.aborted) verdict.show({level: 'critical', text: error.message, reason: []})
      }),
      // What is wrong with Redis is in the health already
      get<ServerView>('server', signal).then(showServer, () => {}),
    ])
  })
  const left = h('div', {}, panel('answers', own.node), guarantee.node, slowLog.node)
  const right = h('div', {}, panel('Redis', redis.node), panel('requests in progress', pools.node))
  const title = h('div', {class: 'title'}, h('h1', {tabindex: -1}, 'Server'))
  return {
    title: 'server',
    node: h('section', {}, title, verdict.node, h('div', {class: 'panels'}, left, right)),
    close: stop,
  }
}

function answerWords({status, latencyMs, message}: ServerHealth): string {
  if (status === 'away') return message ?? 'does not answer'
  return latencyMs === null ? 'answers' : `answers in ${duration(latencyMs)}`
}

function poolWords({inUse, max, waiting}: PoolView): string {
  return `${count(inUse)} of ${count(max)}${waiting > 0 ? `, ${count(waiting)} waiting` : ''}`
}
