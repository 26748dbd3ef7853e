import {count} from '../../../render/format.ts'
import type {Check} from '../../shape/findings.ts'
import type {PoolOut} from './pool-out.ts'
import {type ApiSeen, DOCUMENTED, ingested} from './seen.ts'
import {sum, type Volley} from './volley.ts'

/** The conditions that a run has to meet. */
export function apiChecks(seen: ApiSeen): Check[] {
  return [
    failedCheck(seen),
    countCheck(seen),
    itemsCheck(seen),
    ...(seen.poolOut ? poolChecks(seen.poolOut) : []),
  ]
}

function failedCheck({steps}: ApiSeen): Check {
  const of = (pick: (volley: Volley) => number) => steps.reduce((all, {volley}) => all + pick(volley), 0)
  const failed = of(({bad, refused, lost}) => bad - refused + lost)
  const refused = of((volley) => volley.refused)
  const asked = of(({good, bad}) => good + bad)
  const beside = refused > 0 ? `, ${count(refused)} were refused with 503` : ''
  return {
    name: 'failed requests',
    ok: failed === 0,
    text: `${count(failed)} of ${count(asked)} requests failed${beside}`,
  }
}

/** Both sides count: the server may also have served what was cut off at the end of each step, one request a client. */
function countCheck({steps}: ApiSeen): Check {
  const answered = steps.reduce((all, {volley}) => all + sum(volley.answered), 0)
  const served = steps.reduce((all, step) => all + step.served, 0)
  const ok = steps.every(({volley, served, connections}) => {
    const beyond = served - sum(volley.answered)
    return beyond >= 0 && beyond <= connections + volley.broken + volley.lost
  })
  const text = `${count(answered)} answers came, ${count(served)} were given; they may differ by those under way at the end of a step`
  return {name: 'answers', ok, text}
}

function itemsCheck(seen: ApiSeen): Check {
  const told = ingested(seen)
  const uploads = seen.steps.filter(({route}) => route === 'ingest')
  const cutOff = uploads.reduce((all, {volley, connections}) => all + connections + volley.broken, 0)
  const ok = seen.items >= told && seen.items <= told + cutOff * seen.options.records
  return {
    name: 'items',
    ok,
    text: `${count(told)} records were confirmed, ${count(seen.items)} are in the queue`,
  }
}

function poolChecks({held, refused, recoveryMs, finished}: PoolOut): Check[] {
  const {status, retryAfter, ms} = refused
  const limit = DOCUMENTED.recoverySeconds * 1000
  const recovered = recoveryMs === null ? 'did not recover' : `recovered in ${recoveryMs.toFixed(1)} ms`
  return [
    {
      name: 'full pool',
      ok: status === 503 && retryAfter !== null,
      text: `beside ${count(held)} uploads the next is answered with ${status} after ${ms.toFixed(0)} ms, Retry-After: ${retryAfter ?? 'none'}`,
    },
    {
      name: 'pool recovery',
      ok: recoveryMs !== null && recoveryMs < limit,
      text: `the pool ${recovered} after an upload had ended, documented < ${limit} ms`,
    },
    {
      name: 'held uploads',
      ok: finished === held,
      text: `${count(finished)} of ${count(held)} held uploads were answered with 200`,
    },
  ]
}
