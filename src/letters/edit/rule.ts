import {usageError} from '../../errors.ts'
import {setPath} from '../../json/path.ts'
import {findPlace, hasKey, replaced, withoutMember} from '../../json/place.ts'
import {nearest} from '../../nearest.ts'
import {CONVERSIONS} from './conversions.ts'

/** The text of a record after an edit, or why the edit does not fit the record, as the end of a sentence about it. */
export type Applied = {record: Buffer} | {misfit: string}

/** Changes one record; every byte that it is not about stays. */
export type EditRule = (record: Buffer) => Applied

/** Rules as they are typed. */
export interface RuleFlags {
  'rename-key'?: string[]
  'drop-key'?: string[]
  convert?: string[]
  set?: string[]
}

/** The flags in the order in which they take effect. */
export const RULE_FLAGS = ['rename-key', 'drop-key', 'convert', 'set'] as const satisfies ReadonlyArray<
  keyof RuleFlags
>

/** Reads rules; each flag may stand several times. @throws QtoolError (usage) */
export function readRules(flags: RuleFlags): EditRule[] {
  const readers = {'rename-key': renameKey, 'drop-key': dropKey, convert, set}
  return RULE_FLAGS.flatMap((name) => (flags[name] ?? []).map((text) => readers[name](text)))
}

/**
 * The paths that a record must have for these rules, whose texts were read before; not those that another of the rules
 * makes.
 */
export function pathsNeeded(flags: RuleFlags): string[][] {
  const {'rename-key': renamed = [], 'drop-key': dropped = [], convert: converted = []} = flags
  const made = new Set(renamed.map((text) => text.slice(text.indexOf('=') + 1)))
  const needed = [
    ...renamed.map((text) => text.slice(0, text.indexOf('='))),
    ...dropped,
    ...converted.map((text) => text.slice(0, text.lastIndexOf(':'))),
  ]
  return needed
    .filter((path) => !made.has(path.slice(path.lastIndexOf('.') + 1)))
    .map((path) => path.split('.'))
}

/** `old=new`: the key at the path `old` is called `new`. */
function renameKey(text: string): EditRule {
  const [path, name] = split('--rename-key', 'OLD=NEW', text, text.indexOf('='))
  if (name === '') throw usageError(`--rename-key must be OLD=NEW, got ${JSON.stringify(text)}`)
  return (record) => {
    const place = findPlace(record, path)
    if (!place) return {misfit: `has no key ${path.join('.')}`}
    if (hasKey(record, place.object, name)) return {misfit: `has a key ${name} already`}
    return {record: replaced(record, place.key, JSON.stringify(name))}
  }
}

function dropKey(text: string): EditRule {
  const path = pathOf('--drop-key', 'KEY', text, text)
  return (record) => {
    const place = findPlace(record, path)
    return place ? {record: withoutMember(record, place)} : {misfit: `has no key ${text}`}
  }
}

/** `amount:comma-decimal`: the value at the path, in another form. */
function convert(text: string): EditRule {
  const [path, name] = split('--convert', 'PATH:CONVERSION', text, text.lastIndexOf(':'))
  const conversion = CONVERSIONS.get(name)
  if (!conversion) {
    const names = [...CONVERSIONS.keys()]
    const near = nearest(name, names)
    throw usageError(
      `unknown conversion ${JSON.stringify(name)}`,
      ...(near === undefined ? [] : [`did you mean ${near}?`]),
      `conversions: ${names.join(', ')}`,
    )
  }
  const key = path.join('.')
  return (record) => {
    const place = findPlace(record, path)
    if (!place) return {misfit: `has no key ${key}`}
    const {value} = place
    const converted = conversion(record.toString('utf8', value.start, value.end))
    if ('misfit' in converted) return {misfit: `has a value at ${key} that ${converted.misfit}`}
    return {record: replaced(record, value, converted.json)}
  }
}

/** `a.b=5`: the number 5 at a.b; a value that is not JSON is taken as text. */
function set(text: string): EditRule {
  const [path, value] = split('--set', 'PATH=VALUE', text, text.indexOf('='))
  const json = Buffer.from(isJson(value) ? value : JSON.stringify(value))
  return (record) => {
    const changed = setPath(record, path, json)
    return changed ? {record: changed} : {misfit: `has no object to set ${path.join('.')} in`}
  }
}

function split(flag: string, form: string, text: string, at: number): [path: string[], rest: string] {
  return [pathOf(flag, form, text, text.slice(0, Math.max(at, 0))), text.slice(at + 1)]
}

const EXAMPLES: Record<string, string> = {
  '--rename-key': 'customerNo=customer_no',
  '--drop-key': 'debug',
  '--convert': 'amount:comma-decimal',
  '--set': 'device.id=7',
}

/** @throws QtoolError (usage) for a path without a name, or with an empty one */
function pathOf(flag: string, form: string, text: string, path: string): string[] {
  const names = path.split('.')
  if (!names.includes('')) return names
  throw usageError(
    `${flag} must be ${form}, got ${JSON.stringify(text)}`,
    `for example ${flag} ${EXAMPLES[flag]}`,
  )
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
