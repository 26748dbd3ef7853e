import type {Line} from './at-cursor.ts'
import type {KnownCommands, KnownFlag} from './manifest.ts'
import {type Offers, offerWords} from './offer.ts'
import {flagsLeft, namesAfter} from './own-words.ts'

/** Values that are found outside of qtool: in the profiles, or in Redis. */
export type Source =
  | {of: 'profiles'}
  | {of: 'queues'}
  | {of: 'trash'}
  | {of: 'letters'; field: 'reason' | 'code' | 'column' | 'constraint' | 'group' | 'id'}
  | {of: 'filter'}

/** Asks a source for the values that begin with what is typed from `from` on. */
export type Ask = (source: Source, from: number) => Promise<Offers>

/** What may stand at the cursor. */
export async function offersAt(
  line: Line,
  word: string,
  {commands, ask}: {commands: KnownCommands; ask: Ask},
): Promise<Offers> {
  const {at, id} = line
  if (at.kind === 'name') return offerWords(word, 0, namesAfter(at.path, commands))
  if (at.kind === 'flag') return offerWords(word, 0, flagsLeft(at.command, line.given))
  if (at.kind === 'nothing') return []
  const from = at.kind === 'value' ? at.from : 0
  const {options} = at.kind === 'value' ? at.flag : at
  if (options) return offerWords(word, from, options)
  const source = at.kind === 'value' ? sourceOfFlag(at.flag) : sourceOfArgument(id, at.name)
  if (source === undefined) return []
  return source === 'files' ? 'files' : ask(source, from)
}

function sourceOfFlag({name, helpValue}: KnownFlag): Source | 'files' | undefined {
  if (helpValue === 'FILE') return 'files'
  if (name === 'profile') return {of: 'profiles'}
  if (name === 'queue') return {of: 'queues'}
  if (name === 'where') return {of: 'filter'}
  const field = (['reason', 'code', 'column', 'constraint', 'group', 'id'] as const).find(
    (one) => one === name,
  )
  return field && {of: 'letters', field}
}

function sourceOfArgument(id: string, name: string): Source | 'files' | undefined {
  if (name === 'file') return 'files'
  if (name === 'queue') return {of: 'queues'}
  if (id.startsWith('profiles:') && id !== 'profiles:add') return {of: 'profiles'}
  if (id === 'dlq:show' || id === 'dlq:edit') return {of: 'letters', field: 'id'}
  return id === 'undo' ? {of: 'trash'} : undefined
}
