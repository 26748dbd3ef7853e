import {Type} from 'typebox'
import {TrashEntry} from './looks.ts'
import {Nullable} from './nullable.ts'

const Text = Type.String()
const Count = Type.Integer({minimum: 0})

export const EditedLetter = Type.Object({
  queue: Text,
  matched: Count,
  edited: Type.Integer({minimum: 0, description: '0 if the payload is as it was.'}),
  skipped: Count,
  later: Count,
  leftAlone: Type.Array(Type.Object({why: Text, records: Count, example: Text}), {
    description: 'Records that the rules of an edit do not fit.',
  }),
  judged: Type.Null({description: 'Postgres is not asked about a single letter.'}),
  examples: Type.Array(Type.Object({id: Text, before: Text, after: Text})),
  trash: Nullable(Type.String({description: 'Id of the trash that holds the old payload.'})),
})

export const Restored = Type.Object({
  chosen: TrashEntry,
  restored: Type.Integer({
    minimum: 0,
    description: 'Fewer than were removed if identical ones have arrived since.',
  }),
  trash: Type.Array(TrashEntry, {description: 'What can still be restored.'}),
})
