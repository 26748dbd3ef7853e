import type {AuditLine, AuditOptions} from '../queue/audit.ts'
import type {Caller} from './context.ts'
import {requireQueue} from './known-queue.ts'

export interface AuditResult {
  lines: AuditLine[]
}

/** Reads what was done to queues by hand, newest first. */
export async function audit(caller: Caller, options: AuditOptions): Promise<AuditResult> {
  return caller.withQueue(async (context) => {
    const lines = await context.audit.latest(options)
    if (options.queue !== undefined && lines.length === 0) await requireQueue(context.queue)
    return {lines}
  })
}
