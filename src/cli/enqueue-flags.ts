import {Flags} from '@oclif/core'
import {FORMATS} from '../source/formats.ts'
import {bytes, count, percent, rate} from './flags.ts'
import {engineFlag} from './shared-flags.ts'

/** Flags for what is read, and how it is put into a queue. */
export const enqueueFlags = {
  format: Flags.option({
    options: FORMATS,
    summary: 'Input format (default: from file name or content).',
  })(),
  count: count({
    summary: 'Generate this many synthetic records instead.',
    helpValue: '50k',
    exclusive: ['format'],
  }),
  seed: Flags.integer({
    summary: 'Random seed of the synthetic records (same seed, same records).',
    dependsOn: ['count'],
  }),
  invalid: percent({
    summary: 'Share of synthetic records that are invalid.',
    helpValue: '2%',
    dependsOn: ['count'],
  }),
  skip: count({
    summary: 'Leave out the first records of the input, e.g. those that an interrupted run has read.',
    helpValue: 'N',
  }),
  mode: Flags.option({
    options: ['single', 'pipeline', 'batch'] as const,
    default: 'batch',
    summary: 'How items are sent: single, pipeline or batch.',
  })(),
  batch: Flags.integer({min: 1, max: 100_000, default: 1000, summary: 'Items per chunk.'}),
  priority: Flags.integer({default: 0, summary: 'Priority from 0 to 900; lower numbers leave first.'}),
  ...engineFlag,
  rate: rate({summary: 'Maximum rate in records per second.', helpValue: '1k'}),
  group: Flags.integer({min: 1, summary: 'Most records per envelope.'}),
  records: Flags.string({
    summary: 'Path of the records in an envelope (default: points).',
    helpValue: 'PATH',
  }),
  shards: Flags.integer({min: 1, max: 256, summary: 'Spread a new queue over this many shards.'}),
  'shard-by': Flags.string({
    summary: 'Field that decides the shard, so that records with the same value stay in order.',
    helpValue: 'PATH',
  }),
  'shard-order': Flags.option({
    options: ['free', 'strict'] as const,
    summary: 'Whether workers take one lease of a shard at a time (strict).',
  })(),
  rejects: Flags.string({summary: 'Write rejected lines to this file, as NDJSON.', helpValue: 'FILE'}),
  'max-depth': count({summary: 'Wait while the queue holds this many items.', helpValue: '1m'}),
  'keep-duplicates': Flags.boolean({
    summary: 'Keep identical items (appends distinguishing white space).',
  }),
  register: Flags.boolean({
    default: true,
    allowNo: true,
    summary: 'Register the flights of tracks in Postgres.',
  }),
  lenient: Flags.boolean({
    summary: 'Read a bare NaN or Infinity, as Python writes it, as null.',
    exclusive: ['count'],
  }),
  'max-bytes': bytes({min: 2, default: '1MiB', summary: 'Maximum size of an item, envelope included.'}),
}
