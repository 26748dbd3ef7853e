import {Flags} from '@oclif/core'
import {time} from './flags.ts'
import {payloadFlag} from './shared-flags.ts'
import {whereFlag} from './where.ts'

const FILTER = {helpGroup: 'FILTER'}

/** A line of the table that `dlq list` shows. */
export const groupFlag = {
  group: Flags.string({
    ...FILTER,
    summary: 'Only the dead letters of this group, as dlq list shows it.',
    helpValue: 'GROUP',
  }),
}

/** Flags that filter dead letters; those below `where` are short forms of its conditions. */
export const letterFlags = {
  ...whereFlag,
  reason: Flags.string({...FILTER, summary: 'Only dead letters with this reason.', helpValue: 'REASON'}),
  code: Flags.string({
    ...FILTER,
    summary: 'Only dead letters with this error code, such as 23503 or JSON.',
    helpValue: 'CODE',
  }),
  column: Flags.string({...FILTER, summary: 'Only failures in this column.', helpValue: 'NAME'}),
  constraint: Flags.string({...FILTER, summary: 'Only violations of this constraint.', helpValue: 'NAME'}),
  ...groupFlag,
  since: time({
    ...FILTER,
    summary: 'Only failures since then: 30m, 2h or 7d ago, or 2026-11-24T06:30:00Z.',
    helpValue: 'TIME',
  }),
  'older-than': time({...FILTER, summary: 'Only failures before then.', helpValue: 'TIME'}),
  match: Flags.string({
    ...FILTER,
    multiple: true,
    summary: 'Match a payload value (repeatable).',
    helpValue: 'KEY=VALUE',
  }),
  id: Flags.string({...FILTER, multiple: true, summary: 'Match an id (repeatable).', helpValue: 'ID'}),
}

/** Flags of commands that act on every letter that matches the filter. */
export const bulkFlags = {
  ...letterFlags,
  limit: Flags.integer({...FILTER, char: 'n', min: 1, summary: 'At most this many, oldest first.'}),
}

/** How items are read, for commands that need no table. */
export const recordsFlags = {
  ...payloadFlag,
  records: Flags.string({
    summary:
      'Path of the records in an envelope (default: as the workers of the queue read it, else points).',
    helpValue: 'PATH',
  }),
}
