import {type Static, Type} from 'typebox'
import {QtoolError} from '../../errors.ts'
import {editLetter} from '../../operations/edit-letter.ts'
import {undo} from '../../operations/undo.ts'
import {callerFor} from '../caller.ts'
import type {Server} from '../server.ts'
import {EditedLetter, Restored} from '../shape/letter-changes.ts'
import {closed, LetterParams, QueueParams} from '../shape/params.ts'

/** Two payloads of a MiB, with the escapes of JSON. */
const BODY_BYTES = 16 * 1024 * 1024

const PayloadBody = closed({
  payload: Type.String({description: 'The new payload: one JSON object, kept byte by byte.'}),
  was: Type.String({description: 'The payload that it replaces, as it was shown: no other is replaced.'}),
})
const UndoBody = closed({id: Type.String({description: 'Of a purge or an edit in the trash.'})})

const tags = ['dead letters']

/** What changes one dead letter, or takes a change back, at once: it needs no plan. */
export function addLetterChanges({app, resources}: Server): void {
  const editing = {
    tags,
    summary: 'Replaces the payload of one dead letter; the old one stays in the trash for 24 hours.',
    params: LetterParams,
    body: PayloadBody,
    response: {200: EditedLetter},
  }
  app.post<{Params: Static<typeof LetterParams>; Body: Static<typeof PayloadBody>}>(
    '/queue/:queue/dead-letters/:id/payload',
    {schema: editing, bodyLimit: BODY_BYTES},
    async (request) => {
      const {queue, id} = request.params
      const {payload, was} = request.body
      return editLetter(callerFor(resources, request, queue), {
        id,
        async edit(_, shown) {
          if (shown.payloadEncoding !== 'utf8' || shown.payload !== was) throw isAnother(id)
          return Buffer.from(payload)
        },
      })
    },
  )

  const undoing = {
    tags: ['queues'],
    summary: 'Restores what a purge removed, or what an edit replaced.',
    params: QueueParams,
    body: UndoBody,
    response: {200: Restored},
  }
  app.post<{Params: Static<typeof QueueParams>; Body: Static<typeof UndoBody>}>(
    '/queue/:queue/undo',
    {schema: undoing},
    async (request) => undo(callerFor(resources, request, request.params.queue), request.body),
  )
}

function isAnother(id: string): QtoolError {
  return new QtoolError(`the payload of dead letter ${id} is not the one that was to be replaced`, {
    code: 'STATE',
    kind: 'refused',
    suggestions: [
      'nothing was changed; read the letter again',
      'qtool audit shows what was done by hand meanwhile',
    ],
  })
}
