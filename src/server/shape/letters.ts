import {Type} from 'typebox'
import {Job} from './job.ts'
import {Nullable} from './nullable.ts'
import {ReadFrom} from './read-from.ts'

const Text = Type.String()
const Count = Type.Integer({minimum: 0})
const Time = Nullable(Type.String({description: 'RFC 3339; null if unknown.'}))

const head = {
  id: Text,
  failedAt: Time,
  reason: Text,
  code: Nullable(Text),
  message: Nullable(Text),
  column: Nullable(Text),
  constraint: Nullable(Text),
  table: Nullable(Type.String({description: 'The table that refused it, where a queue has several.'})),
  attempts: Nullable(Type.Number({description: 'Deliveries; of a letter of another program, what it says.'})),
  records: Count,
}

export const LetterHead = Type.Object({
  ...head,
  bytes: Type.Integer({minimum: 0, description: 'Bytes of its payload.'}),
  failures: Type.Integer({minimum: 1, description: 'How often it has failed.'}),
})

const Failure = Type.Object({failedAt: Time, reason: Text, code: Nullable(Text), message: Nullable(Text)})

export const WholeLetter = Type.Object({
  queue: Text,
  ...head,
  detail: Nullable(Text),
  payload: Type.String({description: 'The exact text of the record, or its base64.'}),
  payloadEncoding: Type.Enum(['utf8', 'base64']),
  job: Job,
  history: Type.Array(Failure, {description: 'Earlier failures, oldest first.'}),
  readFrom: ReadFrom,
})

const window = {
  matched: Type.Integer({
    minimum: 0,
    description: 'Letters that the filter selects among those that were read.',
  }),
  searched: Type.Integer({minimum: 0, description: 'Letters that were read, the newest first.'}),
  deadLetters: Type.Integer({minimum: 0, description: 'Dead letters of the queue.'}),
  next: Nullable(Type.String({description: '`from` of the next request; null if all have been read.'})),
  notes: Type.Array(Text, {description: 'What looks like a mistake in the filter.'}),
  readFrom: ReadFrom,
}

export const LetterPage = Type.Object({queue: Text, letters: Type.Array(LetterHead), ...window})

const Group = Type.Object({
  id: Nullable(
    Type.String({description: 'What `group:` takes in a filter; null for the rest beyond 1,000 groups.'}),
  ),
  reason: Text,
  code: Nullable(Text),
  column: Nullable(Text),
  constraint: Nullable(Text),
  table: Nullable(Type.String({description: 'The table that refused it, where a queue has several.'})),
  parent: Nullable(Type.String({description: 'The table in which a parent is missing.'})),
  error: Nullable(Type.String({description: 'The message with its values taken out.'})),
  letters: Count,
  records: Count,
  share: Type.Number({minimum: 0, maximum: 1, description: 'Its part of the records of all groups.'}),
  firstFailedAt: Time,
  lastFailedAt: Time,
  perMinute: Type.Array(Count, {
    description: 'Failures in each of the last 60 minutes, the oldest first.',
  }),
  example: Type.String({description: 'Id of one of them.'}),
  exampleError: Type.String({description: 'What that one failed with.'}),
})

export const LetterGroups = Type.Object({queue: Text, groups: Type.Array(Group), ...window})

const Obstacle = Type.Object({
  state: Type.Enum(['failing', 'unknown']),
  reason: Text,
  code: Text,
  error: Type.String({description: 'The message; without its values, if they differ.'}),
  column: Nullable(Text),
  constraint: Nullable(Text),
  table: Nullable(Type.String({description: 'The table that refused it, where a queue has several.'})),
  parent: Nullable(Type.String({description: 'Table that a foreign key refers to.'})),
  letters: Count,
  alone: Type.Integer({minimum: 0, description: 'Those of the letters that no other obstacle blocks.'}),
  records: Count,
  distinct: Type.Integer({minimum: 0, description: 'At least this many different values at fault.'}),
  top: Type.Array(Type.Object({value: Text, letters: Count, records: Count})),
  example: Type.String({description: 'Id of one of the letters.'}),
})

export const Diagnosis = Type.Object({
  queue: Text,
  table: Text,
  matched: Count,
  passing: Type.Integer({minimum: 0, description: 'Letters whose records would all be written now.'}),
  failing: Count,
  unknown: Type.Integer({minimum: 0, description: 'Letters that could not be judged.'}),
  several: Type.Integer({
    minimum: 0,
    description: 'Letters with more than one obstacle, which count for each of them.',
  }),
  obstacles: Type.Array(Obstacle, {description: 'Most letters first.'}),
  moreObstacles: Count,
  readFrom: ReadFrom,
})
