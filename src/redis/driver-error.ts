import {type ErrorKind, messageOf, QtoolError} from '../errors.ts'
import {deniedInScript} from './denied.ts'

/** Errors of Redis that have one remedy, by the first word of the message. */
const ANSWERS: Record<string, {kind: ErrorKind; suggestion: string}> = {
  NOAUTH: {kind: 'connect', suggestion: 'put the password into the URL: redis://:password@host:6379'},
  WRONGPASS: {kind: 'connect', suggestion: 'check user and password of the Redis URL'},
  NOPERM: {kind: 'failure', suggestion: 'allow this Redis user the command and the keys with ACL SETUSER'},
  WRONGTYPE: {
    kind: 'failure',
    suggestion: 'a key of this queue has another type; name another queue with -q',
  },
  OOM: {kind: 'failure', suggestion: 'drain the queue with qtool work, or raise maxmemory'},
  MISCONF: {kind: 'failure', suggestion: 'Redis cannot save its data to disk; check its log and the disk'},
  READONLY: {kind: 'connect', suggestion: 'this is a replica; connect to the primary'},
  LOADING: {kind: 'connect', suggestion: 'Redis is still loading its data; try again'},
  BUSY: {kind: 'connect', suggestion: 'a script is blocking Redis; try again'},
  MASTERDOWN: {kind: 'connect', suggestion: 'this replica has lost its primary; connect to the primary'},
  MOVED: {
    kind: 'usage',
    suggestion: 'this is a Redis Cluster, which is not supported yet; use a single server',
  },
  CLUSTERDOWN: {kind: 'connect', suggestion: 'this is a Redis Cluster, which is not supported yet'},
  DENIED: {kind: 'connect', suggestion: 'set a password on the server, or turn its protected mode off'},
}

/**
 * Names of the errors that only the driver throws; its errors about broken connections are known only by their
 * message.
 */
const DRIVER_ERRORS = ['ReplyError', 'AbortError', 'MaxRetriesPerRequestError']
const BROKEN = /^(Connection is closed|Command timed out|Stream isn't writeable|Socket timeout)/

/**
 * Translates a driver error, in one place for all of qtool. Any other error is returned as it is.
 * @param last - the last `error` event of the client: the reason why a connection closed
 * @param server - host and port, for the message
 */
export function translateRedisError(error: unknown, last: unknown, server: string): unknown {
  if (!(error instanceof Error) || error instanceof QtoolError) return error
  forgetArguments(error)
  const broken = BROKEN.test(error.message)
  if (!broken && !DRIVER_ERRORS.includes(error.name)) return error
  return (
    answerTo(error, server) ??
    (broken || error.name !== 'ReplyError' ? unreachable(last ?? error, server) : error)
  )
}

/** The error of a failed attempt to connect: every error at that time counts as one of the connection. */
export function connectError(reason: unknown, server: string): QtoolError {
  if (reason instanceof QtoolError) return reason
  forgetArguments(reason)
  return answerTo(reason, server) ?? unreachable(reason, server)
}

function answerTo(error: unknown, server: string): QtoolError | undefined {
  const message = messageOf(error)
  if (/max number of clients/i.test(message)) {
    return new QtoolError(`Redis at ${server} accepts no more clients: ${message}`, {
      code: 'MAXCLIENTS',
      kind: 'connect',
      suggestions: ['lower REDIS_MAX_CONNECTIONS, close other clients, or raise maxclients'],
      cause: error,
    })
  }
  const denied = deniedInScript(message)
  if (denied) {
    return new QtoolError(`Redis at ${server} refused ${denied}`, {
      code: 'NOPERM',
      kind: ANSWERS.NOPERM.kind,
      suggestions: [ANSWERS.NOPERM.suggestion],
      cause: error,
    })
  }
  const word = /^-?([A-Z]{3,}) /.exec(message)?.[1]
  const answer = word && Object.hasOwn(ANSWERS, word) ? ANSWERS[word] : undefined
  if (!word || !answer) return undefined
  return new QtoolError(`Redis at ${server} answered: ${message}`, {
    code: word,
    kind: answer.kind,
    suggestions: [answer.suggestion],
    cause: error,
  })
}

const NOT_REDIS = /RESP type|Protocol error/i

function unreachable(reason: unknown, server: string): QtoolError {
  const message = messageOf(reason)
  if (reason instanceof Error && reason.name === 'ReplyError' && !NOT_REDIS.test(message)) {
    const suggestions = /DB index/.test(message)
      ? ['name a database that this server has: redis://host:6379/0']
      : ['check the URL']
    return new QtoolError(`Redis at ${server} answered: ${message}`, {
      code: 'CONNECT',
      kind: 'connect',
      suggestions,
      cause: reason,
    })
  }
  const why = NOT_REDIS.test(message) ? 'this is not a Redis server' : message
  return new QtoolError(`cannot reach Redis at ${server}: ${why}`, {
    code: 'CONNECT',
    kind: 'connect',
    suggestions: isOfTls(reason)
      ? ['give the CA of its certificate: rediss://host:6379?ca=PATH, or QTOOL_REDIS_CA']
      : ['check the URL and that the server runs', 'qtool up starts a local Redis and Postgres'],
    cause: reason,
  })
}

/** Whether the code comes from OpenSSL or Node's TLS, e.g. DEPTH_ZERO_SELF_SIGNED_CERT. */
function isOfTls(reason: unknown): boolean {
  const code = reason instanceof Error && 'code' in reason ? String(reason.code) : ''
  return /CERT|_TLS_|_SSL_|EPROTO|SIGNATURE/.test(code)
}

/**
 * Removes the arguments of the failed command, which the driver keeps in its error: payloads, and the password of
 * AUTH.
 */
function forgetArguments(error: unknown): void {
  if (!(error instanceof Error) || !('command' in error)) return
  const {command} = error
  if (typeof command === 'object' && command !== null) Reflect.deleteProperty(command, 'args')
}
