import type {Redis} from 'ioredis'
import {requireUrl} from '../config/require-url.ts'
import type {Settings} from '../config/settings.ts'
import {messageOf} from '../errors.ts'
import type {Sight} from '../operations/top.ts'
import {openQueue} from '../queue/open.ts'
import {QueueSurvey} from '../queue/survey/queue-survey.ts'
import {connectError, translateRedisError} from '../redis/driver-error.ts'
import {describeTarget, parseRedisUrl} from '../redis/url.ts'

/** @param last the last error of the connection, if there was one */
export function openSight(redis: Redis, settings: Settings, last: () => unknown): Sight {
  const target = parseRedisUrl(requireUrl(settings, 'redisUrl'))
  const where = describeTarget(target)
  return {
    server: target.db ? `${where}/${target.db}` : where,
    openQueue: (name) => openQueue(redis, {name}),
    surveyQueues: (options) => new QueueSurvey(redis, options),
    explain(error) {
      const cut = redis.status === 'ready' ? undefined : last()
      return messageOf(cut ? connectError(cut, where) : translateRedisError(error, undefined, where))
    },
  }
}
