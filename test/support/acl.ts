/** ACL patterns for all keys that qtool uses. */
export const KEYS = ['queue', 'dlq', 'leases', 'lease', 'attempts', 'stats', 'paused', 'workers']
  .concat([
    'history',
    'canary',
    'trash',
    'taker',
    'sent',
    'sink',
    'operations',
    'operation',
    'runners',
    'qtool',
  ])
  .map((prefix) => `~${prefix}:*`)

/** What every command sends: its name, and what it asks of its queue. HELLO and AUTH are for every user. */
const CONNECT = 'client|setname hmget type'

const LETTERS = 'eval evalsha exists hgetall time type zcard zcount zrange zscore hget hmget hvals pttl'
const CHANGE = 'hset hincrby hlen unlink xadd zadd zrem'
const PURGE = 'hdel hkeys rename'

const ENQUEUE = 'client|info eval exec hget hincrby hset multi pexpire time unlink zadd zcard'
const WORK =
  'eval evalsha exists get hdel hexists hget hgetall hincrby hkeys hlen hmget hset hsetnx hvals pttl set time unlink zadd zcard zmscore zrange zrangestore zrem zremrangebyrank zscore'
const QUEUES =
  'dbsize eval evalsha exists hgetall hlen hmget hvals pttl scan strlen time type zcard zcount zrange'
const INSPECT = 'eval evalsha exists hgetall hvals pttl time zcard zcount zrange'

/** The Redis commands that each qtool command needs, as documented. Only bench needs INFO. */
export const NEEDED: Record<string, string> = {
  enqueue: `${CONNECT} ${ENQUEUE}`,
  work: `${CONNECT} ${WORK}`,
  inspect: `${CONNECT} ${INSPECT}`,
  'inspect --verify': `${CONNECT} ${INSPECT} hdel hget hincrby hkeys hmget hset zadd zrank zscore`,
  doctor: `${CONNECT} ${INSPECT} get`,
  queues: `${CONNECT} ${QUEUES}`,
  peek: `${CONNECT} exists hgetall time zcard zrange`,
  'peek --where a:1': `${CONNECT} eval exists hgetall time zcard zcount zrange`,
  'dlq list': `${CONNECT} ${LETTERS}`,
  'dlq show': `${CONNECT} ${LETTERS}`,
  'dlq diagnose': `${CONNECT} ${LETTERS}`,
  'dlq export': `${CONNECT} ${LETTERS}`,
  'dlq edit': `${CONNECT} ${LETTERS} ${CHANGE} hexists`,
  'dlq purge': `${CONNECT} ${LETTERS} ${CHANGE} ${PURGE}`,
  'dlq replay': `${CONNECT} ${LETTERS} ${CHANGE} pexpire script|load`,
  purge: `${CONNECT} eval evalsha exists hget hgetall hmget hset rename time xadd zcard`,
  'purge --where a:1 --yes': `${CONNECT} eval evalsha exists hget hgetall hmget hset time xadd zadd zcard zcount zrange zrem zscore`,
  undo: `${CONNECT} ${LETTERS} ${CHANGE} ${PURGE} hscan pexpire zpopmin`,
  pause: `${CONNECT} evalsha eval exists pttl set xadd`,
  resume: `${CONNECT} del evalsha eval exists xadd`,
  audit: `${CONNECT} xrevrange`,
  'bench modes': `${CONNECT} ${ENQUEUE} evalsha hkeys info ping zrange`,
  'bench workers': `${CONNECT} ${ENQUEUE} ${WORK} info ping`,
}

/** Arguments of ACL SETUSER for a user that may run one qtool command. */
export function rulesFor(command: string): string[] {
  const commands = (NEEDED[command] ?? '').split(' ').map((name) => `+${name}`)
  return ['on', '>only', 'resetkeys', ...KEYS, 'resetchannels', '-@all', ...commands]
}
