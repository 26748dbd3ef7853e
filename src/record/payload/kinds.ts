import {BULLMQ} from './bullmq.ts'
import {CELERY} from './celery.ts'
import {LARAVEL} from './laravel.ts'
import type {Payload, PayloadKind} from './payload.ts'
import {RQ} from './rq.ts'
import {SIDEKIQ} from './sidekiq.ts'

/** The job libraries that qtool reads; `json` is read as it is. */
const PAYLOADS: Record<Exclude<PayloadKind, 'json'>, Payload> = {
  bullmq: BULLMQ,
  celery: CELERY,
  laravel: LARAVEL,
  rq: RQ,
  sidekiq: SIDEKIQ,
}

/** How the items of a kind are read; undefined for `json`, whose items are records themselves. */
export function payloadOf(kind: PayloadKind): Payload | undefined {
  return kind === 'json' ? undefined : PAYLOADS[kind]
}
