import {Flags, type Interfaces} from '@oclif/core'
import {usageError} from '../errors.ts'
import type {WorkInput} from '../operations/work.ts'
import {KEY_CHECKS} from '../sink/set-wise/way.ts'
import {siblings} from '../worker/child.ts'
import {ORDERS, USUAL} from '../worker/policy.ts'
import {duration, percent} from './flags.ts'
import {conflictFlags, sinkFlags} from './shared-flags.ts'
import {LOG_FORMATS} from './work-log.ts'

/** Flags for how a queue is drained. */
export const workFlags = {
  ...sinkFlags,
  workers: Flags.integer({
    char: 'w',
    min: 1,
    max: 500,
    default: 10,
    summary: 'Leases processed in parallel.',
  }),
  processes: Flags.integer({min: 1, max: 64, default: 1, summary: 'Processes to spread the workers over.'}),
  batch: Flags.integer({
    min: 1,
    max: 20_000,
    default: 5000,
    summary: 'Approximate number of records per lease.',
  }),
  lease: duration({default: '30s', summary: 'Lease duration before another worker may take over.'}),
  order: Flags.option({options: ORDERS})({
    summary: 'strict works on one lease at a time, in the order of the queue; free on several.',
    description:
      'Default: strict with --op-field, and where a table of the queue refers to one of them, without --fk-retries; else free. It counts for the leases that this command takes: give all workers of a queue the same.',
  }),
  'max-retries': Flags.integer({
    min: 1,
    max: 100,
    default: 3,
    summary: 'Retries per lease after a transient error.',
  }),
  'query-timeout': duration({default: '60s', summary: 'Abort a statement after this long and retry.'}),
  'fk-retries': Flags.integer({
    min: 0,
    max: 100,
    default: 0,
    summary: 'Retries for a record that a foreign key refuses.',
  }),
  'fk-delay': duration({default: '5s', summary: 'Delay between those retries.'}),
  'max-refused': percent({
    default: '50%',
    summary: 'Stop before more than this share of the records becomes dead letters; 100% never stops.',
    description:
      'Fewer than 500 records decide nothing. What was refused is still in the queue then, and the exit code is 5.',
  }),
  ...conflictFlags,
  'foreign-keys': Flags.option({options: KEY_CHECKS})({
    default: 'auto',
    summary:
      'How foreign keys are checked: set locks the parents of a lease at once, rows leaves it to triggers.',
    description:
      'Default: set wherever the table and the rights of the role allow it; work says which way it takes, and why.',
  }),
  rebind: Flags.boolean({
    summary:
      'Bind the queue to what this command says: table, mapping, routes, conflicts, --redis-key, --list-pops.',
    description: 'Refused while items, leases or workers would stay behind with the old key.',
  }),
  log: Flags.option({
    options: LOG_FORMATS,
    summary:
      'Log lines on stderr: text with time stamps (default without a terminal), or one JSON object a line.',
  })(),
  'until-empty': Flags.boolean({summary: 'Exit once no item is ready or leased.'}),
}

type WorkFlags = Interfaces.InferredFlags<typeof workFlags>

/** @throws QtoolError (usage) if a process would have no worker */
export function assertEnoughWorkers({processes, workers}: WorkFlags): void {
  if (processes <= workers) return
  throw usageError(`expected --processes to be at most --workers (${workers}), got ${processes}`)
}

/** What the flags of `work` ask for. */
export function workInput(flags: WorkFlags): WorkInput {
  return {
    policy: {
      workers: flags.workers,
      openingMs: USUAL.openingMs,
      batch: flags.batch,
      leaseMs: flags.lease,
      order: flags.order,
      maxRetries: flags['max-retries'],
      foreignKeys: {retries: flags['fk-retries'], delayMs: flags['fk-delay']},
      fuse: {share: flags['max-refused'], processes: siblings(process.env)},
      untilEmpty: flags['until-empty'],
    },
    queryTimeoutMs: flags['query-timeout'],
    sink: {
      foreignKeys: flags['foreign-keys'],
      strict: flags.strict,
      allowSpecialValues: flags['allow-special-values'],
      maxItemBytes: flags['max-bytes'],
    },
    rebind: flags.rebind,
  }
}
