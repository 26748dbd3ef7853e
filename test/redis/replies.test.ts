import {ReplyError} from 'ioredis'
import {describe, expect, it} from 'vitest'
import {EXIT_CODES, QtoolError} from '../../src/errors.ts'
import {connectError, translateRedisError} from '../../src/redis/driver-error.ts'
import {
  isElsewhere,
  isRedisAway,
  isRefusedAccess,
  isReplica,
  isTimeout,
  isTransient,
} from '../../src/redis/failure.ts'
import {DRIVER_MESSAGES, REPLIES, replyOf} from '../../src/redis/replies.ts'

interface Expected {
  /** What the functions that ask yes or no say; those that are not named say no. */
  is: string
  /** Code, exit code and advice of the error that a command shows; undefined if the reply itself is shown. */
  shown?: [code: string, exit: number, advice: string]
}

const PASSING = 'transient, away'
const ELSEWHERE = `${PASSING}, elsewhere`
const OF_A_CLUSTER =
  'this server is a node of a Redis Cluster: write redis+cluster://host:port in place of redis://'

/** One reply as a server sends it for each row of the table. */
const ANSWERS: Record<string, Expected> = {
  'ERR max number of clients reached': {
    is: '',
    shown: ['MAXCLIENTS', 4, 'lower REDIS_MAX_CONNECTIONS, close other clients, or raise maxclients'],
  },
  'LOADING Redis is loading the dataset in memory': {
    is: PASSING,
    shown: ['LOADING', 4, 'Redis is still loading its data; try again'],
  },
  'BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.': {
    is: PASSING,
    shown: ['BUSY', 4, 'a script is blocking Redis; try again'],
  },
  "READONLY You can't write against a read only replica.": {
    is: `${PASSING}, replica, elsewhere`,
    shown: ['READONLY', 4, 'this is a replica; connect to the primary'],
  },
  "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.": {
    is: PASSING,
    shown: ['MASTERDOWN', 4, 'this replica has lost its primary; connect to the primary'],
  },
  'CLUSTERDOWN Hash slot not served': {
    is: ELSEWHERE,
    shown: [
      'CLUSTERDOWN',
      4,
      'a part of the cluster is down: redis-cli --cluster check HOST:PORT says which; try again',
    ],
  },
  'TRYAGAIN Multiple keys request during rehashing of slot': {
    is: ELSEWHERE,
    shown: ['TRYAGAIN', 4, 'the slot of this queue is moving to another node; try again once it has moved'],
  },
  'ASK 3999 127.0.0.1:6381': {
    is: ELSEWHERE,
    shown: ['ASK', 4, 'the slot of this queue is moving to another node; try again once it has moved'],
  },
  'ERR Script attempted to access a non local key in a cluster node script: 6b1, on @user_script:9.': {
    is: ELSEWHERE,
    shown: ['NONLOCAL', 4, 'the slot of this queue is moving to another node; try again once it has moved'],
  },
  'MOVED 3999 127.0.0.1:6381': {
    is: ELSEWHERE,
    shown: ['MOVED', 2, OF_A_CLUSTER],
  },
  "CROSSSLOT Keys in request don't hash to the same slot": {
    is: '',
    shown: ['CROSSSLOT', 2, OF_A_CLUSTER],
  },
  'ERR This instance has cluster support disabled': {
    is: '',
    shown: ['NOCLUSTER', 2, 'this is a single server: write redis:// in place of redis+cluster://'],
  },
  "ERR unknown command 'CLUSTER', with args beginning with: 'SLOTS'": {
    is: '',
    shown: [
      'NOTANODE',
      2,
      'this is not a node of a Redis Cluster: write redis+sentinel://host:26379/NAME for sentinels, redis:// for a single server',
    ],
  },
  'NOREPLICAS Not enough good replicas to write.': {is: PASSING},
  'MISCONF Redis is configured to save RDB snapshots': {
    is: PASSING,
    shown: ['MISCONF', 1, 'Redis cannot save its data to disk; check its log and the disk'],
  },
  'NOAUTH Authentication required.': {
    is: 'refused',
    shown: ['NOAUTH', 4, 'put the password into the URL: redis://:password@host:6379'],
  },
  'WRONGPASS invalid username-password pair or user is disabled.': {
    is: 'refused',
    shown: ['WRONGPASS', 4, 'check user and password of the Redis URL'],
  },
  "NOPERM User worker has no permissions to run the 'get' command": {
    is: 'refused',
    shown: ['NOPERM', 1, 'allow this Redis user the command and the keys with ACL SETUSER'],
  },
  'DENIED Redis is running in protected mode': {
    is: '',
    shown: ['DENIED', 4, 'set a password on the server, or turn its protected mode off'],
  },
  'WRONGTYPE Operation against a key holding the wrong kind of value': {
    is: '',
    shown: ['WRONGTYPE', 1, 'a key of this queue has another type; name another queue with -q'],
  },
  "OOM command not allowed when used memory > 'maxmemory'.": {
    is: '',
    shown: ['OOM', 1, 'drain the queue with qtool work, or raise maxmemory'],
  },
}

/** Replies that are not in the table, most of them close to one that is. */
const UNKNOWN = [
  'BUSYKEY Target key name already exists.',
  'BUSYGROUP Consumer Group name already exists',
  'LOADING',
  'ERR LOADING Redis is loading the dataset in memory',
  'loading Redis is loading the dataset in memory',
  'NOSCRIPT No matching script. Please use EVAL.',
  'ERR unknown command',
  'constructor of an object',
]

const QUESTIONS: Record<string, (error: unknown) => boolean> = {
  transient: isTransient,
  away: isRedisAway,
  refused: isRefusedAccess,
  replica: isReplica,
  elsewhere: isElsewhere,
  timeout: isTimeout,
}

function whatItIs(error: unknown): string {
  const yes = Object.entries(QUESTIONS).filter(([, ask]) => ask(error))
  return yes.map(([name]) => name).join(', ')
}

function shown(error: unknown): unknown {
  if (!(error instanceof QtoolError)) return undefined
  return [error.code, EXIT_CODES[error.kind], ...error.suggestions]
}

const reply = (message: string) => new ReplyError(message)

describe('an error reply of Redis', () => {
  it.each(Object.entries(ANSWERS))('%s', (message, expected) => {
    expect(whatItIs(reply(message))).toBe(expected.is)
    expect(shown(translateRedisError(reply(message), undefined, 'host:1'))).toEqual(expected.shown)
    const whileConnecting = expected.shown ?? ['CONNECT', 4, 'check the URL']
    expect(shown(connectError(reply(message), 'host:1'))).toEqual(whileConnecting)
  })

  it.each(UNKNOWN)('that is not in the table is nothing but itself: %s', (message) => {
    expect(whatItIs(reply(message))).toBe('')
    const error = reply(message)
    expect(translateRedisError(error, undefined, 'host:1')).toBe(error)
    expect(shown(connectError(error, 'host:1'))).toEqual(['CONNECT', 4, 'check the URL'])
  })

  it('is expected here for every row of the table', () => {
    expect(Object.keys(ANSWERS).map((message) => replyOf(message)?.code)).toEqual(Object.keys(REPLIES))
  })

  it('is not an error of Redis if another program throws the same words', () => {
    const foreign = new Error('NOAUTH Authentication required.')
    expect(isRefusedAccess(foreign)).toBe(false)
    expect(translateRedisError(foreign, undefined, 'host:1')).toBe(foreign)
  })
})

const UNREACHABLE = [
  'CONNECT',
  4,
  'check the URL and that the server runs',
  'qtool up starts a local Redis and Postgres',
]

/** Messages of a broken connection. Without a name or a code of ioredis, the last four may be about another server. */
const BROKEN: Record<string, Expected & {isTold: boolean}> = {
  'Connection is closed.': {is: 'away', isTold: true},
  'Command timed out': {is: 'away, timeout', isTold: true},
  "Stream isn't writeable and enableOfflineQueue options is false": {is: 'away', isTold: true},
  'Socket timeout. Expecting data, but did not receive any in 5000ms.': {is: 'away', isTold: true},
  'Command aborted due to connection close': {is: 'away', isTold: true},
  'Reached the max retries per request limit (which is 20).': {is: 'away', isTold: false},
  'connect ECONNREFUSED 127.0.0.1:6379': {is: 'away', isTold: false},
  'read ECONNRESET': {is: 'away', isTold: false},
  'write EPIPE': {is: 'away', isTold: false},
}

describe('a broken connection to Redis', () => {
  it.each(Object.entries(BROKEN))('%s', (message, {is, isTold}) => {
    const error = new Error(message)
    expect(whatItIs(error)).toBe(is)
    expect(shown(translateRedisError(error, undefined, 'host:1'))).toEqual(isTold ? UNREACHABLE : undefined)
    expect(shown(connectError(error, 'host:1'))).toEqual(UNREACHABLE)
  })

  it.each(DRIVER_MESSAGES)('is expected here for every message: $starts', ({starts}) => {
    expect(Object.keys(BROKEN).filter((message) => message.startsWith(starts))).toHaveLength(1)
  })

  it.each([
    ['ECONNREFUSED', 'away'],
    ['ECONNRESET', 'away'],
    ['ECONNABORTED', 'away'],
    ['EPIPE', 'away'],
    ['ETIMEDOUT', 'away'],
    ['EHOSTUNREACH', 'away'],
    ['ENETUNREACH', 'away'],
    ['ENOTFOUND', ''],
    ['EAI_AGAIN', ''],
    ['ENOENT', ''],
    ['constructor', ''],
  ])('with the code %s is %j', (code, is) => {
    expect(whatItIs(Object.assign(new Error('no words'), {code}))).toBe(is)
  })

  it.each(['MaxRetriesPerRequestError', 'AbortError'])('is known by the name %s', (name) => {
    const error = Object.assign(new Error('no words'), {name})
    expect(shown(translateRedisError(error, undefined, 'host:1'))).toEqual(UNREACHABLE)
  })

  it('says how to map the addresses of a cluster that is not reached', () => {
    const error = new Error('connect ECONNREFUSED 10.0.0.1:6379')
    expect(shown(connectError(error, 'host:1 (cluster)'))).toEqual([
      'CONNECT',
      4,
      'check the URL and that the nodes run',
      'if the nodes announce addresses of another network, map them: ?nat=ANNOUNCED:PORT=REAL:PORT',
    ])
  })

  it('ends with what a node said last, not as if none had been reached', () => {
    const last = new Error('CLUSTERDOWN no node serves slot 7')
    const told = translateRedisError(new Error('Connection is closed.'), last, 'host:1 (cluster)')
    expect(told).toMatchObject({code: 'CLUSTERDOWN', kind: 'connect'})
  })

  it('shows the last error of the connection instead of the message about its end', () => {
    const told = translateRedisError(
      new Error('Connection is closed.'),
      new Error('read ECONNRESET'),
      'host:1',
    )
    expect(told).toMatchObject({message: 'cannot reach Redis at host:1: read ECONNRESET'})
  })
})
