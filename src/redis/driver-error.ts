import {messageOf, QtoolError} from '../errors.ts'
import {codeOf, isAboutTls, UNREACHABLE_ADVICE} from '../network-error.ts'
import {NAT_ADVICE} from './cluster/nat.ts'
import {deniedInScript} from './denied.ts'
import {driverMessageOf, REPLIES, replyOf} from './replies.ts'

/**
 * Names of the errors that only the driver throws; its errors about broken connections are known only by their
 * message.
 */
const DRIVER_ERRORS = ['ReplyError', 'AbortError', 'MaxRetriesPerRequestError']

/**
 * Translates a driver error, in one place for all of qtool. Any other error is returned as it is.
 * @param last - the last `error` event of the client: the reason why a connection closed
 * @param server - host and port, for the message
 */
export function translateRedisError(error: unknown, last: unknown, server: string): unknown {
  if (!(error instanceof Error) || error instanceof QtoolError) return error
  forgetArguments(error)
  const broken = driverMessageOf(error.message)?.isOfDriver ?? false
  if (!broken && !DRIVER_ERRORS.includes(error.name)) return error
  return (
    answerTo(error, server) ??
    (broken || error.name !== 'ReplyError' ? connectError(last ?? error, server) : error)
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
  const denied = deniedInScript(message)
  const reply = denied ? {code: 'NOPERM', ...REPLIES.NOPERM} : replyOf(message)
  if (!reply?.answer) return undefined
  const said = denied ? `refused ${denied}` : `${reply.verb ?? 'answered'}: ${message}`
  const {kind, advice} = reply.answer
  return new QtoolError(`Redis at ${server} ${said}`, {
    code: reply.code,
    kind,
    suggestions: [advice],
    cause: error,
  })
}

const NOT_REDIS = /RESP type|Protocol error/i

function unreachable(reason: unknown, server: string): QtoolError {
  if (reason instanceof QtoolError) return reason
  const message = messageOf(reason)
  const broken = (text: string, suggestions: readonly string[]) =>
    new QtoolError(text, {code: 'CONNECT', kind: 'connect', suggestions: [...suggestions], cause: reason})
  if (NOT_REDIS.test(message)) {
    return broken(`cannot reach Redis at ${server}: this is not a Redis server`, adviceFor(reason, server))
  }
  if (reason instanceof Error && reason.name === 'ReplyError') {
    return broken(`Redis at ${server} answered: ${message}`, [
      /DB index/.test(message)
        ? 'name a database that this server has: redis://host:6379/0'
        : 'check the URL',
    ])
  }
  return broken(`cannot reach Redis at ${server}: ${message}`, adviceFor(reason, server))
}

/** @param server as `describeTarget` names it */
function adviceFor(reason: unknown, server: string): readonly string[] {
  if (reason instanceof Error && isAboutTls(codeOf(reason))) {
    return ['give the CA of its certificate: rediss://host:6379?ca=PATH, or QTOOL_REDIS_CA']
  }
  return server.endsWith(' (cluster)') ? CLUSTER_ADVICE : UNREACHABLE_ADVICE
}

/** One of its nodes may be reached, and name others that are not. */
const CLUSTER_ADVICE = ['check the URL and that the nodes run', NAT_ADVICE]

/**
 * Removes the arguments of the failed command, which the driver keeps in its error: payloads, and the password of
 * AUTH.
 */
function forgetArguments(error: unknown): void {
  if (!(error instanceof Error) || !('command' in error)) return
  const {command} = error
  if (typeof command === 'object' && command !== null) Reflect.deleteProperty(command, 'args')
}
