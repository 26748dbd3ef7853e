import type {Check, Found} from '../check.ts'
import {number, plural, share, time} from '../words.ts'
import type {SlowEntry} from './facts.ts'
import {figure, type ToldRedis} from './told.ts'

const CPU = 0.9

/** A Redis does one thing at a time, on one core. */
export const CPU_CHECK: Check<ToldRedis> = {
  id: 'redis.cpu',
  title: 'Redis has time left',
  judge({change}) {
    const part = change && change.overMs > 0 ? change.cpuMs / change.overMs : 0
    if (part <= CPU) return []
    return [
      {
        level: 'warning',
        what: `the main thread of Redis is busy for ${share(part)} of the time`,
        why: 'it does one thing at a time: whatever is asked of it now waits, and more workers make it slower',
        fix: 'qtool bench workers finds the number of workers that pays; redis-cli INFO commandstats shows what takes the time',
      },
    ]
  },
}

const FULL = {warning: 0.8, critical: 0.95}

/** @param mostOfQtool connections that one process of qtool may open */
export function judgeClients({info, clients}: ToldRedis, mostOfQtool: number): Found[] {
  const [connected, most] = [figure(info, 'connected_clients'), figure(info, 'maxclients')]
  const part = most > 0 ? connected / most : 0
  const isShort = most > 0 && most - connected < mostOfQtool
  if (part <= FULL.warning && !isShort) return []
  const crowd = clients?.[0] ? `, ${number(clients[0].count)} of them ${nameOf(clients[0].name)}` : ''
  return [
    {
      level: part > FULL.critical ? 'critical' : 'warning',
      what: `${number(connected)} of ${plural(most, 'client')} are connected${crowd}`,
      why: `Redis refuses whoever comes after the last; one process of qtool may open ${mostOfQtool}`,
      fix: `redis-cli CONFIG SET maxclients ${Math.max(2 * most, connected + 2 * mostOfQtool)}, or lower REDIS_MAX_CONNECTIONS`,
    },
  ]
}

function nameOf(name: string): string {
  return name === '' ? 'without a name' : `named ${JSON.stringify(name)}`
}

const SLOW_MS = {warning: 10, critical: 100}

/** Entries of the slow log count for this long: it never forgets by itself. */
const RECENT_MS = 3_600_000

/** @param now when the facts were made, RFC 3339 */
export function judgeSlowLog(slowlog: SlowEntry[], now: string): Found[] {
  const recent = slowlog.filter(({at}) => Date.parse(now) - Date.parse(at) <= RECENT_MS)
  const slow = recent.filter(
    ({micros, script}) => micros / 1000 > (script ? SLOW_MS.warning : SLOW_MS.critical),
  )
  const worst = slow.sort((a, b) => b.micros - a.micros)[0]
  if (!worst) return []
  const more = slow.length > 1 ? `, one of ${slow.length} within the last hour` : ''
  return [
    {
      level: worst.micros / 1000 > SLOW_MS.critical && worst.script ? 'critical' : 'warning',
      what: `${wordsOf(worst)} kept Redis busy for ${time(worst.micros / 1000)}${more}`,
      why: 'Redis does one thing at a time: everybody else waited, and a heartbeat that waits too long costs a lease',
      fix: worst.script
        ? 'give workers smaller leases: qtool work --batch 500; redis-cli SLOWLOG GET shows all of them, and SLOWLOG RESET starts afresh'
        : 'redis-cli SLOWLOG GET shows the command and who sent it; give that program a Redis of its own',
    },
  ]
}

function wordsOf({command, script, key}: SlowEntry): string {
  const on = key === null ? '' : ` on ${key}`
  return script === null ? `${command}${on}` : `qtool's script ${script}${on}`
}
