import {QtoolError} from '../../errors.ts'
import {runScript} from '../../redis/script.ts'
import type {LeaseBook} from '../lease-book/book.ts'
import {composeScript} from '../lua-engine.ts'

/* KEYS[1] STREAM. Returns 1 if other groups read it. */
const IS_SHARED = composeScript(
  'groups of a stream',
  () => `#!lua flags=no-writes,allow-stale
local at = look()
return at and at.is_shared and 1 or 0`,
)

/** @throws QtoolError (refused) if other groups read the stream */
export async function assertSole({redis, keys, engine}: LeaseBook): Promise<void> {
  if ((await runScript(redis, IS_SHARED(engine), [keys.ready], [])) === 1) throw sharedError()
}

/** The error itself, or one that says why single items of a stream cannot be removed. */
export function nameShared(error: unknown): unknown {
  return error instanceof Error && error.message.startsWith('SHARED ') ? sharedError(error) : error
}

function sharedError(cause?: Error): QtoolError {
  return new QtoolError(
    'expected a stream without other consumer groups: an entry is deleted for all of them',
    {
      code: 'SHARED_STREAM',
      kind: 'refused',
      suggestions: ['leave out --where: a purge of all items only moves the group of this queue forward'],
      cause,
    },
  )
}
