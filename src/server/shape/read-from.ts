import {Type} from 'typebox'
import {Nullable} from './nullable.ts'

const Count = Type.Integer({minimum: 0})

const ReplicaLag = Type.Object({
  server: Type.String({description: 'Host and port of the replica.'}),
  behindBytes: Nullable(
    Type.Integer({
      minimum: 0,
      description:
        'Bytes that its primary has written and it has not; null if the primary could not be asked.',
    }),
  ),
  heardSecondsAgo: Nullable(Count),
})

/** Says how old what was read may be. */
export const ReadFrom = Nullable(
  Type.Array(ReplicaLag, {
    description: 'The replicas from which this was read; null if it was read from primaries.',
  }),
)
