import {type Static, type TProperties, Type} from 'typebox'

/** An object with these fields and no others. */
export const closed = <P extends TProperties>(fields: P) => Type.Object(fields, {additionalProperties: false})

export const QueueParams = closed({queue: Type.String({description: 'Name of the queue.'})})

/** A route about one queue. */
export type Named = {Params: Static<typeof QueueParams>}

export const LetterParams = closed({
  queue: Type.String({description: 'Name of the queue.'}),
  id: Type.String({description: 'Id of the dead letter.'}),
})

export const Where = Type.Optional(
  Type.String({maxLength: 10_000, description: 'Filter, as in --where of the command line.'}),
)

/** Most things to answer with. */
export const limit = (most: number, usual: number) =>
  Type.Optional(
    Type.Integer({minimum: 1, maximum: most, description: `At most this many; ${usual} if left out.`}),
  )
