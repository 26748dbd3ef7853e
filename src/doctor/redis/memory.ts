import type {Check, Found} from '../check.ts'
import {number, share, size, time} from '../words.ts'
import {figure, type ToldRedis} from './told.ts'

/** Checks of what Redis does with its memory. */
export const MEMORY_CHECKS: Array<Check<ToldRedis>> = [
  {id: 'redis.eviction', title: 'keys are never evicted', judge: judgeEviction},
  {id: 'redis.memory', title: 'memory is left', judge: judgeMemory},
  {id: 'redis.fork', title: 'a fork finds memory', judge: judgeFork},
  {id: 'redis.fragmentation', title: 'memory is not fragmented', judge: judgeFragmentation},
  {id: 'redis.buffers', title: 'clients read their answers', judge: judgeBuffers},
  {id: 'redis.scripts', title: 'scripts are few', judge: judgeScripts},
]

function judgeEviction({info}: ToldRedis): Found[] {
  const policy = info.maxmemory_policy ?? 'noeviction'
  if (policy === 'noeviction') return []
  const isLimited = figure(info, 'maxmemory') > 0
  return [
    {
      level: isLimited ? 'critical' : 'warning',
      what: `maxmemory-policy is ${policy}${isLimited ? '' : ', though there is no maxmemory yet'}`,
      why: 'a full Redis removes whole queues, or with volatile-* the keys that expire: pauses, and what keeps repeated calls from counting twice',
      fix: 'redis-cli CONFIG SET maxmemory-policy noeviction, and the same in redis.conf',
    },
  ]
}

const FULL = {warning: 0.8, critical: 0.9}

/** Less is what clients come and go with, bytes a ms. */
const NOTEWORTHY = 100

function judgeMemory({info, change}: ToldRedis): Found[] {
  const limit = figure(info, 'maxmemory')
  const most = limit || figure(info, 'total_system_memory')
  // As Redis counts it for its limit
  const used = figure(info, 'used_memory') - figure(info, 'mem_not_counted_for_evict')
  const part = most > 0 ? used / most : 0
  if (part <= FULL.warning) return []
  const growth = change ? change.usedBytes / change.overMs : 0
  const left =
    growth > NOTEWORTHY ? `, full in ${time((most - used) / growth)} at the growth of the last second` : ''
  return [
    {
      level: part > FULL.critical ? 'critical' : 'warning',
      what: `${size(used)} of ${size(most)} are used, ${share(part)}${left}`,
      why: limit
        ? 'a full Redis refuses new items; workers go on'
        : 'there is no maxmemory: the kernel kills Redis once the machine is full',
      fix: 'drain the queue with qtool work, or give it more: redis-cli CONFIG SET maxmemory BYTES',
    },
  ]
}

function judgeFork(redis: ToldRedis): Found[] {
  const {info} = redis
  const [resident, total] = [figure(info, 'used_memory_rss'), figure(info, 'total_system_memory')]
  if (!redis.forks || total === 0 || resident * 2 <= total) return []
  return [
    {
      level: 'warning',
      what: `Redis takes ${size(resident)} of the ${size(total)} of its machine`,
      why: 'a snapshot or a rewrite of its file forks Redis, which needs up to twice the memory while items are written',
      fix: 'use a machine with twice the memory, or bound the queue: redis-cli CONFIG SET maxmemory BYTES',
    },
  ]
}

const TEN_MB = 10 * 1024 * 1024

/** What lies idle in all counts from here: the program itself, about 10 MiB, is a part of it. */
const IDLE = 64 * 1024 * 1024

/** A smaller Redis is mostly its program, as MEMORY DOCTOR of Redis holds too. */
const EMPTY = 5 * 1024 * 1024

function judgeFragmentation({info}: ToldRedis): Found[] {
  if (figure(info, 'used_memory') < EMPTY) return []
  const of = (name: string) => ({ratio: figure(info, `${name}_ratio`), bytes: figure(info, `${name}_bytes`)})
  const [whole, allocator] = [of('mem_fragmentation'), of('allocator_frag')]
  const isWhole = whole.ratio > 1.4 && whole.bytes > IDLE
  if (!isWhole && !(allocator.ratio > 1.1 && allocator.bytes > TEN_MB)) return []
  const {ratio, bytes} = isWhole ? whole : allocator
  return [
    {
      level: 'warning',
      what: `memory is fragmented: ratio ${ratio}, ${size(bytes)} lie idle`,
      why: 'Redis holds memory that it does not use, and reaches the end of its machine sooner',
      fix: 'redis-cli MEMORY PURGE, or redis-cli CONFIG SET activedefrag yes',
    },
  ]
}

function judgeBuffers({info, clients}: ToldRedis): Found[] {
  const replicas = figure(info, 'connected_slaves')
  const others = figure(info, 'connected_clients')
  // Redis sums up what clients hold about once a second, and CLIENT LIST tells it at once
  const listed = (clients ?? []).reduce((sum, {outputBytes}) => sum + outputBytes, 0)
  const held = Math.max(listed, figure(info, 'mem_clients_normal'))
  const average = others > 0 ? held / others : 0
  const ofReplica = replicas > 0 ? figure(info, 'mem_clients_slaves') / replicas : 0
  const worst = [...(clients ?? [])].sort((a, b) => b.outputBytes - a.outputBytes)[0]
  const by = worst && worst.outputBytes > 0 ? `, most of it for ${clientName(worst.name)}` : ''
  const found = (what: string): Found => ({
    level: 'warning',
    what,
    why: 'answers that nobody reads take memory from the queue',
    fix: 'redis-cli CLIENT LIST shows who does not read (omem); redis-cli CONFIG SET client-output-buffer-limit "normal 64mb 32mb 60" cuts them off',
  })
  // A few clients that send a large chunk at the moment are no reason to speak
  if (average > 200 * 1024 && held > TEN_MB)
    return [found(`clients hold ${size(average)} of buffers each, on average${by}`)]
  if (ofReplica > TEN_MB) return [found(`replicas hold ${size(ofReplica)} of buffers each, on average`)]
  return []
}

function clientName(name: string): string {
  return name === '' ? 'clients without a name' : `clients named ${JSON.stringify(name)}`
}

function judgeScripts({info}: ToldRedis): Found[] {
  const scripts = figure(info, 'number_of_cached_scripts')
  if (scripts <= 1000) return []
  return [
    {
      level: 'warning',
      what: `Redis keeps ${number(scripts)} scripts`,
      why: 'a program writes values into its scripts in place of passing them; scripts are never freed',
      fix: 'redis-cli SCRIPT FLUSH; it lasts only once that program passes values as KEYS and ARGV',
    },
  ]
}
