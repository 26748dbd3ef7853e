import {Type} from 'typebox'
import {Job} from './job.ts'
import {Nullable} from './nullable.ts'

const Count = Type.Integer({minimum: 0})

export const PeekResult = Type.Object({
  queue: Type.String(),
  engine: Type.Enum(['zset', 'list', 'stream']),
  ready: Count,
  searched: Type.Integer({minimum: 0, description: 'Items that were read to find these.'}),
  items: Type.Array(
    Type.Object({
      score: Nullable(Type.Union([Type.Number(), Type.Enum(['inf', '-inf'])])),
      priority: Nullable(Type.Number()),
      enqueuedAt: Nullable(Type.String({description: 'RFC 3339.'})),
      bytes: Count,
      payload: Type.String(),
      payloadEncoding: Type.Enum(['utf8', 'base64']),
      job: Job,
    }),
  ),
})

export const IngestAccount = Type.Object(
  {
    queue: Type.String(),
    read: Count,
    enqueued: Count,
    duplicates: Type.Integer({
      minimum: 0,
      description: 'Records that were in the queue already, byte for byte.',
    }),
    rejected: Count,
    unsent: Type.Integer({minimum: 0, description: 'Read, but not confirmed by Redis.'}),
    items: Count,
    rejectedByCode: Type.Record(Type.String(), Count),
    rejects: Type.Array(Type.Object({line: Type.Integer(), code: Type.String(), message: Type.String()}), {
      description: 'The first 1,000 that were rejected, by line, or by their place in an array.',
    }),
  },
  {description: 'read = enqueued + duplicates + rejected + unsent'},
)
