import {Type} from 'typebox'
import {Nullable} from './nullable.ts'

/** What is read in an item that a job library wrote; null for others. */
export const Job = Nullable(
  Type.Object(
    {
      name: Nullable(Type.String({description: 'What was to be run.'})),
      records: Nullable(Type.String({description: 'JSON text of its records.'})),
      fault: Nullable(Type.String({description: 'Why they cannot be read.'})),
    },
    {description: 'What is read in the item of a job library.'},
  ),
)
